using System.Collections.Concurrent;
using System.Text.Json;
using Amazon.Runtime;
using Amazon.S3;
using Amazon.S3.Model;
using EtlTracing.LocalAws.S3;
using EtlTracing.Tests.S3;
using EtlTracing.Tests.Support;

namespace EtlTracing.Tests.Durability;

/// <summary>
/// Kills the real process under load, again and again (a hundred times with ETL_LONG=1), and checks after each restart that
/// every acknowledged write is there, whole, that nothing else is, and in the end that every write's event arrived.
/// </summary>
public sealed class ObjectCrashTests
{
    const string Bucket = "bucket";
    const int Writers = 4;
    const int KeysEach = 6;
    static readonly int s_rounds = LongSuite.IsOn ? 100 : 3;

    /// <summary>What each key may hold now: one value after an acknowledged write, two while one is under way. Null is no object.</summary>
    readonly ConcurrentDictionary<string, string?[]> _allowed = new();
    readonly ConcurrentDictionary<(string Key, string ETag), bool> _acknowledged = new();

    [Fact]
    public async Task NoAcknowledgedWriteIsLostAndNothingIsHalfThere()
    {
        using var folder = new TemporaryFolder();
        await using var receiver = await EventReceiver.StartAsync();
        var random = new Random(12345);
        for (var round = 0; round < s_rounds; round++)
        {
            using var cloud = await LocalAwsProcess.StartAsync(folder.Path);
            using var s3 = Client(cloud);
            if (round == 0) await SetUpAsync(s3, receiver);
            await VerifyAsync(s3);
            using var stop = new CancellationTokenSource();
            var seed = random.Next();
            var writers = Enumerable.Range(0, Writers).Select(writer => WriteAsync(s3, writer, seed + writer, stop.Token)).ToList();
            await Task.Delay(random.Next(200, 1500));
            await cloud.KillAsync();
            await stop.CancelAsync();
            await Task.WhenAll(writers);
        }

        using var last = await LocalAwsProcess.StartAsync(folder.Path);
        using var client = Client(last);
        await VerifyAsync(client);
        var delivered = new HashSet<(string, string)>();
        await Eventually.HoldsAsync(() =>
        {
            while (receiver.TryNext(out var next)) delivered.Add(KeyAndETag(next.Body));
            return _acknowledged.Keys.All(delivered.Contains);
        });
        var listed = await client.ListObjectsV2Async(new ListObjectsV2Request { BucketName = Bucket });
        foreach (var upload in (await client.ListMultipartUploadsAsync(new ListMultipartUploadsRequest { BucketName = Bucket })).MultipartUploads ?? [])
            await client.AbortMultipartUploadAsync(Bucket, upload.Key, upload.UploadId);
        // Each object has one file; what killed processes left behind is swept.
        await Eventually.HoldsAsync(() => Directory.EnumerateFiles(Path.Combine(folder.Path, "s3", "objects"), "*", SearchOption.AllDirectories).Count() == (listed.KeyCount ?? 0));
    }

    async Task WriteAsync(AmazonS3Client s3, int writer, int seed, CancellationToken cancellationToken)
    {
        var random = new Random(seed);
        while (!cancellationToken.IsCancellationRequested)
        {
            var key = $"{writer}/{random.Next(KeysEach)}";
            var before = _allowed.GetValueOrDefault(key) ?? [null];
            var bytes = new byte[random.Next(1, 200_000)];
            random.NextBytes(bytes);
            var (etag, what) = (Md5(bytes), random.Next(10));
            var multipart = $"{Md5(Convert.FromHexString(Md5(bytes)))}-1";
            try
            {
                if (what == 0)
                {
                    _allowed[key] = [.. before, null];
                    await s3.DeleteObjectAsync(Bucket, key, cancellationToken);
                    _allowed[key] = [null];
                }
                else if (what == 1)
                {
                    _allowed[key] = [.. before, multipart];
                    var upload = (await s3.InitiateMultipartUploadAsync(Bucket, key, cancellationToken)).UploadId;
                    var part = new PartETag(await s3.UploadPartAsync(new UploadPartRequest { BucketName = Bucket, Key = key, UploadId = upload, PartNumber = 1, InputStream = new MemoryStream(bytes) }, cancellationToken));
                    await s3.CompleteMultipartUploadAsync(new CompleteMultipartUploadRequest { BucketName = Bucket, Key = key, UploadId = upload, PartETags = [part] }, cancellationToken);
                    _allowed[key] = [multipart];
                    _acknowledged[(key, multipart)] = true;
                }
                else
                {
                    _allowed[key] = [.. before, etag];
                    await s3.PutObjectAsync(new PutObjectRequest { BucketName = Bucket, Key = key, InputStream = new MemoryStream(bytes) }, cancellationToken);
                    _allowed[key] = [etag];
                    _acknowledged[(key, etag)] = true;
                }
            }
            catch (Exception e) when (e is AmazonClientException or HttpRequestException or OperationCanceledException or IOException)
            {
                // Killed in mid-request: it may have happened or not.
                return;
            }
        }
    }

    async Task VerifyAsync(AmazonS3Client s3)
    {
        var listed = (await s3.ListObjectsV2Async(new ListObjectsV2Request { BucketName = Bucket })).S3Objects ?? [];
        var found = listed.ToDictionary(item => item.Key, item => item.ETag.Trim('"'));
        foreach (var (key, allowed) in _allowed)
        {
            Assert.Contains(found.GetValueOrDefault(key), allowed);
            _allowed[key] = [found.GetValueOrDefault(key)];
        }
        Assert.Empty(found.Keys.Except(_allowed.Keys));
        foreach (var (key, etag) in found)
        {
            using var answer = await s3.GetObjectAsync(Bucket, key);
            using var bytes = new MemoryStream();
            await answer.ResponseStream.CopyToAsync(bytes);
            Assert.Equal(etag, etag.EndsWith("-1", StringComparison.Ordinal) ? $"{Md5(Convert.FromHexString(Md5(bytes.ToArray())))}-1" : Md5(bytes.ToArray()));
        }
    }

    static async Task SetUpAsync(AmazonS3Client s3, EventReceiver receiver)
    {
        await s3.PutBucketAsync(Bucket);
        await s3.PutBucketNotificationAsync(new PutBucketNotificationRequest
        {
            BucketName = Bucket,
            LambdaFunctionConfigurations = [new() { Id = "all", FunctionArn = receiver.Url, Events = [EventType.ObjectCreatedAll] }],
        });
    }

    static AmazonS3Client Client(LocalAwsProcess cloud) => new(new BasicAWSCredentials("test", "test"), new AmazonS3Config
    {
        ServiceURL = cloud.Endpoint.ToString(),
        AuthenticationRegion = "us-east-2",
        ForcePathStyle = true,
        MaxErrorRetry = 0,
    });

    static (string, string) KeyAndETag(string body)
    {
        var stored = JsonDocument.Parse(body).RootElement.GetProperty("Records")[0].GetProperty("s3").GetProperty("object");
        return (Uri.UnescapeDataString(stored.GetProperty("key").GetString()!), stored.GetProperty("eTag").GetString()!);
    }

    static string Md5(byte[] bytes) => Digests.Md5(bytes);
}
