using System.Text;

namespace EtlTracing.Tests.S3;

/// <summary>What no client sends on purpose: each gets an error of S3's own kind, and nothing changes.</summary>
public sealed class BadInputTests : S3TestBase
{
    [Theory]
    [InlineData("PUT /bucket/k HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", "411", "MissingContentLength")]
    [InlineData("PUT /bucket/k HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n1\r\nx\r\n0\r\n\r\n", "501", "NotImplemented")]
    [InlineData("PUT /bucket/k HTTP/1.1\r\nHost: x\r\nContent-Length: 6000000000\r\nConnection: close\r\n\r\n", "400", "EntityTooLarge")]
    [InlineData("GET /bucket/%ff%fe HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", "400", "InvalidURI")]
    [InlineData("GET /bucket/%zz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", "400", "")]
    [InlineData("GET /UPPER/k HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", "400", "InvalidBucketName")]
    [InlineData("PUT /192.168.0.1 HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\nConnection: close\r\n\r\n", "400", "InvalidBucketName")]
    [InlineData("PUT /../../etc HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\nConnection: close\r\n\r\n", "400", "InvalidBucketName")]
    [InlineData("PATCH /bucket/k HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\nConnection: close\r\n\r\n", "405", "MethodNotAllowed")]
    [InlineData("POST /bucket/k HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\nConnection: close\r\n\r\n", "405", "MethodNotAllowed")]
    [InlineData("PUT /bucket/k?partNumber=0&uploadId=x HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\nConnection: close\r\n\r\n", "400", "InvalidArgument")]
    [InlineData("GET /bucket/k?versionId=abc HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", "400", "InvalidArgument")]
    [InlineData("PUT /bucket/k HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nx-amz-decoded-content-length: 9\r\nx-amz-content-sha256: STREAMING-UNSIGNED-PAYLOAD-TRAILER\r\nConnection: close\r\n\r\n4\r\n12", "400", "IncompleteBody")]
    [InlineData("PUT /bucket/k HTTP/1.1\r\nHost: x\r\nContent-Length: 14\r\nx-amz-decoded-content-length: 9\r\nx-amz-content-sha256: STREAMING-UNSIGNED-PAYLOAD-TRAILER\r\nConnection: close\r\n\r\n4\r\n1234\r\n0\r\n\r\n", "400", "IncompleteBody")]
    [InlineData("PUT /bucket/k HTTP/1.1\r\nHost: x\r\nContent-Length: 14\r\nx-amz-decoded-content-length: 4\r\nx-amz-content-sha256: STREAMING-UNSIGNED-PAYLOAD-TRAILER\r\nConnection: close\r\n\r\nzzzz\r\n1234\r\n\r\n", "400", "IncompleteBody")]
    public async Task ARequestThatIsWrongGetsItsError(string request, string status, string code)
    {
        var answer = await RawHttp.SendAsync(Cloud.Endpoint, request);

        Assert.StartsWith($"HTTP/1.1 {status} ", answer, StringComparison.Ordinal);
        if (code.Length > 0) Assert.Contains($"<Error><Code>{code}</Code>", answer, StringComparison.Ordinal);
        Assert.Null(Cloud.Objects.Find(Bucket, "k"));
    }

    [Fact]
    public async Task ABodyThatEndsEarlyIsNoObject()
    {
        await RawHttp.SendAsync(Cloud.Endpoint, "PUT /bucket/k HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000\r\n\r\n" + new string('x', 500_000), thenEnd: true);

        Assert.Null(Cloud.Objects.Find(Bucket, "k"));
        await Support.Eventually.HoldsAsync(() => !Directory.EnumerateFiles(Path.Combine(Folder, "s3", "objects"), "*", SearchOption.AllDirectories).Any());
    }

    [Theory]
    [InlineData("")]
    [InlineData("no xml")]
    [InlineData("<Delete>")]
    [InlineData("<Other/>")]
    [InlineData("<Delete/>")]
    [InlineData("<Delete><Object/></Delete>")]
    [InlineData("<!DOCTYPE d [<!ENTITY x SYSTEM \"file:///etc/passwd\">]><Delete><Object><Key>&x;</Key></Object></Delete>")]
    [InlineData("<!DOCTYPE d [<!ENTITY a \"aaaa\"><!ENTITY b \"&a;&a;\">]><Delete><Object><Key>&b;</Key></Object></Delete>")]
    public async Task XmlThatIsWrongIsMalformed(string xml)
    {
        var md5 = Convert.ToBase64String(Convert.FromHexString(EtlTracing.LocalAws.S3.Digests.Md5(Encoding.UTF8.GetBytes(xml))));
        using var content = new StringContent(xml);
        content.Headers.TryAddWithoutValidation("Content-MD5", md5);

        using var answer = await Http.PostAsync("/bucket?delete", content);

        Assert.Equal(400, (int)answer.StatusCode);
        Assert.Contains(xml.Length == 0 ? "MissingRequestBodyError" : "MalformedXML", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task DeepAndHugeXmlIsRefused()
    {
        foreach (var name in new[] { "notification", "cors" })
        {
            var deep = string.Concat(Enumerable.Repeat("<a>", 100_000));
            using var content = new StringContent(deep);
            content.Headers.TryAddWithoutValidation("Content-MD5", Convert.ToBase64String(Convert.FromHexString(EtlTracing.LocalAws.S3.Digests.Md5(Encoding.UTF8.GetBytes(deep)))));
            using var answer = await Http.PutAsync("/bucket?" + name, content);
            Assert.Contains("MalformedXML", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        }
        using var huge = await Http.PutAsync("/bucket?notification", new ByteArrayContent(new byte[9 << 20]));
        Assert.Contains("MaxMessageLengthExceeded", await huge.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task HugeHeadersAreRefused()
    {
        var answer = await RawHttp.SendAsync(Cloud.Endpoint, $"GET /bucket HTTP/1.1\r\nHost: x\r\nx-amz-meta-a: {new string('a', 9000)}\r\nConnection: close\r\n\r\n");

        Assert.StartsWith("HTTP/1.1 400 ", answer, StringComparison.Ordinal);
        Assert.Contains("<Code>RequestHeaderSectionTooLarge</Code>", answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task DeletingManyNeedsADigest()
    {
        using var answer = await Http.PostAsync("/bucket?delete", new StringContent("<Delete><Object><Key>k</Key></Object></Delete>"));

        Assert.Contains("<Code>InvalidRequest</Code>", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }
}
