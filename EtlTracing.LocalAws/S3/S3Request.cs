using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;
using EtlTracing.LocalAws.S3.Notifications;
using EtlTracing.LocalAws.Signing;
using Microsoft.AspNetCore.Http.Features;

namespace EtlTracing.LocalAws.S3;

/// <summary>
/// A request as it came over the wire, its bucket in the path or in the host's name. The path is read from the raw request line: a key such as
/// <c>a/../b</c> or <c>a//b</c> is that key, while web servers tidy such paths up.
/// </summary>
public sealed class S3Request
{
    static readonly UTF8Encoding s_strict = new(false, throwOnInvalidBytes: true);
    readonly Dictionary<string, string> _query = new(StringComparer.Ordinal);

    S3Request(HttpContext context) => Context = context;

    public HttpContext Context { get; }
    public string Method => Context.Request.Method;

    /// <summary>Empty for the service itself.</summary>
    public string Bucket { get; private set; } = "";

    /// <summary>Empty for the bucket itself.</summary>
    public string Key { get; private set; } = "";

    /// <summary>The path as it was sent, percent-encoded, as signatures cover it.</summary>
    public string RawPath { get; private set; } = "/";

    /// <summary>The query as it was sent, name and value decoded, in order, for signatures.</summary>
    public List<(string Name, string Value)> RawQuery { get; } = [];

    public CancellationToken Aborted => Context.RequestAborted;

    public static S3Request Read(HttpContext context)
    {
        var target = context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;
        var request = new S3Request(context);
        // A proxy's absolute form: GET http://host/bucket/key.
        var scheme = target.IndexOf("://", StringComparison.Ordinal);
        if (!target.StartsWith('/') && scheme > 0)
        {
            var slash = target.IndexOf('/', scheme + 3);
            target = slash < 0 ? "/" : target[slash..];
        }
        var question = target.IndexOf('?', StringComparison.Ordinal);
        request.RawPath = question < 0 ? target : target[..question];
        if (question >= 0) request.ReadQuery(target[(question + 1)..]);
        var path = request.RawPath.StartsWith('/') ? request.RawPath[1..] : request.RawPath;
        if (BucketHost.BucketOf(context.Request.Host.Host) is { } host) path = $"{host}/{path}";
        var separator = path.IndexOf('/', StringComparison.Ordinal);
        if (!TryDecode(separator < 0 ? path : path[..separator], false, out var bucket)
            || !TryDecode(separator < 0 ? "" : path[(separator + 1)..], false, out var key))
            throw S3Error.InvalidUri(request.RawPath);
        request.Bucket = bucket;
        request.Key = key;
        return request;
    }

    /// <summary>The value of a query parameter; empty for one without value, null for an absent one.</summary>
    public string? Query(string name) => _query.GetValueOrDefault(name);
    public bool HasQuery(string name) => _query.ContainsKey(name);

    /// <summary>The value of a header, or null. Signers put headers into a presigned URL's query, where they mean the same.</summary>
    public string? Header(string name)
    {
        if (Context.Request.Headers.TryGetValue(name, out var values)) return string.Join(',', values.ToArray());
        return IsPresigned && IsHoisted(name) ? RawQuery.Find(pair => pair.Name.Equals(name, StringComparison.OrdinalIgnoreCase)).Value : null;
    }

    /// <summary>The headers whose names start with <paramref name="prefix"/>.</summary>
    public IEnumerable<(string Name, string Value)> HeadersFrom(string prefix)
    {
        foreach (var (name, values) in Context.Request.Headers)
            if (name.StartsWith(prefix, StringComparison.OrdinalIgnoreCase)) yield return (name, string.Join(',', values.ToArray()));
        if (!IsPresigned) yield break;
        foreach (var (name, value) in RawQuery)
            if (name.StartsWith(prefix, StringComparison.OrdinalIgnoreCase) && !Context.Request.Headers.ContainsKey(name)) yield return (name, value);
    }

    /// <summary>The region that the client signed for; null for an unsigned request.</summary>
    public string? SignedRegion => (Context.Request.Headers.Authorization.ToString() is { Length: > 0 } header
        ? SignedRequest.FromHeader(header, Header("x-amz-date")) : SignedRequest.FromQuery(Query))?.Scope.Split('/') is [_, var region, _, _] ? region : null;

    public bool IsPresigned => HasQuery("X-Amz-Algorithm") || HasQuery("X-Amz-Signature");

    /// <summary>But checksums: S3 overlooks them in a query, where an SDK writes that of the empty body it had when it signed.</summary>
    static bool IsHoisted(string name) => name is "If-Match" or "If-None-Match"
        || (name.StartsWith("x-amz-", StringComparison.OrdinalIgnoreCase) && !name.Contains("-checksum-", StringComparison.OrdinalIgnoreCase));

    /// <summary>True when a header that is a list has <paramref name="token"/> in it.</summary>
    public bool HasHeaderToken(string name, string token) =>
        Header(name)?.Split(',', StringSplitOptions.TrimEntries).Contains(token, StringComparer.OrdinalIgnoreCase) ?? false;

    /// <summary>What an event says about the request that caused it.</summary>
    public EventCause Cause => new(Context.Connection.RemoteIpAddress?.ToString() ?? "127.0.0.1",
        Context.Response.Headers["x-amz-request-id"].ToString(), Context.Response.Headers["x-amz-id-2"].ToString());

    /// <summary>Decodes <c>%XX</c> as UTF-8, and <c>+</c> as a space where it stands for one (in queries, not in paths).</summary>
    public static bool TryDecode(string text, bool plusIsSpace, [NotNullWhen(true)] out string? decoded)
    {
        decoded = text;
        if (!text.Contains('%', StringComparison.Ordinal) && !(plusIsSpace && text.Contains('+', StringComparison.Ordinal))) return true;
        var bytes = Encoding.UTF8.GetBytes(text);
        var length = 0;
        decoded = null;
        for (var i = 0; i < bytes.Length; i++)
        {
            if (bytes[i] == '%')
            {
                if (i + 2 >= bytes.Length || !byte.TryParse(bytes.AsSpan(i + 1, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out bytes[length++])) return false;
                i += 2;
            }
            else bytes[length++] = plusIsSpace && bytes[i] == '+' ? (byte)' ' : bytes[i];
        }
        try
        {
            decoded = s_strict.GetString(bytes, 0, length);
            return true;
        }
        catch (DecoderFallbackException)
        {
            return false;
        }
    }

    void ReadQuery(string query)
    {
        foreach (var pair in query.Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            var equals = pair.IndexOf('=', StringComparison.Ordinal);
            if (!TryDecode(equals < 0 ? pair : pair[..equals], true, out var name) || !TryDecode(equals < 0 ? "" : pair[(equals + 1)..], true, out var value))
                throw S3Error.InvalidUri(RawPath);
            _query.TryAdd(name, value);
            RawQuery.Add((name, value));
        }
    }
}
