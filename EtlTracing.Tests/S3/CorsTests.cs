using Amazon.S3.Model;

namespace EtlTracing.Tests.S3;

public sealed class CorsTests : S3TestBase
{
    [Fact]
    public async Task PagesOfAllowedOriginsMayReadAndOthersNot()
    {
        Assert.Equal((404, "NoSuchCORSConfiguration"), await ErrorOf(() => S3.GetCORSConfigurationAsync(Bucket)));
        Assert.Equal(403, (int)(await PreflightAsync("https://app.example.com", "GET")).StatusCode);
        await S3.PutCORSConfigurationAsync(Bucket, new CORSConfiguration
        {
            Rules = [new CORSRule { AllowedOrigins = ["https://*.example.com"], AllowedMethods = ["GET", "PUT"], AllowedHeaders = ["x-amz-*"], ExposeHeaders = ["ETag"], MaxAgeSeconds = 30 }],
        });
        await S3.PutObjectAsync(new PutObjectRequest { BucketName = Bucket, Key = "k", ContentBody = "x" });

        using var preflight = await PreflightAsync("https://app.example.com", "PUT", "x-amz-date");
        using var forbidden = await PreflightAsync("https://app.example.org", "PUT");
        using var wrongHeader = await PreflightAsync("https://app.example.com", "PUT", "cookie");
        using var read = new HttpRequestMessage(HttpMethod.Get, "/bucket/k") { Headers = { { "Origin", "https://app.example.com" } } };
        using var answer = await Http.SendAsync(read);

        Assert.Equal((200, 403, 403), ((int)preflight.StatusCode, (int)forbidden.StatusCode, (int)wrongHeader.StatusCode));
        Assert.Equal(("https://app.example.com", "GET, PUT", "x-amz-date", "30", "ETag"),
            (Header(preflight, "Allow-Origin"), Header(preflight, "Allow-Methods"), Header(preflight, "Allow-Headers"), Header(preflight, "Max-Age"), Header(preflight, "Expose-Headers")));
        Assert.Equal("https://app.example.com", Header(answer, "Allow-Origin"));
    }

    Task<HttpResponseMessage> PreflightAsync(string origin, string method, string? headers = null)
    {
        var request = new HttpRequestMessage(HttpMethod.Options, "/bucket/k") { Headers = { { "Origin", origin }, { "Access-Control-Request-Method", method } } };
        if (headers is not null) request.Headers.Add("Access-Control-Request-Headers", headers);
        return Http.SendAsync(request);
    }

    static string Header(HttpResponseMessage answer, string name) => string.Join(",", answer.Headers.GetValues("Access-Control-" + name));
}
