using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace EtlTracing.LocalAws.StepFunctions.Api;

/// <summary>The JSON body of a call, read with the checks and messages of the service's own request validation.</summary>
public sealed class Request(JsonObject body)
{
    /// <summary>The trace header of the HTTP request, which beats the one in the body.</summary>
    public string? TraceHeader { get; init; }

    /// <summary>Set when the caller has gone away.</summary>
    public CancellationToken Aborted { get; init; }

    /// <summary>The task that the answer carries, until it has arrived.</summary>
    public string? TakenToken { get; set; }

    public JsonNode? this[string member] => body[member];

    public string Required(string member, int most, int least = 1) => Text(member, most, least) ?? throw Invalid($"Value null at '{member}' failed to satisfy constraint: Member must not be null");

    public string? Text(string member, int most, int least = 0)
    {
        if (body[member] is not { } node) return null;
        if (node.GetValueKind() != JsonValueKind.String) throw Unreadable();
        var text = node.GetValue<string>();
        if (text.Length < least) throw Invalid($"Value '{text}' at '{member}' failed to satisfy constraint: Member must have length greater than or equal to {least}");
        if (text.Length > most) throw Invalid($"Value {(most > 4096 ? "" : $"'{text}' ")}at '{member}' failed to satisfy constraint: Member must have length less than or equal to {most}");
        return text;
    }

    public string? OneOf(string member, params string[] values)
    {
        if (Text(member, 256) is not { } text) return null;
        return values.Contains(text) ? text : throw Invalid($"Value '{text}' at '{member}' failed to satisfy constraint: Member must satisfy enum value set: [{string.Join(", ", values)}]");
    }

    public bool Flag(string member, bool otherwise = false) => body[member] switch
    {
        null => otherwise,
        { } node when node.GetValueKind() is JsonValueKind.True or JsonValueKind.False => node.GetValue<bool>(),
        _ => throw Unreadable(),
    };

    public double? Number(string member, double least, double most)
    {
        if (body[member] is not { } node) return null;
        if (node.GetValueKind() != JsonValueKind.Number || !double.TryParse(node.ToJsonString(), NumberStyles.Float, CultureInfo.InvariantCulture, out var number)) throw Unreadable();
        if (number < least) throw Invalid(string.Create(CultureInfo.InvariantCulture, $"Value '{number}' at '{member}' failed to satisfy constraint: Member must have value greater than or equal to {least}"));
        if (number > most) throw Invalid(string.Create(CultureInfo.InvariantCulture, $"Value '{number}' at '{member}' failed to satisfy constraint: Member must have value less than or equal to {most}"));
        return number;
    }

    public JsonObject? Object(string member) => body[member] switch
    {
        null => null,
        JsonObject found => found,
        _ => throw Unreadable(),
    };

    /// <summary>Page size: 0 and absence mean <paramref name="otherwise"/>.</summary>
    public int MaxResults(int otherwise = 100)
    {
        if (body["maxResults"] is not { } node) return otherwise;
        if (node.GetValueKind() != JsonValueKind.Number || !int.TryParse(node.ToJsonString(), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var count)) throw Unreadable();
        return count switch
        {
            > 1000 => throw Invalid($"Value '{count}' at 'maxResults' failed to satisfy constraint: Member must have value less than or equal to 1000"),
            < 0 => throw Invalid($"Value '{count}' at 'maxResults' failed to satisfy constraint: Member must have value greater than or equal to 0"),
            0 => otherwise,
            _ => count,
        };
    }

    /// <summary>Where a page begins: our tokens hold the number of the last entry of the page before.</summary>
    public long? PageStart(int most = 1024)
    {
        if (Text("nextToken", most, 1) is not { } token) return null;
        try
        {
            return long.Parse(System.Text.Encoding.ASCII.GetString(Convert.FromBase64String(token)).Split(':') is ["page", var at] ? at : "", CultureInfo.InvariantCulture);
        }
        catch (FormatException)
        {
            throw ServiceException.InvalidToken();
        }
    }

    public static string PageToken(long last) => Convert.ToBase64String(System.Text.Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"page:{last}")));

    static ServiceException Invalid(string what) => ServiceException.Validation("1 validation error detected: " + what);

    static ServiceException Unreadable() => new("SerializationException", "Unexpected value type in payload");
}
