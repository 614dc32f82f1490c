using System.Globalization;
using System.Xml.Linq;
using EtlTracing.LocalAws.S3.Checksums;

namespace EtlTracing.LocalAws.S3;

sealed class MultipartOperations(S3Store store)
{
    public Task CreateAsync(S3Request request)
    {
        var headers = ObjectHeaders.Read(request);
        var algorithm = request.Header("x-amz-checksum-algorithm") is { } name
            ? ChecksumAlgorithm.Find(name) ?? throw S3Error.InvalidRequest("Checksum algorithm provided is unsupported. Please try again with any of the valid types: [CRC32, CRC32C, CRC64NVME, SHA1, SHA256]")
            : null;
        var type = Type(request.Header("x-amz-checksum-type"), algorithm);
        var upload = store.CreateUpload(request.Bucket, request.Key, headers, algorithm, type);
        var answer = request.Context.Response.Headers;
        answer["x-amz-server-side-encryption"] = "AES256";
        if (algorithm is not null)
        {
            answer["x-amz-checksum-algorithm"] = algorithm.Name;
            answer["x-amz-checksum-type"] = type;
        }
        return request.XmlAsync(S3Xml.Element("InitiateMultipartUploadResult",
            S3Xml.Element("Bucket", request.Bucket), S3Xml.Element("Key", request.Key), S3Xml.Element("UploadId", upload.Id)));
    }

    public async Task PutPartAsync(S3Request request)
    {
        var number = S3Query.PartNumber(request);
        var upload = store.Upload(request.Bucket, request.Key, request.Query("uploadId")!);
        using var received = await S3Body.ReceiveAsync(request, store, S3Limits.Put, claimed =>
            upload.Algorithm is null || claimed is null || claimed == upload.Algorithm ? upload.EffectiveAlgorithm
                : throw S3Error.InvalidRequest($"Checksum Type mismatch occurred, expected checksum Type: {upload.Algorithm.Name.ToLowerInvariant()}, actual checksum Type: {claimed.Name.ToLowerInvariant()}"));
        var part = store.PutPart(request.Bucket, request.Key, upload.Id, number, received.Intake, upload.EffectiveAlgorithm);
        var answer = request.Context.Response.Headers;
        answer.ETag = $"\"{part.ETag}\"";
        answer["x-amz-server-side-encryption"] = "AES256";
        if ((received.Claimed ?? upload.Algorithm) is { } told) answer[told.Header] = received.Intake.Checksums[told];
        await request.Empty();
    }

    public async Task CompleteAsync(S3Request request)
    {
        var uploadId = request.Query("uploadId")!;
        using var body = await S3Body.SmallAsync(request);
        if (body.Length == 0)
        {
            store.Upload(request.Bucket, request.Key, uploadId);
            throw S3Error.InvalidRequest("You must specify at least one part");
        }
        var listed = ReadParts(S3Xml.Parse(body, "CompleteMultipartUpload"), uploadId);
        var etags = string.Join(' ', listed.Select(part => string.Create(CultureInfo.InvariantCulture, $"{part.Number}:{part.ETag}")));
        if (store.Completed(request.Bucket, request.Key, uploadId, etags) is var (etag, checksum))
        {
            await AnswerAsync(request, etag, checksum);
            return;
        }
        var upload = store.Upload(request.Bucket, request.Key, uploadId);
        var claimed = ClaimedWhole(request, upload);
        var made = store.Complete(new NewObject { Bucket = request.Bucket, Key = request.Key, Headers = upload.Headers, Condition = WriteCondition.Read(request), Cause = request.Cause },
            upload, etags, stored => MultipartAssembly.Of(upload, listed, stored, claimed, request.Header("x-amz-mp-object-size")));
        await AnswerAsync(request, made.ETag, made.Checksum);
    }

    public Task AbortAsync(S3Request request)
    {
        store.Abort(request.Bucket, request.Key, request.Query("uploadId")!);
        return request.Empty(204);
    }

    public Task ListPartsAsync(S3Request request)
    {
        var upload = store.Upload(request.Bucket, request.Key, request.Query("uploadId")!);
        var encoded = S3Query.UrlEncoding(request);
        var marker = request.Query("part-number-marker") is { Length: > 0 } text
            ? int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : throw S3Error.InvalidArgument("Provided part-number-marker not an integer or within integer range", "part-number-marker", text)
            : 0;
        var count = S3Query.Count(request, "max-parts");
        var parts = store.PartsOf(upload, marker, count + 1);
        var page = parts.Take(count).ToList();
        return request.XmlAsync(S3Xml.Element("ListPartsResult",
            S3Xml.Element("Bucket", request.Bucket),
            S3Xml.Element("Key", encoded ? S3Url.Encode(request.Key) : request.Key),
            S3Xml.Element("UploadId", upload.Id),
            S3Answer.Initiator(),
            S3Answer.Owner(),
            S3Xml.Element("StorageClass", upload.Headers.GetValueOrDefault("x-amz-storage-class", "STANDARD")),
            S3Xml.Element("PartNumberMarker", marker),
            S3Xml.Element("NextPartNumberMarker", page.LastOrDefault()?.Number ?? 0),
            S3Xml.Element("MaxParts", count),
            encoded ? S3Xml.Element("EncodingType", "url") : null,
            S3Xml.Element("IsTruncated", S3Answer.Boolean(count > 0 && parts.Count > count)),
            upload.Algorithm is null ? null : S3Xml.Element("ChecksumAlgorithm", upload.Algorithm.Name),
            upload.Algorithm is null ? null : S3Xml.Element("ChecksumType", upload.ChecksumType),
            page.Select(part => S3Xml.Element("Part",
                S3Xml.Element("PartNumber", part.Number),
                S3Xml.Element("LastModified", S3Answer.Iso(part.Modified)),
                S3Xml.Element("ETag", $"\"{part.ETag}\""),
                S3Xml.Element("Size", part.Size),
                upload.Algorithm is null ? null : S3Xml.Element(part.Algorithm.Element, part.Checksum)))));
    }

    public Task ListUploadsAsync(S3Request request)
    {
        var encoded = S3Query.UrlEncoding(request);
        string Text(string value) => encoded ? S3Url.Encode(value) : value;
        var after = request.Query("key-marker") ?? "";
        // An id without its key is no place in the list: S3 overlooks it.
        var query = new UploadQuery(request.Bucket, request.Query("prefix") ?? "", request.Query("delimiter") ?? "",
            after, after.Length > 0 ? request.Query("upload-id-marker") ?? "" : "", S3Query.Count(request, "max-uploads"));
        var page = store.ListUploads(query);
        return request.XmlAsync(S3Xml.Element("ListMultipartUploadsResult",
            S3Xml.Element("Bucket", request.Bucket),
            S3Xml.Element("KeyMarker", Text(query.KeyMarker)),
            S3Xml.Element("UploadIdMarker", query.IdMarker),
            S3Xml.Element("NextKeyMarker", Text(page.NextKey)),
            S3Xml.Element("NextUploadIdMarker", page.NextId),
            query.Delimiter.Length > 0 ? S3Xml.Element("Delimiter", Text(query.Delimiter)) : null,
            query.Prefix.Length > 0 ? S3Xml.Element("Prefix", Text(query.Prefix)) : null,
            S3Xml.Element("MaxUploads", query.Count),
            encoded ? S3Xml.Element("EncodingType", "url") : null,
            S3Xml.Element("IsTruncated", S3Answer.Boolean(page.IsTruncated)),
            page.Uploads.Select(upload => S3Xml.Element("Upload",
                S3Xml.Element("Key", Text(upload.Key)),
                S3Xml.Element("UploadId", upload.Id),
                S3Answer.Initiator(),
                S3Answer.Owner(),
                S3Xml.Element("StorageClass", upload.Headers.GetValueOrDefault("x-amz-storage-class", "STANDARD")),
                S3Xml.Element("Initiated", S3Answer.Iso(upload.Created)),
                upload.Algorithm is null ? null : S3Xml.Element("ChecksumAlgorithm", upload.Algorithm.Name),
                upload.Algorithm is null ? null : S3Xml.Element("ChecksumType", upload.ChecksumType))),
            page.CommonPrefixes.Select(prefix => S3Xml.Element("CommonPrefixes", S3Xml.Element("Prefix", Text(prefix))))));
    }

    static Task AnswerAsync(S3Request request, string etag, Checksum? checksum)
    {
        request.Context.Response.Headers["x-amz-server-side-encryption"] = "AES256";
        var endpoint = $"{request.Context.Request.Scheme}://{request.Context.Request.Host}{request.RawPath}";
        return request.XmlAsync(S3Xml.Element("CompleteMultipartUploadResult",
            S3Xml.Element("Location", endpoint),
            S3Xml.Element("Bucket", request.Bucket),
            S3Xml.Element("Key", request.Key),
            S3Xml.Element("ETag", $"\"{etag}\""),
            checksum is null ? null : S3Xml.Element(checksum.Algorithm.Element, checksum.Value),
            checksum is null ? null : S3Xml.Element("ChecksumType", checksum.Type)));
    }

    static List<ListedPart> ReadParts(XElement root, string uploadId)
    {
        var parts = new List<ListedPart>();
        foreach (var part in root.All("Part"))
        {
            if (!int.TryParse(part.Text("PartNumber")?.Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var number) || part.Text("ETag") is not { } etag) throw S3Error.MalformedXml();
            if (number is < 1 or > S3Limits.Parts) throw S3Error.InvalidArgument("PartNumber must be >= 1 and <= 10000", "PartNumber", number.ToString(CultureInfo.InvariantCulture));
            if (parts.Count > 0 && parts[^1].Number >= number) throw S3Error.InvalidPartOrder(uploadId);
            var checksum = ChecksumAlgorithm.All.Select(algorithm => (algorithm, part.Text(algorithm.Element))).FirstOrDefault(pair => pair.Item2 is not null);
            parts.Add(new ListedPart(number, etag.Trim().Trim('"'), checksum.algorithm, checksum.Item2));
        }
        return parts.Count is > 0 and <= S3Limits.Parts ? parts : throw S3Error.MalformedXml();
    }

    /// <summary>A checksum of the whole object that the client gives with the completion.</summary>
    static string? ClaimedWhole(S3Request request, StoredUpload upload)
    {
        if (request.Header("x-amz-checksum-type") is { } type && upload.Algorithm is not null && type != upload.ChecksumType)
            throw S3Error.InvalidRequest($"The upload was created using the {upload.ChecksumType} checksum mode. The complete request must use the same checksum mode.");
        return ChecksumAlgorithm.All.Select(algorithm => (algorithm, value: request.Header(algorithm.Header))).FirstOrDefault(pair => pair.value is not null) is (not null, var value) claimed && claimed.algorithm == upload.EffectiveAlgorithm ? value : null;
    }

    static string Type(string? given, ChecksumAlgorithm? algorithm)
    {
        if (given is not null and not ChecksumAlgorithm.Composite and not ChecksumAlgorithm.FullObject) throw S3Error.InvalidRequest("Value for x-amz-checksum-type header is invalid.");
        if (algorithm is null)
            return given is null or ChecksumAlgorithm.FullObject ? ChecksumAlgorithm.FullObject : throw S3Error.InvalidRequest("The x-amz-checksum-type header can only be used with the x-amz-checksum-algorithm header.");
        // CRC64NVME is of whole objects only, SHA only of parts; the other two can be either.
        var type = given ?? (algorithm == ChecksumAlgorithm.Crc64Nvme ? ChecksumAlgorithm.FullObject : ChecksumAlgorithm.Composite);
        if ((type == ChecksumAlgorithm.FullObject && algorithm.Polynomial is null) || (type == ChecksumAlgorithm.Composite && algorithm == ChecksumAlgorithm.Crc64Nvme))
            throw S3Error.InvalidRequest($"The {type} checksum type cannot be used with the {algorithm.Name.ToLowerInvariant()} checksum algorithm.");
        return type;
    }
}

/// <summary>A part as a completion lists it.</summary>
sealed record ListedPart(int Number, string ETag, ChecksumAlgorithm? Algorithm, string? Checksum);
