using EtlTracing.LocalAws.S3.Checksums;

namespace EtlTracing.LocalAws.S3;

/// <summary>CopyObject and UploadPartCopy.</summary>
sealed class CopyOperations(S3Store store, TimeProvider time)
{
    public async Task ObjectAsync(S3Request request)
    {
        var (bucket, key) = Source(request);
        store.Bucket(request.Bucket);
        using var reader = store.OpenRead(bucket, key);
        var source = reader.Object;
        ReadCondition.CheckCopySource(request, source, time.GetUtcNow());
        if (source.Size > S3Limits.Put) throw S3Error.InvalidRequest($"The specified copy source is larger than the maximum allowable size for a copy source: {S3Limits.Put}");
        var replace = Directive(request);
        var given = ObjectHeaders.Read(request);
        if (!replace && bucket == request.Bucket && key == request.Key && request.Header("x-amz-storage-class") is null
            && request.Header("x-amz-website-redirect-location") is null && request.Header("x-amz-server-side-encryption") is null && request.Header("x-amz-checksum-algorithm") is null)
            throw S3Error.InvalidRequest("This copy request is illegal because it is trying to copy an object to itself without changing the object's metadata, storage class, website redirect location or encryption attributes.");
        var headers = replace ? given : CopiedHeaders(source, given);
        var (etag, checksum) = await DigestsAsync(request, reader);
        var stored = store.Copy(new NewObject { Bucket = request.Bucket, Key = request.Key, Headers = headers, Condition = WriteCondition.Read(request), Cause = request.Cause }, reader, etag, checksum);
        request.Context.Response.Headers["x-amz-server-side-encryption"] = "AES256";
        await request.XmlAsync(S3Xml.Element("CopyObjectResult",
            S3Xml.Element("LastModified", S3Answer.Iso(stored.Modified)),
            S3Xml.Element("ETag", stored.QuotedETag),
            S3Xml.Element(checksum.Algorithm.Element, checksum.Value),
            S3Xml.Element("ChecksumType", checksum.Type)));
    }

    public async Task PartAsync(S3Request request)
    {
        var number = S3Query.PartNumber(request);
        var upload = store.Upload(request.Bucket, request.Key, request.Query("uploadId")!);
        var (bucket, key) = Source(request);
        using var reader = store.OpenRead(bucket, key);
        ReadCondition.CheckCopySource(request, reader.Object, time.GetUtcNow());
        var range = request.Header("x-amz-copy-source-range") is { } header ? ByteRange.ParseCopySource(header, reader.Object.Size) : new ByteRange(0, reader.Object.Size);
        if (range.Count > S3Limits.Put) throw S3Error.InvalidRequest($"The specified copy source is larger than the maximum allowable size for a copy source: {S3Limits.Put}");
        await using var bytes = reader.Read(range.Start, range.Count);
        using var intake = await Intake.ReadAsync(store.Files, bytes, [upload.EffectiveAlgorithm], S3Limits.Put, _ => S3Error.InternalError(), request.Aborted);
        var part = store.PutPart(request.Bucket, request.Key, upload.Id, number, intake, upload.EffectiveAlgorithm);
        request.Context.Response.Headers["x-amz-server-side-encryption"] = "AES256";
        await request.XmlAsync(S3Xml.Element("CopyPartResult",
            S3Xml.Element("LastModified", S3Answer.Iso(part.Modified)),
            S3Xml.Element("ETag", $"\"{part.ETag}\""),
            upload.Algorithm is null ? null : S3Xml.Element(part.Algorithm.Element, part.Checksum)));
    }

    /// <summary>A copy keeps the source's digests where it can, so that no byte is read; a multipart source has no MD5 of its whole.</summary>
    static async Task<(string ETag, Checksum Checksum)> DigestsAsync(S3Request request, ObjectReader reader)
    {
        var source = reader.Object;
        var wanted = request.Header("x-amz-checksum-algorithm") is { } name
            ? ChecksumAlgorithm.Find(name) ?? throw S3Error.InvalidRequest("Checksum algorithm provided is unsupported. Please try again with any of the valid types: [CRC32, CRC32C, CRC64NVME, SHA1, SHA256]")
            : source.Checksum?.Algorithm ?? ChecksumAlgorithm.Crc64Nvme;
        if (source.Parts == 0 && source.Checksum?.Algorithm == wanted && source.Checksum.Type == ChecksumAlgorithm.FullObject) return (source.ETag, source.Checksum);
        await using var bytes = reader.Read();
        var digests = await Digests.OfAsync(bytes, wanted, request.Aborted);
        return (digests.ETag, new Checksum(wanted, digests.Checksum, ChecksumAlgorithm.FullObject));
    }

    static Dictionary<string, string> CopiedHeaders(StoredObject source, Dictionary<string, string> given)
    {
        // Storage class and redirect aren't copied: they are the new object's own.
        var headers = source.Headers.Where(header => header.Key is not ("x-amz-storage-class" or "x-amz-website-redirect-location")).ToDictionary();
        foreach (var name in (ReadOnlySpan<string>)["x-amz-storage-class", "x-amz-website-redirect-location"])
            if (given.TryGetValue(name, out var value)) headers[name] = value;
        return headers;
    }

    static bool Directive(S3Request request)
    {
        if (request.Header("x-amz-tagging-directive") is { } tagging and not "COPY") throw S3Error.HeaderNotImplemented("x-amz-tagging-directive: " + tagging);
        return request.Header("x-amz-metadata-directive") switch
        {
            null or "" or "COPY" => false,
            "REPLACE" => true,
            var other => throw S3Error.InvalidArgument("Unknown metadata directive.", "x-amz-metadata-directive", other),
        };
    }

    /// <summary><c>/bucket/key</c> or <c>bucket/key</c>, URL-encoded, with an optional <c>?versionId=null</c>.</summary>
    static (string Bucket, string Key) Source(S3Request request)
    {
        const string header = "x-amz-copy-source";
        var given = request.Header(header)!;
        var text = given;
        if (text.IndexOf("?versionId=", StringComparison.Ordinal) is var version and >= 0)
        {
            if (text[(version + 11)..] != "null") throw S3Error.InvalidArgument("Invalid version id specified", header, given);
            text = text[..version];
        }
        // Some SDKs write a space as a form does.
        if (!S3Request.TryDecode(text, true, out var decoded)) throw S3Error.InvalidArgument("Invalid copy source encoding.", header, given);
        decoded = decoded.StartsWith('/') ? decoded[1..] : decoded;
        var slash = decoded.IndexOf('/', StringComparison.Ordinal);
        if (slash <= 0 || slash == decoded.Length - 1) throw S3Error.InvalidArgument("Invalid copy source object key", header, header);
        return (decoded[..slash], decoded[(slash + 1)..]);
    }
}
