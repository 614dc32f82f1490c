using System.Text;

namespace EtlTracing.LocalAws.S3;

/// <summary>The headers that S3 keeps with an object: some of HTTP's, and the user's own metadata.</summary>
static class ObjectHeaders
{
    const string Metadata = "x-amz-meta-";
    static readonly string[] s_kept = ["cache-control", "content-disposition", "content-encoding", "content-language", "content-type", "expires", "x-amz-website-redirect-location", "x-amz-storage-class"];

    static readonly HashSet<string> s_storageClasses = new(StringComparer.Ordinal)
    {
        "STANDARD", "REDUCED_REDUNDANCY", "STANDARD_IA", "ONEZONE_IA", "INTELLIGENT_TIERING", "GLACIER", "DEEP_ARCHIVE", "GLACIER_IR",
    };

    static readonly string[] s_refused =
    [
        "x-amz-tagging", "x-amz-object-lock-mode", "x-amz-object-lock-retain-until-date", "x-amz-object-lock-legal-hold", "x-amz-server-side-encryption-customer-algorithm",
        "x-amz-server-side-encryption-customer-key", "x-amz-server-side-encryption-aws-kms-key-id", "x-amz-write-offset-bytes", "x-amz-copy-source-server-side-encryption-customer-algorithm",
    ];

    /// <summary>What a request to write an object asks to keep.</summary>
    /// <exception cref="S3Exception">MetadataTooLarge, InvalidStorageClass, or NotImplemented for what this service can't do.</exception>
    public static Dictionary<string, string> Read(S3Request request)
    {
        Check(request);
        var headers = new Dictionary<string, string> { ["content-type"] = "binary/octet-stream" };
        foreach (var name in s_kept)
            if (request.Header(name) is { Length: > 0 } value) headers[name] = value;
        if (headers.TryGetValue("content-encoding", out var encoding) && request.HasHeaderToken("Content-Encoding", "aws-chunked"))
        {
            // aws-chunked is how the body travelled, not what it is.
            var rest = string.Join(',', encoding.Split(',', StringSplitOptions.TrimEntries).Where(token => token.Length > 0 && !token.Equals("aws-chunked", StringComparison.OrdinalIgnoreCase)));
            if (rest.Length > 0) headers["content-encoding"] = rest;
            else headers.Remove("content-encoding");
        }
        if (headers.TryGetValue("x-amz-storage-class", out var storageClass))
        {
            if (!s_storageClasses.Contains(storageClass)) throw S3Error.InvalidStorageClass(storageClass);
            if (storageClass == "STANDARD") headers.Remove("x-amz-storage-class");
        }
        var size = 0;
        foreach (var (name, values) in request.HeadersFrom(Metadata))
        {
            var value = EncodedWord.Decode(values);
            headers[name.ToLowerInvariant()] = value;
            size += name.Length - Metadata.Length + Encoding.UTF8.GetByteCount(value);
        }
        return size <= S3Limits.Metadata ? headers : throw S3Error.MetadataTooLarge(size);
    }

    /// <summary>Writes an object's headers to an answer; <c>response-…</c> parameters of the request override some.</summary>
    public static void Write(S3Request request, StoredObject stored)
    {
        var headers = request.Context.Response.Headers;
        foreach (var (name, value) in stored.Headers)
            headers[name] = name.StartsWith(Metadata, StringComparison.Ordinal) ? EncodedWord.Encode(value) : value;
        foreach (var name in s_kept)
            if (request.Query("response-" + name) is { Length: > 0 } value && !value.Any(char.IsControl)) headers[name] = value;
        headers["x-amz-server-side-encryption"] = "AES256";
        headers.ETag = stored.QuotedETag;
        headers.LastModified = S3Answer.HttpDate(stored.Modified);
    }

    static void Check(S3Request request)
    {
        if (s_refused.FirstOrDefault(name => request.Header(name) is not null) is { } refused) throw S3Error.HeaderNotImplemented(refused);
        if (request.Header("x-amz-server-side-encryption") is { } encryption and not "AES256")
            throw encryption.StartsWith("aws:", StringComparison.Ordinal) ? S3Error.HeaderNotImplemented("x-amz-server-side-encryption")
                : S3Error.InvalidArgument("The encryption method specified is not supported", "x-amz-server-side-encryption", encryption);
        // As in a new bucket of AWS, the owner owns everything and there are no other ACLs.
        if (request.Header("x-amz-acl") is not null and not "private" and not "bucket-owner-full-control"
            || request.HeadersFrom("x-amz-grant-").Any())
            throw S3Error.AclNotSupported();
    }
}
