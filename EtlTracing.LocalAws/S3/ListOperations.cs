using System.Xml.Linq;

namespace EtlTracing.LocalAws.S3;

/// <summary>ListObjects in both versions, and ListObjectVersions of buckets that were never versioned.</summary>
sealed class ListOperations(S3Store store)
{
    public Task V1Async(S3Request request)
    {
        var encoded = S3Query.UrlEncoding(request);
        var marker = request.Query("marker") ?? "";
        var query = Query(request) with { After = marker, AfterWholePrefix = true };
        var page = store.List(query);
        request.Context.Response.Headers["x-amz-bucket-region"] = store.Bucket(request.Bucket).Region;
        string Text(string value) => encoded ? S3Url.Encode(value) : value;
        return request.XmlAsync(S3Xml.Element("ListBucketResult",
            S3Xml.Element("Name", request.Bucket),
            S3Xml.Element("Prefix", Text(query.Prefix)),
            S3Xml.Element("Marker", Text(marker)),
            // S3 names the next marker only with a delimiter; without one the last key is it.
            page.Last is not null && query.Delimiter.Length > 0 ? S3Xml.Element("NextMarker", Text(page.Last)) : null,
            S3Xml.Element("MaxKeys", query.Count),
            query.Delimiter.Length > 0 ? S3Xml.Element("Delimiter", Text(query.Delimiter)) : null,
            encoded ? S3Xml.Element("EncodingType", "url") : null,
            S3Xml.Element("IsTruncated", S3Answer.Boolean(page.Last is not null)),
            page.Objects.Select(stored => Contents("Contents", stored, Text, owner: true)),
            CommonPrefixes(page, Text)));
    }

    public Task V2Async(S3Request request)
    {
        if (request.Query("list-type") != "2") throw S3Error.InvalidArgument("Invalid List Type specified in Request", "list-type", request.Query("list-type") ?? "");
        var encoded = S3Query.UrlEncoding(request);
        var startAfter = request.Query("start-after");
        var token = request.Query("continuation-token");
        var query = Query(request) with { After = token is not null ? S3Query.ReadToken(token) : startAfter ?? "" };
        var page = store.List(query);
        request.Context.Response.Headers["x-amz-bucket-region"] = store.Bucket(request.Bucket).Region;
        string Text(string value) => encoded ? S3Url.Encode(value) : value;
        return request.XmlAsync(S3Xml.Element("ListBucketResult",
            S3Xml.Element("Name", request.Bucket),
            S3Xml.Element("Prefix", Text(query.Prefix)),
            token is not null ? S3Xml.Element("ContinuationToken", token) : null,
            page.Last is not null ? S3Xml.Element("NextContinuationToken", S3Query.WriteToken(page.Last)) : null,
            token is null && startAfter is { Length: > 0 } ? S3Xml.Element("StartAfter", Text(startAfter)) : null,
            S3Xml.Element("KeyCount", page.Objects.Count + page.CommonPrefixes.Count),
            S3Xml.Element("MaxKeys", query.Count),
            query.Delimiter.Length > 0 ? S3Xml.Element("Delimiter", Text(query.Delimiter)) : null,
            encoded ? S3Xml.Element("EncodingType", "url") : null,
            S3Xml.Element("IsTruncated", S3Answer.Boolean(page.Last is not null)),
            page.Objects.Select(stored => Contents("Contents", stored, Text, owner: request.Query("fetch-owner") == "true")),
            CommonPrefixes(page, Text)));
    }

    public Task VersionsAsync(S3Request request)
    {
        var encoded = S3Query.UrlEncoding(request);
        var marker = request.Query("key-marker") ?? "";
        if (marker.Length == 0 && request.Query("version-id-marker") is { Length: > 0 } version)
            throw S3Error.InvalidArgument("A version-id marker cannot be specified without a key marker.", "version-id-marker", version);
        var query = Query(request) with { After = marker, AfterWholePrefix = true };
        var page = store.List(query);
        request.Context.Response.Headers["x-amz-bucket-region"] = store.Bucket(request.Bucket).Region;
        string Text(string value) => encoded ? S3Url.Encode(value) : value;
        return request.XmlAsync(S3Xml.Element("ListVersionsResult",
            S3Xml.Element("Name", request.Bucket),
            S3Xml.Element("Prefix", Text(query.Prefix)),
            S3Xml.Element("KeyMarker", Text(marker)),
            S3Xml.Element("VersionIdMarker", request.Query("version-id-marker") ?? ""),
            page.Last is not null ? S3Xml.Element("NextKeyMarker", Text(page.Last)) : null,
            page.Last is not null ? S3Xml.Element("NextVersionIdMarker", "null") : null,
            S3Xml.Element("MaxKeys", query.Count),
            query.Delimiter.Length > 0 ? S3Xml.Element("Delimiter", Text(query.Delimiter)) : null,
            encoded ? S3Xml.Element("EncodingType", "url") : null,
            S3Xml.Element("IsTruncated", S3Answer.Boolean(page.Last is not null)),
            page.Objects.Select(stored => Contents("Version", stored, Text, owner: true)),
            CommonPrefixes(page, Text)));
    }

    static ListQuery Query(S3Request request) => new(request.Bucket)
    {
        Prefix = request.Query("prefix") ?? "",
        Delimiter = request.Query("delimiter") ?? "",
        Count = S3Query.Count(request, "max-keys"),
    };

    static XElement Contents(string name, StoredObject stored, Func<string, string> text, bool owner) => S3Xml.Element(name,
        S3Xml.Element("Key", text(stored.Key)),
        name == "Version" ? S3Xml.Element("VersionId", "null") : null,
        name == "Version" ? S3Xml.Element("IsLatest", "true") : null,
        S3Xml.Element("LastModified", S3Answer.Iso(stored.Modified)),
        S3Xml.Element("ETag", stored.QuotedETag),
        stored.Checksum is { } checksum ? S3Xml.Element("ChecksumAlgorithm", checksum.Algorithm.Name) : null,
        stored.Checksum is { } typed ? S3Xml.Element("ChecksumType", typed.Type) : null,
        S3Xml.Element("Size", stored.Size),
        owner ? S3Answer.Owner() : null,
        S3Xml.Element("StorageClass", stored.StorageClass));

    static IEnumerable<XElement> CommonPrefixes(ListPage page, Func<string, string> text) =>
        page.CommonPrefixes.Select(prefix => S3Xml.Element("CommonPrefixes", S3Xml.Element("Prefix", text(prefix))));
}
