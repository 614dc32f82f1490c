using System.Text;
using Amazon.S3;
using Amazon.S3.Model;
using EtlTracing.Traces;

namespace EtlTracing.Viewer.Data;

/// <summary>An object of the bucket: what S3 says of it.</summary>
public sealed record ObjectHead(string Key, long Bytes, string? ETag, DateTimeOffset? Modified, IReadOnlyDictionary<string, string> Metadata);

/// <summary>A row that a job set aside: <c>rejected/….csv</c> holds line number, rule and raw text.</summary>
public sealed record Reject(string Line, string Rule, string Raw);

/// <summary>Either a value, or the words for why there is none.</summary>
public readonly record struct Told<T>(T? Value, string? Problem) where T : class;

/// <summary>Reads objects of the runs' bucket, a little at a time; remembers what it made of the last few Parquet files.</summary>
public sealed class ObjectReader(AmazonS3Client s3, ViewerOptions options)
{
    const int MaxRemembered = 16;
    const int RejectBytes = 64 * 1024;
    const int LongestRaw = 2000;

    readonly Lock _lock = new();
    readonly Dictionary<(string Key, string? ETag), ParquetView> _views = [];
    readonly Queue<(string, string?)> _order = new();

    public async Task<Told<ObjectHead>> HeadAsync(string key, CancellationToken cancel)
    {
        try
        {
            var head = await s3.GetObjectMetadataAsync(new GetObjectMetadataRequest { BucketName = options.Bucket, Key = key }, cancel);
            var metadata = new SortedDictionary<string, string>(StringComparer.Ordinal);
            foreach (var name in head.Metadata.Keys) metadata[name.Replace("x-amz-meta-", "", StringComparison.OrdinalIgnoreCase)] = head.Metadata[name];
            return new Told<ObjectHead>(
                new ObjectHead(key, head.ContentLength, head.ETag, head.LastModified is { } at ? new DateTimeOffset(at.ToUniversalTime(), TimeSpan.Zero) : null, metadata), null);
        }
        catch (Exception problem) when (Problem.IsTold(problem, cancel))
        {
            return new Told<ObjectHead>(null, Problem.Words(problem, $"the object {key}", "s3:GetObject"));
        }
    }

    public async Task<Told<ParquetView>> ParquetAsync(ObjectHead head, CancellationToken cancel)
    {
        lock (_lock)
            if (_views.TryGetValue((head.Key, head.ETag), out var known)) return new Told<ParquetView>(known, null);
        try
        {
            await using var stream = new RangedObjectStream(s3, options.Bucket, head.Key, head.ETag, head.Bytes);
            var view = await ParquetView.ReadAsync(stream, cancel);
            lock (_lock)
            {
                if (_views.TryAdd((head.Key, head.ETag), view)) _order.Enqueue((head.Key, head.ETag));
                if (_order.Count > MaxRemembered) _views.Remove(_order.Dequeue());
            }
            return new Told<ParquetView>(view, null);
        }
        catch (InvalidDataException problem)
        {
            return new Told<ParquetView>(null, $"The object {head.Key} is there, but {problem.Message}");
        }
        catch (Exception problem) when (Problem.IsTold(problem, cancel))
        {
            return new Told<ParquetView>(null, Problem.Words(problem, $"the object {head.Key}", "s3:GetObject"));
        }
    }

    /// <summary>The first rows that a job set aside, from the file's first bytes.</summary>
    public async Task<Told<IReadOnlyList<Reject>>> RejectsAsync(string key, int max, CancellationToken cancel)
    {
        try
        {
            using var response = await s3.GetObjectAsync(
                new GetObjectRequest { BucketName = options.Bucket, Key = key, ByteRange = new ByteRange(0, RejectBytes - 1) }, cancel);
            using var text = new StreamReader(response.ResponseStream, Encoding.UTF8);
            var rows = CsvText.Rows(await text.ReadToEndAsync(cancel)).Skip(1).Where(row => row.Count >= 3).Take(max)
                .Select(row => new Reject(row[0], row[1], row[2].Length > LongestRaw ? row[2][..LongestRaw] + "…" : row[2])).ToList();
            return new Told<IReadOnlyList<Reject>>(rows, null);
        }
        catch (Exception problem) when (Problem.IsTold(problem, cancel))
        {
            return new Told<IReadOnlyList<Reject>>(null, Problem.Words(problem, $"the rejects in {key}", "s3:GetObject"));
        }
    }

    /// <summary>The object as it is, for a download.</summary>
    public async Task<Told<GetObjectResponse>> OpenAsync(string key, CancellationToken cancel)
    {
        try
        {
            return new Told<GetObjectResponse>(await s3.GetObjectAsync(new GetObjectRequest { BucketName = options.Bucket, Key = key }, cancel), null);
        }
        catch (Exception problem) when (Problem.IsTold(problem, cancel))
        {
            return new Told<GetObjectResponse>(null, Problem.Words(problem, $"the object {key}", "s3:GetObject"));
        }
    }
}
