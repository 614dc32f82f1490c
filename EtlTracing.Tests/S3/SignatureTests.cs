using Amazon.S3;
using Amazon.S3.Model;
using EtlTracing.LocalAws;
using Microsoft.Extensions.Time.Testing;

namespace EtlTracing.Tests.S3;

public sealed class SignatureTests : S3TestBase
{
    readonly FakeTimeProvider _time = new(DateTimeOffset.UtcNow);

    protected override LocalCloudOptions Options => base.Options with { RequiredKey = new AccessKey("test", "test"), Time = _time };

    [Fact]
    public async Task TheSdksOwnSignaturesAreAccepted()
    {
        foreach (var key in new[] { "plain", "a b/ä+(1)~'!*.csv", "%41", "日本" })
        {
            await S3.PutObjectAsync(new PutObjectRequest { BucketName = Bucket, Key = key, ContentBody = "hello", Metadata = { ["a"] = "b  c" } });
            using var read = await S3.GetObjectAsync(Bucket, key);
            Assert.Equal("hello", await new StreamReader(read.ResponseStream).ReadToEndAsync());
        }
        // Signed chunks, whose signatures are a chain.
        await S3.PutObjectAsync(new PutObjectRequest { BucketName = Bucket, Key = "chunks", InputStream = new MemoryStream(Bytes(300_000)) });
        Assert.Equal(5, (await S3.ListObjectsV2Async(new ListObjectsV2Request { BucketName = Bucket, Prefix = "" })).KeyCount);
    }

    [Fact]
    public async Task OthersAreRefused()
    {
        using var wrongSecret = Client("test", "wrong");
        using var unknown = Client("someone", "test");

        Assert.Equal((403, "SignatureDoesNotMatch"), await ErrorOf(() => wrongSecret.ListObjectsV2Async(new ListObjectsV2Request { BucketName = Bucket })));
        Assert.Equal((403, "SignatureDoesNotMatch"), await ErrorOf(() => wrongSecret.PutObjectAsync(new PutObjectRequest { BucketName = Bucket, Key = "k", ContentBody = "x" })));
        Assert.Equal((403, "InvalidAccessKeyId"), await ErrorOf(() => unknown.ListObjectsV2Async(new ListObjectsV2Request { BucketName = Bucket })));
        Assert.Equal(403, (int)(await Http.GetAsync("/bucket")).StatusCode);
        Assert.Equal(403, (int)(await Http.PostAsync("/Traces", new StringContent("{}"))).StatusCode);
    }

    [Fact]
    public async Task APresignedUrlWorksUntilItExpiresAndForNothingElse()
    {
        await S3.PutObjectAsync(new PutObjectRequest { BucketName = Bucket, Key = "a b", ContentBody = "hello" });
        string Url(HttpVerb verb) => S3.GetPreSignedURL(new GetPreSignedUrlRequest { BucketName = Bucket, Key = "a b", Verb = verb, Expires = DateTime.UtcNow.AddMinutes(10), Protocol = Protocol.HTTP });
        var get = Url(HttpVerb.GET);

        Assert.Equal("hello", await Http.GetStringAsync(get));
        using (var put = await Http.PutAsync(Url(HttpVerb.PUT), new ByteArrayContent([1, 2]))) Assert.Equal(200, (int)put.StatusCode);
        Assert.Equal(2, Cloud.Objects.Find(Bucket, "a b")!.Size);
        using (var other = await Http.GetAsync(get.Replace("a%20b", "other", StringComparison.Ordinal))) Assert.Equal(403, (int)other.StatusCode);
        using (var delete = await Http.DeleteAsync(get)) Assert.Equal(403, (int)delete.StatusCode);

        _time.Advance(TimeSpan.FromMinutes(11));
        using var late = await Http.GetAsync(get);
        Assert.Equal(403, (int)late.StatusCode);
        Assert.Contains("<Code>AccessDenied</Code><Message>Request has expired</Message>", await late.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task AnOldRequestIsTooSkewed()
    {
        _time.Advance(TimeSpan.FromMinutes(16));

        Assert.Equal((403, "RequestTimeTooSkewed"), await ErrorOf(() => S3.ListBucketsAsync()));
    }
}
