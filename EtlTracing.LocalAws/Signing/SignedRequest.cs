using System.Globalization;
using System.Text;

namespace EtlTracing.LocalAws.Signing;

/// <summary>
/// The signature that a request carries (Signature Version 4): in its Authorization header,
/// <c>AWS4-HMAC-SHA256 Credential=AKID/20261122/us-east-2/s3/aws4_request, SignedHeaders=host;x-amz-date, Signature=fe5f…</c>,
/// or, presigned, in its query.
/// </summary>
public sealed record SignedRequest
{
    public const string Algorithm = "AWS4-HMAC-SHA256";

    public required string AccessKeyId { get; init; }

    /// <summary><c>20261122/us-east-2/s3/aws4_request</c></summary>
    public required string Scope { get; init; }
    public required IReadOnlyList<string> SignedHeaders { get; init; }
    public required string Signature { get; init; }

    /// <summary><c>20261122T101112Z</c></summary>
    public required string Date { get; init; }

    /// <summary>Seconds that a presigned URL is good for; null for a signature in the header.</summary>
    public int? Expires { get; init; }

    public DateTimeOffset Time => ParseDate(Date) ?? DateTimeOffset.MinValue;

    /// <summary>Null when the header isn't of the form above.</summary>
    public static SignedRequest? FromHeader(string authorization, string? date)
    {
        if (!authorization.StartsWith(Algorithm, StringComparison.Ordinal) || date is null || ParseDate(date) is null) return null;
        var fields = authorization[Algorithm.Length..].Split(',', StringSplitOptions.TrimEntries)
            .Select(field => field.Split('=', 2)).Where(pair => pair.Length == 2).GroupBy(pair => pair[0]).ToDictionary(group => group.Key, group => group.First()[1]);
        return Create(fields.GetValueOrDefault("Credential"), fields.GetValueOrDefault("SignedHeaders"), fields.GetValueOrDefault("Signature"), date, null);
    }

    /// <summary>Null when a parameter is missing or malformed.</summary>
    public static SignedRequest? FromQuery(Func<string, string?> query)
    {
        if (query("X-Amz-Algorithm") != Algorithm || query("X-Amz-Date") is not { } date || ParseDate(date) is null
            || !int.TryParse(query("X-Amz-Expires"), NumberStyles.None, CultureInfo.InvariantCulture, out var expires)) return null;
        return Create(query("X-Amz-Credential"), query("X-Amz-SignedHeaders"), query("X-Amz-Signature"), date, expires);
    }

    static SignedRequest? Create(string? credential, string? signedHeaders, string? signature, string date, int? expires)
    {
        var parts = credential?.Split('/');
        if (parts is not { Length: >= 5 } || signedHeaders is null || signature is null) return null;
        return new SignedRequest
        {
            AccessKeyId = string.Join('/', parts[..^4]),
            Scope = string.Join('/', parts[^4..]),
            SignedHeaders = signedHeaders.Split(';'),
            Signature = signature,
            Date = date,
            Expires = expires,
        };
    }

    static DateTimeOffset? ParseDate(string date) =>
        DateTimeOffset.TryParseExact(date, "yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var parsed) ? parsed : null;

    /// <summary>The string that was signed, from the request's parts.</summary>
    public string CanonicalRequest(HttpRequest request, string path, IEnumerable<(string Name, string Value)> query, string payloadHash)
    {
        var canonical = new StringBuilder();
        canonical.Append(request.Method).Append('\n').Append(Encode(path, keepSlash: true)).Append('\n');
        canonical.AppendJoin('&', query.Where(pair => pair.Name != "X-Amz-Signature").Select(pair => $"{Encode(pair.Name)}={Encode(pair.Value)}").Order(StringComparer.Ordinal)).Append('\n');
        foreach (var name in SignedHeaders)
        {
            var value = request.Headers.TryGetValue(name, out var values) ? string.Join(',', values.Select(Squeeze)) : "";
            canonical.Append(name).Append(':').Append(value).Append('\n');
        }
        return canonical.Append('\n').AppendJoin(';', SignedHeaders).Append('\n').Append(payloadHash).ToString();
    }

    /// <summary>Trims, and makes runs of spaces one.</summary>
    static string Squeeze(string? value) => string.Join(' ', (value ?? "").Split(' ', StringSplitOptions.RemoveEmptyEntries));

    static string Encode(string text, bool keepSlash = false)
    {
        var encoded = new StringBuilder(text.Length + 16);
        foreach (var b in Encoding.UTF8.GetBytes(text))
        {
            var c = (char)b;
            if (char.IsAsciiLetterOrDigit(c) || c is '-' or '.' or '_' or '~' || (keepSlash && c == '/')) encoded.Append(c);
            else encoded.Append('%').Append(b.ToString("X2", CultureInfo.InvariantCulture));
        }
        return encoded.ToString();
    }
}
