using System.Buffers;
using System.Globalization;
using System.Xml.Linq;
using EtlTracing.LocalAws.S3.Checksums;

namespace EtlTracing.LocalAws.S3;

sealed class ReadOperations(S3Store store, TimeProvider time)
{
    const int BlockSize = 256 * 1024;

    public async Task GetAsync(S3Request request)
    {
        using var reader = store.OpenRead(request.Bucket, request.Key);
        if (reader.Object.StorageClass is "GLACIER" or "DEEP_ARCHIVE") throw S3Error.InvalidObjectState(reader.Object.StorageClass);
        if (Begin(request, reader) is not { } range) return;
        await CopyAsync(reader.Read(range.Start, range.Count), request);
    }

    public Task HeadAsync(S3Request request)
    {
        using var reader = store.OpenRead(request.Bucket, request.Key);
        Begin(request, reader);
        return Task.CompletedTask;
    }

    public Task AttributesAsync(S3Request request)
    {
        using var reader = store.OpenRead(request.Bucket, request.Key);
        var stored = reader.Object;
        var wanted = request.Header("x-amz-object-attributes")?.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries) ?? [];
        if (wanted.Length == 0 || wanted.FirstOrDefault(name => name is not ("ETag" or "Checksum" or "ObjectParts" or "StorageClass" or "ObjectSize")) is not null)
            throw S3Error.InvalidArgument("Invalid attribute name specified.", "x-amz-object-attributes", string.Join(',', wanted));
        request.Context.Response.Headers.LastModified = S3Answer.HttpDate(stored.Modified);
        return request.XmlAsync(S3Xml.Element("GetObjectAttributesResponse",
            wanted.Contains("ETag") ? S3Xml.Element("ETag", stored.ETag) : null,
            wanted.Contains("Checksum") && stored.Checksum is { } checksum
                ? S3Xml.Element("Checksum", S3Xml.Element(checksum.Algorithm.Element, checksum.Value), S3Xml.Element("ChecksumType", checksum.Type)) : null,
            wanted.Contains("ObjectParts") && stored.Parts > 0 ? Parts(request, reader) : null,
            wanted.Contains("StorageClass") ? S3Xml.Element("StorageClass", stored.StorageClass) : null,
            wanted.Contains("ObjectSize") ? S3Xml.Element("ObjectSize", stored.Size) : null));
    }

    /// <summary>Sends everything but the bytes. Null when there are none to send, by reason of a 304.</summary>
    ByteRange? Begin(S3Request request, ObjectReader reader)
    {
        var stored = reader.Object;
        var response = request.Context.Response;
        if (ReadCondition.IsNotModified(request, stored, time.GetUtcNow()))
        {
            response.StatusCode = 304;
            response.Headers.ETag = stored.QuotedETag;
            response.Headers.LastModified = S3Answer.HttpDate(stored.Modified);
            return null;
        }
        var (range, part) = Wanted(request, reader);
        ObjectHeaders.Write(request, stored);
        response.Headers.AcceptRanges = "bytes";
        var sent = range ?? new ByteRange(0, stored.Size);
        if (range is not null)
        {
            response.StatusCode = 206;
            response.Headers.ContentRange = string.Create(CultureInfo.InvariantCulture, $"bytes {sent.Start}-{sent.End}/{stored.Size}");
        }
        if (part is not null && stored.Parts > 0) response.Headers["x-amz-mp-parts-count"] = stored.Parts.ToString(CultureInfo.InvariantCulture);
        response.ContentLength = sent.Count;
        WriteChecksum(request, reader, part, sent.Count == stored.Size);
        return sent;
    }

    static (ByteRange? Range, int? Part) Wanted(S3Request request, ObjectReader reader)
    {
        if (!request.HasQuery("partNumber")) return (ByteRange.Parse(request.Header("Range"), reader.Object.Size), null);
        if (request.Header("Range") is not null) throw S3Error.InvalidRequest("Cannot specify both Range header and partNumber query parameter");
        var number = S3Query.PartNumber(request);
        var parts = Math.Max(1, reader.Object.Parts);
        if (number > parts) throw S3Error.InvalidPartNumber(number.ToString(CultureInfo.InvariantCulture), parts);
        if (reader.Object.Size == 0) return (null, number);
        // The n-th part is the n-th in order, whatever the number it was uploaded with.
        var before = reader.Object.Parts == 0 ? 0 : reader.Pieces.Take(number - 1).Sum(piece => piece.Size);
        var size = reader.Object.Parts == 0 ? reader.Object.Size : reader.Pieces.ElementAtOrDefault(number - 1)?.Size ?? 0;
        return (new ByteRange(before, size), number);
    }

    /// <summary>With x-amz-checksum-mode: the object's checksum, the part's for a part, and none for any other range.</summary>
    static void WriteChecksum(S3Request request, ObjectReader reader, int? part, bool whole)
    {
        if (!string.Equals(request.Header("x-amz-checksum-mode"), "ENABLED", StringComparison.OrdinalIgnoreCase) || reader.Object.Checksum is not { } checksum) return;
        var headers = request.Context.Response.Headers;
        if (part is { } number && reader.Object.Parts > 0)
        {
            // Parts of an upload without an algorithm of its own have none to show.
            if (reader.Pieces.ElementAtOrDefault(number - 1)?.Checksum is not { } value) return;
            headers[checksum.Algorithm.Header] = value;
        }
        else if (whole || part is not null) headers[checksum.Algorithm.Header] = checksum.Value;
        else return;
        headers["x-amz-checksum-type"] = checksum.Type;
    }

    static XElement Parts(S3Request request, ObjectReader reader)
    {
        var after = int.TryParse(request.Header("x-amz-part-number-marker"), NumberStyles.None, CultureInfo.InvariantCulture, out var marker) ? marker : 0;
        var most = int.TryParse(request.Header("x-amz-max-parts"), NumberStyles.None, CultureInfo.InvariantCulture, out var count) ? Math.Min(count, S3Limits.Page) : S3Limits.Page;
        var parts = reader.Pieces.Where(piece => piece.Number > after).ToList();
        var checksum = reader.Object.Checksum;
        // S3 lists the parts only of objects whose parts have checksums of their own.
        if (checksum?.Type != ChecksumAlgorithm.Composite) return S3Xml.Element("ObjectParts", S3Xml.Element("PartsCount", reader.Object.Parts));
        var page = parts.Take(most).ToList();
        return S3Xml.Element("ObjectParts",
            S3Xml.Element("IsTruncated", S3Answer.Boolean(parts.Count > page.Count)),
            S3Xml.Element("MaxParts", most),
            S3Xml.Element("NextPartNumberMarker", page.LastOrDefault()?.Number ?? 0),
            S3Xml.Element("PartNumberMarker", after),
            page.Select(piece => S3Xml.Element("Part",
                piece.Checksum is null ? null : S3Xml.Element(checksum.Algorithm.Element, piece.Checksum),
                S3Xml.Element("PartNumber", piece.Number),
                S3Xml.Element("Size", piece.Size))),
            S3Xml.Element("PartsCount", reader.Object.Parts));
    }

    static async Task CopyAsync(Stream bytes, S3Request request)
    {
        await using var source = bytes;
        var block = ArrayPool<byte>.Shared.Rent(BlockSize);
        try
        {
            for (int read; (read = await source.ReadAsync(block.AsMemory(0, BlockSize), request.Aborted)) > 0;)
                await request.Context.Response.Body.WriteAsync(block.AsMemory(0, read), request.Aborted);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(block);
        }
    }
}
