using System.Net;
using System.Xml.Linq;
using Amazon.S3;
using Amazon.S3.Model;
using Microsoft.Data.Sqlite;

namespace EtlTracing.Tests.S3;

/// <summary>Answers of the real S3 that others have published, where its pages are silent or say something else.</summary>
public sealed class RecordedAnswerTests : S3TestBase
{
    [Fact]
    public async Task AConditionFailsWithAConflictWhenTheKeyChangedAfterTheUploadBegan()
    {
        var etag = await PutAsync("k");
        var upload = await UploadAsync("k");
        await PutAsync("k");
        Assert.Equal((412, "PreconditionFailed"), await ErrorOf(() => CompleteAsync(upload, request => request.IfNoneMatch = "*")));
        Assert.Equal((409, "ConditionalRequestConflict"), await ErrorOf(() => CompleteAsync(upload, request => request.IfMatch = etag)));
        await S3.DeleteObjectAsync(Bucket, "k");
        Assert.Equal((409, "ConditionalRequestConflict"), await ErrorOf(() => CompleteAsync(upload, request => request.IfNoneMatch = "*")));

        var again = await UploadAsync("k");
        await CompleteAsync(again, request => request.IfNoneMatch = "*");
        Assert.Equal(1, (await S3.GetObjectMetadataAsync(Bucket, "k")).ContentLength);
    }

    [Fact]
    public async Task UploadsOfAKeyAreListedInTheOrderOfTheirStart()
    {
        List<string> started = [];
        for (var i = 0; i < 3; i++) started.Add((await S3.InitiateMultipartUploadAsync(Bucket, "k")).UploadId);
        var other = (await S3.InitiateMultipartUploadAsync(Bucket, "other")).UploadId;

        var first = await S3.ListMultipartUploadsAsync(new ListMultipartUploadsRequest { BucketName = Bucket, MaxUploads = 2 });
        var rest = await S3.ListMultipartUploadsAsync(new ListMultipartUploadsRequest { BucketName = Bucket, KeyMarker = first.NextKeyMarker, UploadIdMarker = first.NextUploadIdMarker });

        Assert.Equal([.. started, other], first.MultipartUploads.Concat(rest.MultipartUploads).Select(upload => upload.UploadId));
        Assert.Equal(("other", other), (rest.NextKeyMarker, rest.NextUploadIdMarker));
        Assert.Equal((400, "InvalidArgument"), await ErrorOf(() => S3.ListMultipartUploadsAsync(new ListMultipartUploadsRequest { BucketName = Bucket, KeyMarker = "k", UploadIdMarker = other })));
    }

    [Fact]
    public async Task AMarkerInsideOfACommonPrefixSkipsAllOfIt()
    {
        foreach (var key in (string[])["a/b/1", "a/b/2", "a/c", "a/d"]) await PutAsync(key);

        var page = await S3.ListObjectsAsync(new ListObjectsRequest { BucketName = Bucket, Prefix = "a/", Delimiter = "/", Marker = "a/b/1", MaxKeys = 1 });

        Assert.Equal("a/c", Assert.Single(page.S3Objects).Key);
        Assert.Empty(page.CommonPrefixes ?? []);
        Assert.Equal("a/c", page.NextMarker);
    }

    [Fact]
    public async Task MetadataThatIsNotAsciiComesBackInTheShorterOfTwoForms()
    {
        using var put = new HttpRequestMessage(HttpMethod.Put, "/bucket/m") { Content = new ByteArrayContent([]) };
        put.Headers.TryAddWithoutValidation("x-amz-meta-mostly", "=?UTF-8?Q?=C3=84M=C3=84Z_S3=5F?=");
        put.Headers.TryAddWithoutValidation("x-amz-meta-hardly", "=?UTF-8?B?w6TDpA==?=");
        put.Headers.TryAddWithoutValidation("x-amz-meta-ascii", "=?UTF-8?Q?plain_text?=");
        (await Http.SendAsync(put)).EnsureSuccessStatusCode();

        using var head = await Http.SendAsync(new HttpRequestMessage(HttpMethod.Head, "/bucket/m"));
        string Meta(string name) => head.Headers.GetValues("x-amz-meta-" + name).Single();
        Assert.Equal(("=?UTF-8?Q?=C3=84M=C3=84Z_S3=5F?=", "=?UTF-8?B?w6TDpA==?=", "plain text"), (Meta("mostly"), Meta("hardly"), Meta("ascii")));
    }

    [Theory]
    [InlineData("bucket.s3.us-east-2.amazonaws.com", "/k")]
    [InlineData("bucket.s3.localhost:4566", "/k")]
    [InlineData("bucket.localhost:4566", "/k")]
    [InlineData("s3.localhost:4566", "/bucket/k")]
    [InlineData("etl.dev.localhost:4566", "/bucket/k")]
    public async Task TheBucketMayBePartOfTheHost(string host, string path)
    {
        await PutAsync("k");
        using var request = new HttpRequestMessage(HttpMethod.Get, path) { Headers = { Host = host } };
        using var answer = await Http.SendAsync(request);
        Assert.Equal("k", await answer.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task ABucketOfAnotherAccountIsNotTouched()
    {
        using var other = new HttpRequestMessage(HttpMethod.Get, "/bucket/k") { Headers = { { "x-amz-expected-bucket-owner", "111111111111" } } };
        using var none = new HttpRequestMessage(HttpMethod.Get, "/bucket/k") { Headers = { { "x-amz-expected-bucket-owner", "me" } } };
        using var own = new HttpRequestMessage(HttpMethod.Get, "/bucket/k") { Headers = { { "x-amz-expected-bucket-owner", Options.Account } } };
        Assert.Equal((HttpStatusCode.Forbidden, "AccessDenied"), await CodeOf(other));
        Assert.Equal((HttpStatusCode.BadRequest, "InvalidBucketOwnerAWSAccountID"), await CodeOf(none));
        Assert.Equal((HttpStatusCode.NotFound, "NoSuchKey"), await CodeOf(own));
    }

    [Fact]
    public async Task HeadersInAPresignedQueryCountAsHeadersButChecksums()
    {
        var url = S3.GetPreSignedURL(new GetPreSignedUrlRequest { BucketName = Bucket, Key = "once", Verb = HttpVerb.PUT, Expires = DateTime.UtcNow.AddMinutes(5), Protocol = Protocol.HTTP })
            + "&If-None-Match=%2A&x-amz-meta-a=b&x-amz-checksum-crc32=AAAAAA%3D%3D&x-amz-sdk-checksum-algorithm=CRC32";
        Assert.Equal(HttpStatusCode.OK, (await Http.PutAsync(url, new ByteArrayContent([1]))).StatusCode);
        Assert.Equal(HttpStatusCode.PreconditionFailed, (await Http.PutAsync(url, new ByteArrayContent([1]))).StatusCode);
        Assert.Equal("b", (await S3.GetObjectMetadataAsync(Bucket, "once")).Metadata["a"]);
    }

    [Fact]
    public async Task AnArchivedObjectMustBeRestoredBeforeItIsRead()
    {
        await S3.PutObjectAsync(new PutObjectRequest { BucketName = Bucket, Key = "cold", ContentBody = "x", StorageClass = S3StorageClass.DeepArchive });
        Assert.Equal((403, "InvalidObjectState"), await ErrorOf(() => S3.GetObjectAsync(Bucket, "cold")));
        Assert.Equal(1, (await S3.GetObjectMetadataAsync(Bucket, "cold")).ContentLength);
    }

    [Fact]
    public async Task APageThatMayNotAskIsToldWhatItAskedAbout()
    {
        using var nowhere = new HttpRequestMessage(HttpMethod.Options, "/no-such-bucket/k") { Headers = { { "Origin", "http://a" } } };
        Assert.Equal((HttpStatusCode.Forbidden, "AccessForbidden"), await CodeOf(nowhere));
        using var refused = new HttpRequestMessage(HttpMethod.Options, "/bucket/k") { Headers = { { "Origin", "http://a" }, { "Access-Control-Request-Method", "PUT" } } };
        using var answer = await Http.SendAsync(refused);
        var error = XElement.Parse(await answer.Content.ReadAsStringAsync());
        Assert.Equal(("PUT", "BUCKET"), (error.Element("Method")?.Value, error.Element("ResourceType")?.Value));
    }

    [Fact]
    public async Task DataOfTheVersionBeforeOpensWithItsUploads()
    {
        await PutAsync("k");
        var upload = await UploadAsync("k");
        await StopAsync();
        // A connection that this process still holds would remember the newer tables.
        SqliteConnection.ClearAllPools();
        using (var connection = new SqliteConnection($"Data Source={Path.Combine(Folder, "s3", "s3.db")};Pooling=False"))
        {
            connection.Open();
            using var command = connection.CreateCommand();
            command.CommandText = "ALTER TABLE uploads DROP COLUMN overtaken; PRAGMA user_version=1";
            command.ExecuteNonQuery();
        }

        await StartAsync();

        await CompleteAsync(upload, request => request.IfMatch = upload.IfMatch);
        Assert.EndsWith("-1\"", (await S3.GetObjectMetadataAsync(Bucket, "k")).ETag, StringComparison.Ordinal);
    }

    async Task<string> PutAsync(string key) => (await S3.PutObjectAsync(new PutObjectRequest { BucketName = Bucket, Key = key, ContentBody = key })).ETag;

    async Task<CompleteMultipartUploadRequest> UploadAsync(string key)
    {
        var id = (await S3.InitiateMultipartUploadAsync(Bucket, key)).UploadId;
        var part = await S3.UploadPartAsync(new UploadPartRequest { BucketName = Bucket, Key = key, UploadId = id, PartNumber = 1, InputStream = new MemoryStream([1]) });
        return new CompleteMultipartUploadRequest { BucketName = Bucket, Key = key, UploadId = id, PartETags = [new PartETag(1, part.ETag)] };
    }

    Task<CompleteMultipartUploadResponse> CompleteAsync(CompleteMultipartUploadRequest request, Action<CompleteMultipartUploadRequest> change)
    {
        (request.IfMatch, request.IfNoneMatch) = (null, null);
        change(request);
        return S3.CompleteMultipartUploadAsync(request);
    }

    async Task<(HttpStatusCode Status, string Code)> CodeOf(HttpRequestMessage request)
    {
        using var answer = await Http.SendAsync(request);
        return (answer.StatusCode, XElement.Parse(await answer.Content.ReadAsStringAsync()).Element("Code")!.Value);
    }
}
