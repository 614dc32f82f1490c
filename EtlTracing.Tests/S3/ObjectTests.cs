using System.Net;
using System.Security.Cryptography;
using Amazon.S3;
using Amazon.S3.Model;

namespace EtlTracing.Tests.S3;

public sealed class ObjectTests : S3TestBase
{
    [Fact]
    public async Task AnObjectComesBackWithItsHeadersAndMetadata()
    {
        var put = new PutObjectRequest { BucketName = Bucket, Key = "a b/ä+(1).csv", ContentBody = "hello", ContentType = "text/csv" };
        put.Headers.ContentDisposition = "attachment";
        put.Headers.CacheControl = "no-store";
        put.Metadata["run"] = "42";

        var written = await S3.PutObjectAsync(put);
        using var read = await S3.GetObjectAsync(Bucket, put.Key);

        Assert.Equal("\"5d41402abc4b2a76b9719d911017c592\"", written.ETag);
        Assert.Equal(written.ETag, read.ETag);
        Assert.Equal("hello", await new StreamReader(read.ResponseStream).ReadToEndAsync());
        Assert.Equal(("text/csv", "attachment", "no-store", "42"), (read.Headers.ContentType, read.Headers.ContentDisposition, read.Headers.CacheControl, read.Metadata["run"]));
    }

    [Theory]
    [InlineData("../../x")]
    [InlineData("/leading")]
    [InlineData("a//b")]
    [InlineData("a/../b")]
    [InlineData("./.")]
    [InlineData("Case")]
    [InlineData("case")]
    [InlineData("100%")]
    [InlineData("a+b c&d=e?f#g")]
    [InlineData("日本/✓")]
    public async Task AnyKeyIsJustAKey(string key)
    {
        await Cloud.Objects.PutAsync(Bucket, key, new MemoryStream([1, 2, 3]));

        Assert.Equal([key], (await S3.ListObjectsV2Async(new ListObjectsV2Request { BucketName = Bucket })).S3Objects.Select(item => item.Key));
        Assert.Equal(3, Cloud.Objects.Find(Bucket, key)!.Size);
    }

    [Theory]
    [InlineData("/bucket/../../x", "../../x")]
    [InlineData("/bucket/%2e%2e/x", "../x")]
    [InlineData("/bucket/a//b", "a//b")]
    [InlineData("/bucket//a", "/a")]
    [InlineData("/bucket/a%2Fb+c", "a/b+c")]
    public async Task ThePathIsTakenAsItWasSent(string path, string key)
    {
        var answer = await RawHttp.SendAsync(Cloud.Endpoint, $"PUT {path} HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nConnection: close\r\n\r\nx");

        Assert.StartsWith("HTTP/1.1 200 ", answer, StringComparison.Ordinal);
        Assert.Equal(1, Cloud.Objects.Find(Bucket, key)?.Size);
    }

    [Theory]
    [InlineData("bytes=0-0", 206, "bytes 0-0/10", "0")]
    [InlineData("bytes=2-4", 206, "bytes 2-4/10", "234")]
    [InlineData("bytes=7-", 206, "bytes 7-9/10", "789")]
    [InlineData("bytes=-3", 206, "bytes 7-9/10", "789")]
    [InlineData("bytes=-30", 206, "bytes 0-9/10", "0123456789")]
    [InlineData("bytes=5-99999999999999999999999", 206, "bytes 5-9/10", "56789")]
    [InlineData("bytes=5-2", 200, null, "0123456789")]
    [InlineData("bytes=1-2,4-5", 200, null, "0123456789")]
    [InlineData("lines=1-2", 200, null, "0123456789")]
    [InlineData("bytes=x", 200, null, "0123456789")]
    [InlineData("bytes=10-", 416, null, null)]
    [InlineData("bytes=-0", 416, null, null)]
    public async Task RangesAreAnsweredAsHttpSays(string range, int status, string? contentRange, string? body)
    {
        await S3.PutObjectAsync(new PutObjectRequest { BucketName = Bucket, Key = "k", ContentBody = "0123456789" });
        using var request = new HttpRequestMessage(HttpMethod.Get, "/bucket/k");
        request.Headers.TryAddWithoutValidation("Range", range);

        using var answer = await Http.SendAsync(request);

        Assert.Equal(status, (int)answer.StatusCode);
        Assert.Equal(contentRange, answer.Content.Headers.ContentRange?.ToString());
        if (body is not null) Assert.Equal(body, await answer.Content.ReadAsStringAsync());
        else Assert.Contains($"<Code>InvalidRange</Code><Message>The requested range is not satisfiable</Message><RangeRequested>{range}</RangeRequested><ActualObjectSize>10</ActualObjectSize>", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task ConditionsOnReadsAreHeld()
    {
        var etag = (await S3.PutObjectAsync(new PutObjectRequest { BucketName = Bucket, Key = "k", ContentBody = "x" })).ETag;

        async Task<int> Status(string name, string value)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, "/bucket/k");
            request.Headers.TryAddWithoutValidation(name, value);
            using var answer = await Http.SendAsync(request);
            return (int)answer.StatusCode;
        }

        Assert.Equal(200, await Status("If-Match", etag));
        Assert.Equal(412, await Status("If-Match", "\"other\""));
        Assert.Equal(304, await Status("If-None-Match", etag));
        Assert.Equal(200, await Status("If-None-Match", "\"other\""));
        Assert.Equal(304, await Status("If-Modified-Since", DateTimeOffset.UtcNow.ToString("R")));
        Assert.Equal(200, await Status("If-Modified-Since", "Fri, 01 Jan 2100 00:00:00 GMT"));
        Assert.Equal(200, await Status("If-Modified-Since", "Sat, 01 Jan 2000 00:00:00 GMT"));
        Assert.Equal(412, await Status("If-Unmodified-Since", "Sat, 01 Jan 2000 00:00:00 GMT"));
        Assert.Equal(200, await Status("If-Unmodified-Since", "Fri, 01 Jan 2100 00:00:00 GMT"));
    }

    [Fact]
    public async Task ConditionsOnWritesAreHeld()
    {
        Task<PutObjectResponse> Put(string? match, string? noneMatch) =>
            S3.PutObjectAsync(new PutObjectRequest { BucketName = Bucket, Key = "k", ContentBody = "x", IfMatch = match, IfNoneMatch = noneMatch });

        Assert.Equal((404, "NoSuchKey"), await ErrorOf(() => Put("\"x\"", null)));
        var etag = (await Put(null, "*")).ETag;
        Assert.Equal((412, "PreconditionFailed"), await ErrorOf(() => Put(null, "*")));
        Assert.Equal((412, "PreconditionFailed"), await ErrorOf(() => Put("\"other\"", null)));
        Assert.Equal((501, "NotImplemented"), await ErrorOf(() => Put(null, "\"other\"")));
        await Put(etag, null);
    }

    [Fact]
    public async Task OfManyWritersThatWantToBeFirstOneIs()
    {
        var outcomes = await Task.WhenAll(Enumerable.Range(0, 20).Select(async i =>
        {
            try
            {
                await S3.PutObjectAsync(new PutObjectRequest { BucketName = Bucket, Key = "k", ContentBody = $"{i}", IfNoneMatch = "*" });
                return HttpStatusCode.OK;
            }
            catch (AmazonS3Exception e)
            {
                return e.StatusCode;
            }
        }));

        Assert.Equal(1, outcomes.Count(status => status == HttpStatusCode.OK));
        Assert.Equal(19, outcomes.Count(status => status == HttpStatusCode.PreconditionFailed));
    }

    [Fact]
    public async Task WhatIsNotThereIsNamed()
    {
        Assert.Equal((404, "NoSuchKey"), await ErrorOf(() => S3.GetObjectAsync(Bucket, "nope")));
        Assert.Equal((404, "NoSuchBucket"), await ErrorOf(() => S3.GetObjectAsync("no-such-bucket", "k")));
        Assert.Equal((404, "NoSuchBucket"), await ErrorOf(() => S3.PutObjectAsync(new PutObjectRequest { BucketName = "no-such-bucket", Key = "k", ContentBody = "x" })));
        Assert.Equal((404, "NotFound"), await ErrorOf(() => S3.GetObjectMetadataAsync(Bucket, "nope")));
        Assert.Equal((400, "KeyTooLongError"), await ErrorOf(() => S3.GetObjectAsync(Bucket, new string('k', 1025))));
        Assert.Equal((501, "NotImplemented"), await ErrorOf(() => S3.PutBucketVersioningAsync(new PutBucketVersioningRequest { BucketName = Bucket, VersioningConfig = new S3BucketVersioningConfig { Status = VersionStatus.Enabled } })));
    }

    [Fact]
    public async Task DeletingIsTheSameWhetherItWasThereOrNot()
    {
        await S3.PutObjectAsync(new PutObjectRequest { BucketName = Bucket, Key = "k", ContentBody = "x" });

        Assert.Equal(HttpStatusCode.NoContent, (await S3.DeleteObjectAsync(Bucket, "k")).HttpStatusCode);
        Assert.Equal(HttpStatusCode.NoContent, (await S3.DeleteObjectAsync(Bucket, "k")).HttpStatusCode);
        Assert.Empty(Directory.EnumerateFiles(Path.Combine(Folder, "s3", "objects"), "*", SearchOption.AllDirectories));
    }

    [Fact]
    public async Task ManyObjectsAreDeletedAtOnce()
    {
        foreach (var key in new[] { "a", "b&<", "c" }) await S3.PutObjectAsync(new PutObjectRequest { BucketName = Bucket, Key = key, ContentBody = "x" });

        var answer = await S3.DeleteObjectsAsync(new DeleteObjectsRequest { BucketName = Bucket, Objects = [new() { Key = "a" }, new() { Key = "b&<" }, new() { Key = "missing" }] });

        Assert.Equal(["a", "b&<", "missing"], answer.DeletedObjects.Select(item => item.Key));
        Assert.Equal("c", Assert.Single((await S3.ListObjectsV2Async(new ListObjectsV2Request { BucketName = Bucket })).S3Objects).Key);
    }

    [Fact]
    public async Task ACopyHasTheSourcesBytesAndOutlivesIt()
    {
        var bytes = Bytes(300_000);
        await S3.PutObjectAsync(new PutObjectRequest { BucketName = Bucket, Key = "from ä+", InputStream = new MemoryStream(bytes), ContentType = "text/csv" });

        await S3.CopyObjectAsync(Bucket, "from ä+", Bucket, "to");
        await S3.DeleteObjectAsync(Bucket, "from ä+");

        using var read = await S3.GetObjectAsync(Bucket, "to");
        using var copy = new MemoryStream();
        await read.ResponseStream.CopyToAsync(copy);
        Assert.Equal(bytes, copy.ToArray());
        Assert.Equal("text/csv", read.Headers.ContentType);
        await S3.DeleteObjectAsync(Bucket, "to");
        Assert.Empty(Directory.EnumerateFiles(Path.Combine(Folder, "s3", "objects"), "*", SearchOption.AllDirectories));
    }

    [Fact]
    public async Task AnObjectCanBeReadToItsEndWhileItIsReplaced()
    {
        var bytes = Bytes(8 << 20);
        await S3.PutObjectAsync(new PutObjectRequest { BucketName = Bucket, Key = "k", InputStream = new MemoryStream(bytes) });
        using var answer = await Http.GetAsync("/bucket/k", HttpCompletionOption.ResponseHeadersRead);
        await using var stream = await answer.Content.ReadAsStreamAsync();
        var first = new byte[1000];
        await stream.ReadExactlyAsync(first);

        await S3.DeleteObjectAsync(Bucket, "k");

        using var rest = new MemoryStream();
        await stream.CopyToAsync(rest);
        Assert.Equal(SHA256.HashData(bytes), SHA256.HashData([.. first, .. rest.ToArray()]));
    }
}
