using System.Xml.Linq;

namespace EtlTracing.LocalAws.S3;

sealed class DeleteOperations(S3Store store)
{
    static readonly string[] s_refused = ["x-amz-if-match-last-modified-time", "x-amz-if-match-size"];

    public Task OneAsync(S3Request request)
    {
        // Directory buckets have these two; others refuse them.
        if (s_refused.FirstOrDefault(name => request.Header(name) is not null) is { } refused) throw S3Error.HeaderNotImplemented(refused);
        store.Delete(request.Bucket, request.Key, WriteCondition.Read(request), request.Cause);
        return request.Empty(204);
    }

    public async Task ManyAsync(S3Request request)
    {
        store.Bucket(request.Bucket);
        using var body = await S3Body.SmallAsync(request, digestRequired: true);
        if (body.Length == 0) throw S3Error.MissingRequestBody();
        var root = S3Xml.Parse(body, "Delete");
        var objects = root.All("Object").ToList();
        if (objects.Count is 0 or > S3Limits.Page || objects.Any(item => item.Text("Key") is null)) throw S3Error.MalformedXml();
        var quiet = root.Text("Quiet") == "true";
        var results = objects.Select(item => DeleteOne(request, item)).Where(result => !quiet || result.Name.LocalName == "Error").ToList();
        await request.XmlAsync(S3Xml.Element("DeleteResult", results));
    }

    XElement DeleteOne(S3Request request, XElement item)
    {
        var key = item.Text("Key")!;
        try
        {
            if (item.Text("VersionId") is { Length: > 0 } version and not "null") throw new S3Exception(400, "NoSuchVersion", "The specified version does not exist.");
            if (System.Text.Encoding.UTF8.GetByteCount(key) > S3Limits.Key) throw S3Error.KeyTooLong(System.Text.Encoding.UTF8.GetByteCount(key));
            var condition = item.Text("ETag") is { Length: > 0 } etag ? new WriteCondition(etag.Trim('"'), false) : WriteCondition.None;
            store.Delete(request.Bucket, key, condition, request.Cause);
            return S3Xml.Element("Deleted", S3Xml.Element("Key", key), item.Text("VersionId") is { Length: > 0 } named ? S3Xml.Element("VersionId", named) : null);
        }
        catch (S3Exception e)
        {
            return S3Xml.Element("Error", S3Xml.Element("Key", key), item.Text("VersionId") is { Length: > 0 } named ? S3Xml.Element("VersionId", named) : null, S3Xml.Element("Code", e.Code), S3Xml.Element("Message", e.Message));
        }
    }
}
