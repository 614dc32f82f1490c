using System.Security.Cryptography;
using Amazon.S3.Model;
using Amazon.S3.Transfer;

namespace EtlTracing.Tests.S3;

public sealed class MultipartTests : S3TestBase
{
    const int PartSize = 5 << 20;

    [Fact]
    public async Task PartsBecomeOneObject()
    {
        var bytes = Bytes(PartSize * 2 + 1000);
        using (var transfer = new TransferUtility(S3, new TransferUtilityConfig { MinSizeBeforePartUpload = PartSize }))
            await transfer.UploadAsync(new TransferUtilityUploadRequest { BucketName = Bucket, Key = "k", InputStream = new MemoryStream(bytes), PartSize = PartSize });

        using var read = await S3.GetObjectAsync(new GetObjectRequest { BucketName = Bucket, Key = "k", ByteRange = new ByteRange(PartSize - 10, PartSize * 2 + 9) });
        using var range = new MemoryStream();
        await read.ResponseStream.CopyToAsync(range);

        Assert.Equal(bytes[(PartSize - 10)..(PartSize * 2 + 10)], range.ToArray());
        Assert.EndsWith("-3\"", read.ETag, StringComparison.Ordinal);
        Assert.Empty((await S3.ListMultipartUploadsAsync(new ListMultipartUploadsRequest { BucketName = Bucket })).MultipartUploads ?? []);
    }

    [Fact]
    public async Task ACompletionWhoseAnswerWasLostCanBeRepeated()
    {
        var upload = await StartAsync("k");
        var part = await PartAsync("k", upload, 1, Bytes(100));

        var first = await CompleteAsync("k", upload, part);
        var second = await CompleteAsync("k", upload, part);

        Assert.Equal(first.ETag, second.ETag);
        Assert.Equal((404, "NoSuchUpload"), await ErrorOf(() => S3.AbortMultipartUploadAsync(Bucket, "k", upload)));
    }

    [Fact]
    public async Task WrongListsOfPartsAreRefused()
    {
        var upload = await StartAsync("k");
        var one = await PartAsync("k", upload, 1, Bytes(100));
        var two = await PartAsync("k", upload, 2, Bytes(100, 2));

        Assert.Equal((400, "EntityTooSmall"), await ErrorOf(() => CompleteAsync("k", upload, one, two)));
        Assert.Equal((400, "InvalidPart"), await ErrorOf(() => CompleteAsync("k", upload, new PartETag(1, "\"x\""))));
        Assert.Equal((400, "InvalidPart"), await ErrorOf(() => CompleteAsync("k", upload, new PartETag(3, one.ETag))));
        Assert.Equal((404, "NoSuchUpload"), await ErrorOf(() => CompleteAsync("k", "unknown", one)));
        Assert.Equal((400, "InvalidPartOrder"), await RawCompleteAsync("k", upload, [two, one]));
        Assert.Equal((400, "InvalidArgument"), await ErrorOf(() => PartAsync("k", upload, 10001, Bytes(1))));
        await CompleteAsync("k", upload, two);
        Assert.Equal(100, Cloud.Objects.Find(Bucket, "k")!.Size);
    }

    [Fact]
    public async Task AnAbortedUploadLeavesNothing()
    {
        var upload = await StartAsync("k");
        await PartAsync("k", upload, 1, Bytes(100));
        await PartAsync("k", upload, 1, Bytes(100, 2));

        var parts = await S3.ListPartsAsync(Bucket, "k", upload);
        Assert.Equal(100, Assert.Single(parts.Parts).Size);
        await S3.AbortMultipartUploadAsync(Bucket, "k", upload);

        Assert.Empty(Directory.EnumerateFiles(Path.Combine(Folder, "s3", "objects"), "*", SearchOption.AllDirectories));
        Assert.Equal((404, "NoSuchUpload"), await ErrorOf(() => S3.ListPartsAsync(Bucket, "k", upload)));
    }

    [Fact]
    public async Task PartsCanBeCopiedFromObjects()
    {
        var bytes = Bytes(PartSize + 100);
        await S3.PutObjectAsync(new PutObjectRequest { BucketName = Bucket, Key = "from", InputStream = new MemoryStream(bytes) });
        var upload = await StartAsync("k");
        async Task<PartETag> Copy(int number, long first, long last)
        {
            var copy = await S3.CopyPartAsync(new CopyPartRequest { SourceBucket = Bucket, SourceKey = "from", DestinationBucket = Bucket, DestinationKey = "k", UploadId = upload, PartNumber = number, FirstByte = first, LastByte = last });
            return new PartETag(number, copy.ETag);
        }

        await CompleteAsync("k", upload, await Copy(1, 100, PartSize + 99), await Copy(2, 0, 99));

        using var reader = Cloud.Objects.OpenRead(Bucket, "k");
        using var read = new MemoryStream();
        await reader.Read().CopyToAsync(read);
        Assert.Equal(SHA256.HashData([.. bytes[100..], .. bytes[..100]]), SHA256.HashData(read.ToArray()));
    }

    async Task<string> StartAsync(string key) => (await S3.InitiateMultipartUploadAsync(Bucket, key)).UploadId;

    async Task<PartETag> PartAsync(string key, string upload, int number, byte[] bytes)
    {
        var part = await S3.UploadPartAsync(new UploadPartRequest { BucketName = Bucket, Key = key, UploadId = upload, PartNumber = number, InputStream = new MemoryStream(bytes) });
        return new PartETag(part);
    }

    Task<CompleteMultipartUploadResponse> CompleteAsync(string key, string upload, params PartETag[] parts) =>
        S3.CompleteMultipartUploadAsync(new CompleteMultipartUploadRequest { BucketName = Bucket, Key = key, UploadId = upload, PartETags = [.. parts] });

    /// <summary>The SDK sorts the list.</summary>
    async Task<(int, string)> RawCompleteAsync(string key, string upload, PartETag[] parts)
    {
        var xml = $"<CompleteMultipartUpload>{string.Concat(parts.Select(part => $"<Part><PartNumber>{part.PartNumber}</PartNumber><ETag>{part.ETag}</ETag></Part>"))}</CompleteMultipartUpload>";
        using var answer = await Http.PostAsync($"/{Bucket}/{key}?uploadId={upload}", new StringContent(xml));
        return ((int)answer.StatusCode, System.Xml.Linq.XElement.Parse(await answer.Content.ReadAsStringAsync()).Element("Code")!.Value);
    }
}
