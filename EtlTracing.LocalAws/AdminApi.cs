using System.Text.Json;
using System.Text.Json.Serialization;
using EtlTracing.LocalAws.Faults;
using EtlTracing.LocalAws.Otlp;

namespace EtlTracing.LocalAws;

/// <summary>
/// The local cloud's own API, under a path that can be no bucket: names of buckets have no underscore.
/// <c>GET /_localaws/health</c>; <c>GET</c>, <c>PUT</c> and <c>DELETE /_localaws/faults</c>; <c>GET /_localaws/dropped-spans</c>
/// and <c>/_localaws/forwarding</c>.
/// </summary>
sealed class AdminApi(FaultSet faults, DroppedSpans droppedSpans, OtlpForwarder forwarder)
{
    const string Root = "/_localaws";
    static readonly JsonSerializerOptions s_json = new(JsonSerializerDefaults.Web)
    {
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase, allowIntegerValues: false) },
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        MaxDepth = 8,
    };

    public static bool IsFor(HttpRequest request) => request.Path.StartsWithSegments(Root, StringComparison.Ordinal);

    public Task HandleAsync(HttpContext context) => (context.Request.Method, context.Request.Path.Value) switch
    {
        ("GET" or "HEAD", Root + "/health") => WriteAsync(context, 200, new { status = "ready" }),
        ("GET", Root + "/faults") => WriteAsync(context, 200, new { rules = faults.Rules, records = faults.Records }),
        ("PUT", Root + "/faults") => PutFaultsAsync(context),
        ("DELETE", Root + "/faults") => SetFaultsAsync(context, []),
        ("GET", Root + "/dropped-spans") => WriteAsync(context, 200, droppedSpans.ToJson()),
        ("GET", Root + "/forwarding") => WriteAsync(context, 200, new { forwarded = forwarder.Forwarded, dropped = forwarder.Dropped }),
        _ => WriteAsync(context, 404, new { message = $"there is no {context.Request.Method} {context.Request.Path} here" }),
    };

    async Task PutFaultsAsync(HttpContext context)
    {
        List<FaultRule>? rules;
        try
        {
            rules = await JsonSerializer.DeserializeAsync<List<FaultRule>>(context.Request.Body, s_json, context.RequestAborted);
        }
        catch (JsonException e)
        {
            await WriteAsync(context, 400, new { message = $"the body must be a list of rules: {e.Message}" });
            return;
        }
        if (rules is null || rules.Contains(null!) || rules.Count > 1000) await WriteAsync(context, 400, new { message = "the body must be a list of at most 1000 rules" });
        else if (rules.Select(rule => rule.Problem()).FirstOrDefault(problem => problem is not null) is { } problem) await WriteAsync(context, 400, new { message = problem });
        else await SetFaultsAsync(context, rules);
    }

    Task SetFaultsAsync(HttpContext context, IReadOnlyList<FaultRule> rules)
    {
        faults.Set(rules);
        return WriteAsync(context, 200, new { rules = faults.Rules });
    }

    static Task WriteAsync<T>(HttpContext context, int status, T answer)
    {
        context.Response.StatusCode = status;
        return context.Response.WriteAsJsonAsync(answer, s_json, context.RequestAborted);
    }
}
