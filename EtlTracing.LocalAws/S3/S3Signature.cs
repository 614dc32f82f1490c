using System.Globalization;
using EtlTracing.LocalAws.Signing;

namespace EtlTracing.LocalAws.S3;

/// <summary>
/// Who asks: checks signatures when a key is required. The expiry of a presigned URL is checked always: a URL that works
/// for ever here would hide a mistake until it meets AWS.
/// </summary>
sealed class S3Signature(LocalCloudOptions options)
{
    static readonly TimeSpan s_skew = TimeSpan.FromMinutes(15);
    const int LongestExpiry = 7 * 24 * 3600;

    public void Check(S3Request request)
    {
        var presigned = request.IsPresigned;
        var signed = presigned ? ReadQuery(request) : ReadHeader(request);
        if (signed is { Expires: { } expires }) CheckExpiry(signed, expires);
        if (options.RequiredKey is not { } key) return;
        if (signed is null) throw S3Error.AccessDenied();
        if (signed.AccessKeyId != key.Id) throw S3Error.InvalidAccessKeyId(signed.AccessKeyId);
        var now = options.Time.GetUtcNow();
        if (!presigned && (now - signed.Time).Duration() > s_skew)
            throw S3Error.RequestTimeTooSkewed(signed.Date, now.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture));
        if (!signed.SignedHeaders.Contains("host")) throw S3Error.AccessDenied("There were headers present in the request which were not signed", ("HeadersNotSigned", "host"));
        var payload = presigned ? request.Header("x-amz-content-sha256") ?? "UNSIGNED-PAYLOAD"
            : request.Header("x-amz-content-sha256") ?? throw S3Error.InvalidRequest("Missing required header for this request: x-amz-content-sha256");
        var signing = new SigningKey(key, signed);
        if (!S3Request.TryDecode(request.RawPath, false, out var path)) throw S3Error.InvalidUri(request.RawPath);
        var canonical = signed.CanonicalRequest(request.Context.Request, path, request.RawQuery, payload);
        var text = signing.StringToSign(canonical);
        if (!SigningKey.Same(signing.Sign(text), signed.Signature))
            throw S3Error.SignatureDoesNotMatch(("AWSAccessKeyId", signed.AccessKeyId), ("StringToSign", text), ("SignatureProvided", signed.Signature), ("StringToSignBytes", Bytes(text)),
                ("CanonicalRequest", canonical), ("CanonicalRequestBytes", Bytes(canonical)));
        request.Context.Features.Set(new ChunkSignatures(signing, signed.Signature));
    }

    /// <summary>A client may say whose buckets it means to use, so that it can't write to a stranger's by mistake.</summary>
    public void CheckOwner(S3Request request)
    {
        foreach (var name in (ReadOnlySpan<string>)["x-amz-expected-bucket-owner", "x-amz-source-expected-bucket-owner"])
        {
            if (request.Header(name) is not { } owner) continue;
            if (owner.Length != 12 || !owner.All(char.IsAsciiDigit))
                throw new S3Exception(400, "InvalidBucketOwnerAWSAccountID", $"The value of the expected bucket owner parameter must be an AWS Account ID... [{owner}]");
            if (owner != options.Account) throw S3Error.AccessDenied();
        }
    }

    /// <summary>As S3 shows what it computed, for those who look for an invisible character: <c>41 57 53 34</c>.</summary>
    static string Bytes(string text) => string.Join(' ', System.Text.Encoding.UTF8.GetBytes(text).Select(b => b.ToString("x2", CultureInfo.InvariantCulture)));

    static SignedRequest? ReadHeader(S3Request request)
    {
        if (request.Header("Authorization") is not { } header) return null;
        if (SignedRequest.FromHeader(header, request.Header("x-amz-date")) is { } signed) return signed;
        throw header.StartsWith("AWS ", StringComparison.Ordinal)
            ? S3Error.InvalidRequest("The authorization mechanism you have provided is not supported. Please use AWS4-HMAC-SHA256.")
            : request.Header("x-amz-date") is null
                ? S3Error.AccessDenied("AWS authentication requires a valid Date or x-amz-date header")
                : S3Error.AuthorizationHeaderMalformed("The authorization header is malformed; it must have a Credential, SignedHeaders and a Signature.");
    }

    static SignedRequest ReadQuery(S3Request request)
    {
        if (request.Query("X-Amz-Credential") is { } credential && credential.Split('/').Length < 5)
            throw S3Error.AuthorizationQueryParametersError("Error parsing the X-Amz-Credential parameter; the Credential is mal-formed; expecting \"<YOUR-AKID>/YYYYMMDD/REGION/SERVICE/aws4_request\".");
        var signed = SignedRequest.FromQuery(request.Query)
            ?? throw S3Error.AuthorizationQueryParametersError("Query-string authentication version 4 requires the X-Amz-Algorithm, X-Amz-Credential, X-Amz-Signature, X-Amz-Date, X-Amz-SignedHeaders, and X-Amz-Expires parameters.");
        return signed.Expires <= LongestExpiry ? signed
            : throw S3Error.AuthorizationQueryParametersError("X-Amz-Expires must be less than a week (in seconds); that is, the given X-Amz-Expires must be less than 604800 seconds");
    }

    void CheckExpiry(SignedRequest signed, int expires)
    {
        var now = options.Time.GetUtcNow();
        var end = signed.Time.AddSeconds(expires);
        static string Iso(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
        if (now > end) throw S3Error.AccessDenied("Request has expired", ("X-Amz-Expires", expires.ToString(CultureInfo.InvariantCulture)), ("Expires", Iso(end)), ("ServerTime", Iso(now)));
        if (signed.Time - now > s_skew) throw S3Error.AccessDenied("Request is not yet valid");
    }
}

/// <summary>The chain of signatures over a signed body's chunks: each covers the one before.</summary>
public sealed class ChunkSignatures(SigningKey key, string seed)
{
    static readonly string s_emptyHash = SigningKey.Hash([]);
    string _previous = seed;

    /// <summary>Null when chunks have no signatures, or no key is required.</summary>
    public static ChunkSignatures? Of(S3Request request) =>
        request.Header("x-amz-content-sha256")?.StartsWith("STREAMING-AWS4-HMAC-SHA256-PAYLOAD", StringComparison.Ordinal) is true ? request.Context.Features.Get<ChunkSignatures>() : null;

    public void CheckChunk(ReadOnlySpan<byte> hash, string? signature)
    {
        var expected = key.Sign(key.StringToSign("PAYLOAD", _previous, s_emptyHash, Convert.ToHexStringLower(hash)));
        if (!SigningKey.Same(expected, signature)) throw S3Error.SignatureDoesNotMatch();
        _previous = expected;
    }

    public void CheckTrailers(Dictionary<string, string> trailers)
    {
        const string name = "x-amz-trailer-signature";
        if (trailers.Count == 0) return;
        var canonical = string.Concat(trailers.Where(pair => !pair.Key.Equals(name, StringComparison.OrdinalIgnoreCase)).OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => $"{pair.Key.ToLowerInvariant()}:{pair.Value}\n"));
        var expected = key.Sign(key.StringToSign("TRAILER", _previous, SigningKey.Hash(System.Text.Encoding.UTF8.GetBytes(canonical))));
        if (!SigningKey.Same(expected, trailers.GetValueOrDefault(name))) throw S3Error.SignatureDoesNotMatch();
    }
}
