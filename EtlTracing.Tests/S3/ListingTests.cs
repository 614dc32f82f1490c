using System.Xml.Linq;
using Amazon.S3.Model;

namespace EtlTracing.Tests.S3;

public sealed class ListingTests : S3TestBase
{
    static readonly string[] s_keys = ["a", "a/1", "a/2", "a/b/3", "b", "c d/x+y", "c d/z", "Z", "é", "日本/1"];

    [Fact]
    public async Task KeysComeInUtf8Order()
    {
        await FillAsync();

        var listed = await S3.ListObjectsV2Async(new ListObjectsV2Request { BucketName = Bucket });

        Assert.Equal(["Z", "a", "a/1", "a/2", "a/b/3", "b", "c d/x+y", "c d/z", "é", "日本/1"], listed.S3Objects.Select(item => item.Key));
        Assert.Equal((10, false), (listed.KeyCount!.Value, listed.IsTruncated!.Value));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(100)]
    public async Task PagesOfAnySizeAddUpInBothVersions(int size)
    {
        await FillAsync();
        string[] expected = ["Z", "a", "a/", "b", "c d/", "é", "日本/"];

        var second = new List<string>();
        var next = new ListObjectsV2Request { BucketName = Bucket, Delimiter = "/", MaxKeys = size };
        for (var more = true; more;)
        {
            var page = await S3.ListObjectsV2Async(next);
            second.AddRange((page.S3Objects ?? []).Select(item => item.Key).Concat(page.CommonPrefixes ?? []));
            more = page.IsTruncated!.Value;
            next.ContinuationToken = page.NextContinuationToken;
        }
        var first = new List<string>();
        var marker = new ListObjectsRequest { BucketName = Bucket, Delimiter = "/", MaxKeys = size };
        for (var more = true; more;)
        {
            var page = await S3.ListObjectsAsync(marker);
            first.AddRange((page.S3Objects ?? []).Select(item => item.Key).Concat(page.CommonPrefixes ?? []));
            more = page.IsTruncated!.Value;
            marker.Marker = page.NextMarker;
        }

        Assert.Equal(expected, second.Order(StringComparer.Ordinal));
        Assert.Equal(expected, first.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task PrefixAndStartAfterNarrow()
    {
        await FillAsync();

        var prefix = await S3.ListObjectsV2Async(new ListObjectsV2Request { BucketName = Bucket, Prefix = "a/", Delimiter = "/" });
        var after = await S3.ListObjectsV2Async(new ListObjectsV2Request { BucketName = Bucket, StartAfter = "b" });

        Assert.Equal(["a/1", "a/2"], prefix.S3Objects.Select(item => item.Key));
        Assert.Equal(["a/b/"], prefix.CommonPrefixes);
        Assert.Equal(["c d/x+y", "c d/z", "é", "日本/1"], after.S3Objects.Select(item => item.Key));
    }

    [Fact]
    public async Task TheWholeAnswerIsS3s()
    {
        var stored = await Cloud.Objects.PutAsync(Bucket, "c d/x+y", new MemoryStream("hello"u8.ToArray()));

        var answer = XElement.Parse(await Http.GetStringAsync("/bucket?list-type=2&encoding-type=url&prefix=c+d/&start-after=a%20b&max-keys=5000"));

        XNamespace s3 = "http://s3.amazonaws.com/doc/2006-03-01/";
        var time = stored.Modified.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'.000Z'", System.Globalization.CultureInfo.InvariantCulture);
        Assert.Equal(new XElement(s3 + "ListBucketResult",
            new XElement(s3 + "Name", "bucket"), new XElement(s3 + "Prefix", "c+d/"), new XElement(s3 + "StartAfter", "a+b"), new XElement(s3 + "KeyCount", 1), new XElement(s3 + "MaxKeys", 1000),
            new XElement(s3 + "EncodingType", "url"), new XElement(s3 + "IsTruncated", "false"),
            new XElement(s3 + "Contents", new XElement(s3 + "Key", "c+d/x%2By"), new XElement(s3 + "LastModified", time), new XElement(s3 + "ETag", "\"5d41402abc4b2a76b9719d911017c592\""),
                new XElement(s3 + "ChecksumAlgorithm", "CRC64NVME"), new XElement(s3 + "ChecksumType", "FULL_OBJECT"), new XElement(s3 + "Size", 5), new XElement(s3 + "StorageClass", "STANDARD"))).ToString(), answer.ToString());
    }

    [Theory]
    [InlineData("list-type=2&max-keys=-1")]
    [InlineData("list-type=2&max-keys=x")]
    [InlineData("list-type=2&continuation-token=nonsense")]
    [InlineData("list-type=2&continuation-token=")]
    [InlineData("encoding-type=base64")]
    public async Task WrongParametersAreInvalidArguments(string query)
    {
        using var answer = await Http.GetAsync("/bucket?" + query);

        Assert.Equal(400, (int)answer.StatusCode);
        Assert.Contains("<Code>InvalidArgument</Code>", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task ManyKeysUnderOnePrefixAreOneLine()
    {
        await Task.WhenAll(Enumerable.Range(0, 4).Select(async worker =>
        {
            for (var i = 0; i < 300; i++) await Cloud.Objects.PutAsync(Bucket, $"many/{worker}-{i}", new MemoryStream());
        }));
        await Cloud.Objects.PutAsync(Bucket, "z", new MemoryStream());

        var listed = await S3.ListObjectsV2Async(new ListObjectsV2Request { BucketName = Bucket, Delimiter = "/", MaxKeys = 2 });

        Assert.Equal(["many/"], listed.CommonPrefixes);
        Assert.Equal(["z"], listed.S3Objects.Select(item => item.Key));
        Assert.False(listed.IsTruncated);
    }

    async Task FillAsync()
    {
        foreach (var key in s_keys) await Cloud.Objects.PutAsync(Bucket, key, new MemoryStream([1]));
    }
}
