using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Amazon.Runtime;
using Amazon.S3;
using Amazon.S3.Model;
using EtlTracing.LocalAws.Faults;

namespace EtlTracing.Tests.S3;

public sealed class FaultTests : S3TestBase
{
    [Fact]
    public async Task WithEveryTenthRequestFailingRetriesStillSucceed()
    {
        await SetAsync("""[{"kind":"fail","service":"s3","operation":"*Object","key":"in/*","probability":0.1,"seed":7}]""");
        using var patient = new AmazonS3Client(new BasicAWSCredentials("test", "test"), new AmazonS3Config
        {
            ServiceURL = Cloud.Endpoint.ToString(),
            AuthenticationRegion = "us-east-2",
            ForcePathStyle = true,
            MaxErrorRetry = 8,
        });

        for (var i = 0; i < 50; i++) await patient.PutObjectAsync(new PutObjectRequest { BucketName = Bucket, Key = $"in/{i}", ContentBody = "x" });

        Assert.Equal(50, (await S3.ListObjectsV2Async(new ListObjectsV2Request { BucketName = Bucket })).KeyCount);
        var answer = await Http.GetFromJsonAsync<JsonElement>("/_localaws/faults");
        Assert.InRange(answer.GetProperty("records").GetArrayLength(), 1, 40);
    }

    [Fact]
    public async Task AFailedRequestSaysSoInS3sWords()
    {
        await SetAsync("""[{"kind":"fail","operation":"GetObject","status":503,"times":1}]""");

        using var struck = await Http.GetAsync("/bucket/k");
        using var later = await Http.GetAsync("/bucket/k");

        Assert.Equal((HttpStatusCode.ServiceUnavailable, "Fail"), (struck.StatusCode, struck.Headers.GetValues("x-localaws-fault").Single()));
        Assert.Contains("<Error><Code>SlowDown</Code><Message>Please reduce your request rate.</Message><RequestId>", await struck.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.NotFound, later.StatusCode);
    }

    [Fact]
    public async Task ACutConnectionIsNoAnswerAndACutAnswerIsStillAWrite()
    {
        await SetAsync("""[{"kind":"cut","operation":"PutObject","key":"before"},{"kind":"cutAfter","operation":"PutObject","key":"after"}]""");

        await Assert.ThrowsAnyAsync<Exception>(() => S3.PutObjectAsync(new PutObjectRequest { BucketName = Bucket, Key = "before", ContentBody = "x" }));
        await Assert.ThrowsAnyAsync<Exception>(() => S3.PutObjectAsync(new PutObjectRequest { BucketName = Bucket, Key = "after", ContentBody = "x" }));

        Assert.Null(Cloud.Objects.Find(Bucket, "before"));
        Assert.NotNull(Cloud.Objects.Find(Bucket, "after"));
    }

    [Fact]
    public async Task AFaultShowsInTheTraceUnderTheSpanThatItStruck()
    {
        await SetAsync("""[{"kind":"fail","operation":"GetObject"}]""");
        var now = DateTimeOffset.UtcNow.ToUnixTimeSeconds();
        var root = $"1-{now:x8}-{Guid.NewGuid().ToString("N")[..24]}";
        var caller = JsonSerializer.Serialize(new { trace_id = root, id = "53995c3f42cd8ad8", name = "caller", start_time = now, end_time = now + 1 });
        using var put = await Http.PostAsync("/TraceSegments", new StringContent(JsonSerializer.Serialize(new { TraceSegmentDocuments = new[] { caller } })));
        using var request = new HttpRequestMessage(HttpMethod.Get, "/bucket/k") { Headers = { { "X-Amzn-Trace-Id", $"Root={root};Parent=53995c3f42cd8ad8;Sampled=1" } } };

        using var answer = await Http.SendAsync(request);

        using var read = await Http.PostAsync("/Traces", new StringContent($$"""{"TraceIds":["{{root}}"]}"""));
        var trace = await read.Content.ReadAsStringAsync();
        Assert.Contains("Fault Fail", trace, StringComparison.Ordinal);
        Assert.Contains("localaws_operation", trace, StringComparison.Ordinal);
    }

    [Fact]
    public void ASeedPicksTheSameRequests()
    {
        static string Run()
        {
            var faults = new FaultSet();
            faults.Set([new FaultRule { Kind = FaultKind.Fail, Probability = 0.3, Seed = 42 }]);
            return string.Concat(Enumerable.Range(0, 100).Select(_ => faults.Pick("s3", "GetObject", "k") is null ? '.' : 'x'));
        }

        Assert.Equal(Run(), Run());
        Assert.InRange(Run().Count(c => c == 'x'), 15, 45);
    }

    [Theory]
    [InlineData("nonsense")]
    [InlineData("null")]
    [InlineData("[null]")]
    [InlineData("[{}]")]
    [InlineData("""[{"kind":"explode"}]""")]
    [InlineData("""[{"kind":"fail","probability":2}]""")]
    [InlineData("""[{"kind":"fail","unknown":1}]""")]
    public async Task RulesThatAreWrongAreRefused(string rules)
    {
        using var answer = await Http.PutAsync("/_localaws/faults", new StringContent(rules));

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
    }

    async Task SetAsync(string rules)
    {
        using var answer = await Http.PutAsync("/_localaws/faults", new StringContent(rules));
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }
}
