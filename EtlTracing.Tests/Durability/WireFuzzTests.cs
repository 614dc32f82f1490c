using System.Text;
using CsCheck;
using EtlTracing.LocalAws;
using EtlTracing.Tests.Support;

namespace EtlTracing.Tests.Durability;

/// <summary>
/// What is parsed behind the ports meets noise and examples with some bytes changed. It is taken, or refused with an error
/// of the service's own kind: never a 500, never a closed connection, and nothing outside of the data folder.
/// </summary>
public sealed class WireFuzzTests : IAsyncLifetime
{
    const string Segment = """{"name":"a.b","id":"70de5b6f19ff9a0a","trace_id":"1-TIME-a006649127e371903a2de979","start_time":1478293361.271,"end_time":1478293361.449,"http":{"request":{"url":"http://a/b","method":"GET"},"response":{"status":200}},"annotations":{"k":1},"subsegments":[{"name":"S3","id":"70de5b6f19ff9a0b","start_time":1478293361.3,"namespace":"aws","in_progress":true}]}""";
    const string Spans = """{"resourceSpans":[{"resource":{"attributes":[{"key":"service.name","value":{"stringValue":"s"}}]},"scopeSpans":[{"spans":[{"traceId":"TIMEa006649127e371903a2de979","spanId":"eee19b7ec3c1b174","name":"n","kind":2,"startTimeUnixNano":"1544712660000000000","endTimeUnixNano":"1544712661000000000","attributes":[{"key":"http.status_code","value":{"intValue":"404"}},{"key":"a","value":{"arrayValue":{"values":[{"doubleValue":1.5}]}}}],"events":[{"name":"exception","attributes":[{"key":"exception.stacktrace","value":{"stringValue":"E\n  at A.B() in c:line 1"}}]}],"links":[{"traceId":"TIMEa006649127e371903a2de979","spanId":"eee19b7ec3c1b175"}],"status":{"code":2,"message":"m"}}]}]}]}""";
    static readonly string[] s_headers = ["Range", "x-amz-copy-source", "If-Match", "If-Modified-Since", "x-amz-date", "Authorization", "x-amz-meta-a", "Content-MD5", "x-amz-checksum-crc32", "x-amz-trailer", "x-amz-expected-bucket-owner", "Origin", "x-amz-object-attributes"];
    static readonly int s_iterations = LongSuite.IsOn ? 5_000 : 60;

    readonly TemporaryFolder _folder = new();
    LocalCloud _cloud = null!;
    HttpClient _http = null!;

    public async Task InitializeAsync()
    {
        _cloud = await LocalCloud.StartAsync(new LocalCloudOptions { DataDirectory = Path.Combine(_folder.Path, "data"), Port = 0, OtlpGrpcPort = 0, OtlpHttpPort = 0 });
        _http = new HttpClient();
        (await _http.PutAsync(new Uri(_cloud.Endpoint, "/bucket"), null)).EnsureSuccessStatusCode();
    }

    public async Task DisposeAsync()
    {
        Assert.Equal(["data"], Directory.EnumerateFileSystemEntries(_folder.Path).Select(Path.GetFileName));
        _http.Dispose();
        await _cloud.DisposeAsync();
        _folder.Dispose();
    }

    [Theory]
    [InlineData("PUT", "/bucket?cors", "<CORSConfiguration><CORSRule><AllowedOrigin>http://*.a</AllowedOrigin><AllowedMethod>GET</AllowedMethod><MaxAgeSeconds>5</MaxAgeSeconds></CORSRule></CORSConfiguration>")]
    [InlineData("POST", "/bucket?delete", "<Delete><Quiet>true</Quiet><Object><Key>../../x</Key><VersionId>null</VersionId><ETag>\"a\"</ETag></Object></Delete>")]
    [InlineData("POST", "/bucket/k?uploadId=u", "<CompleteMultipartUpload><Part><PartNumber>1</PartNumber><ETag>\"a\"</ETag><ChecksumCRC32>AAAAAA==</ChecksumCRC32></Part></CompleteMultipartUpload>")]
    [InlineData("PUT", "/other-bucket", "<CreateBucketConfiguration><LocationConstraint>eu-west-1</LocationConstraint></CreateBucketConfiguration>")]
    [InlineData("POST", "/TraceSegments", "{\"TraceSegmentDocuments\":[\"{}\"]}")]
    [InlineData("POST", "/TraceSummaries", "{\"StartTime\":1,\"EndTime\":2,\"Sampling\":true,\"SamplingStrategy\":{\"Name\":\"FixedRate\",\"Value\":0.5},\"NextToken\":\"eA==\"}")]
    [InlineData("POST", "/Traces", "{\"TraceIds\":[\"1-58406520-a006649127e371903a2de979\"]}")]
    [InlineData("POST", "/SamplingTargets", "{\"SamplingStatisticsDocuments\":[{\"RuleName\":\"Default\",\"ClientID\":\"a\",\"Timestamp\":1,\"RequestCount\":1,\"SampledCount\":1}]}")]
    [InlineData("PUT", "/_localaws/faults", "[{\"kind\":\"delay\",\"service\":\"none\",\"operation\":\"Put*\",\"probability\":0.1,\"seed\":7,\"delayMilliseconds\":1}]")]
    public Task Bodies(string method, string path, string example) => SampleAsync(Mutations(example), async bytes =>
    {
        using var content = new ByteArrayContent(bytes);
        content.Headers.TryAddWithoutValidation("Content-MD5", Convert.ToBase64String(Convert.FromHexString(EtlTracing.LocalAws.S3.Digests.Md5(bytes))));
        await CheckAsync(new HttpMethod(method), new Uri(_cloud.Endpoint, path), content);
    });

    [Fact]
    public Task SegmentDocuments() => SampleAsync(Mutations(Segment.Replace("TIME", Now(), StringComparison.Ordinal)), async bytes =>
    {
        using var content = Json(new { TraceSegmentDocuments = new[] { Encoding.UTF8.GetString(bytes) } });
        await CheckAsync(HttpMethod.Post, new Uri(_cloud.Endpoint, "/TraceSegments"), content);
        using var read = Json(new { TraceIds = new[] { $"1-{Now()}-a006649127e371903a2de979" } });
        await CheckAsync(HttpMethod.Post, new Uri(_cloud.Endpoint, "/Traces"), read);
    });

    /// <summary>Each was taken once, and no reader of the trace could read it afterwards.</summary>
    [Theory]
    [InlineData("""{"name":"a","name":"b","id":"70de5b6f19ff9a0a","trace_id":"ID","start_time":1,"end_time":2}""")]
    [InlineData("""{"name":"a","id":"70de5b6f19ff9a0a","trace_id":"ID","start_time":1,"end_time":2,"annotations":{"k":"\ud800"}}""")]
    [InlineData("""{"name":"a","id":"70de5b6f19ff9a0a","trace_id":"ID","start_time":1,"end_time":2,"\udc00":1}""")]
    public async Task ASegmentThatNobodyCouldReadIsUnprocessed(string segment)
    {
        using var content = Json(new { TraceSegmentDocuments = new[] { segment.Replace("ID", $"1-{Now()}-a006649127e371903a2de979", StringComparison.Ordinal) } });
        using var answer = await _http.PostAsync(new Uri(_cloud.Endpoint, "/TraceSegments"), content);
        Assert.Contains("ParseError", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public Task FilterExpressions() => SampleAsync(Mutations("service(id(name: \"a\", type: \"T\")) { fault AND responsetime >= 1.5 } OR !(annotation[k.x] BEGINSWITH \"v\" AND http.status != 502) AND edge(\"a\", \"b\")"), async bytes =>
    {
        using var content = Json(new { StartTime = 1, EndTime = 2, FilterExpression = Encoding.UTF8.GetString(bytes) });
        await CheckAsync(HttpMethod.Post, new Uri(_cloud.Endpoint, "/TraceSummaries"), content);
    });

    [Fact]
    public Task SpansAsJson() => SampleAsync(Mutations(Spans.Replace("TIME", Now(), StringComparison.Ordinal)), bytes => SpansAsync(bytes, "application/json"));

    [Fact]
    public Task SpansAsProtobuf()
    {
        var request = EtlTracing.LocalAws.Otlp.OtlpMessage.Traces(new(EtlTracing.LocalAws.Otlp.OtlpSignal.Traces, Encoding.UTF8.GetBytes(Spans.Replace("TIME", Now(), StringComparison.Ordinal)), IsJson: true));
        return SampleAsync(Mutations(Google.Protobuf.MessageExtensions.ToByteArray(request)), bytes => SpansAsync(bytes, "application/x-protobuf"));
    }

    [Fact]
    public Task Headers() => SampleAsync(Gen.Select(Gen.Int[0, s_headers.Length - 1].Select(index => s_headers[index]), Mutations("AWS4-HMAC-SHA256 Credential=a/20260101/us-east-2/s3/aws4_request, SignedHeaders=host;x-amz-date, Signature=00, bytes=0-1, /bucket/%2e%2e/k?versionId=null =?UTF-8?Q?=C3=84?=")), async pair =>
    {
        var value = new string([.. pair.Item2.Select(b => (char)b).Where(c => c is >= ' ' and <= '~')]);
        foreach (var method in new[] { HttpMethod.Get, HttpMethod.Put, HttpMethod.Delete, HttpMethod.Options })
        {
            using var content = new ByteArrayContent([]);
            if (pair.Item1 == "Content-MD5") content.Headers.TryAddWithoutValidation(pair.Item1, value);
            await CheckAsync(method, new Uri(_cloud.Endpoint, "/bucket/k"), content, pair.Item1 == "Content-MD5" ? null : (pair.Item1, value));
        }
    });

    [Fact]
    public Task Queries() => SampleAsync(Mutations("prefix=a&delimiter=/&max-keys=2&continuation-token=MWE=&start-after=b&encoding-type=url&X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=a/b&X-Amz-Expires=5&partNumber=1&uploadId=x&list-type=2&key-marker=a&versions&attributes"), bytes =>
        CheckAsync(HttpMethod.Get, new Uri(_cloud.Endpoint, "/bucket/?" + Uri.EscapeDataString(Encoding.Latin1.GetString(bytes)).Replace("%3D", "=", StringComparison.Ordinal).Replace("%26", "&", StringComparison.Ordinal)), null));

    Task SpansAsync(byte[] bytes, string type)
    {
        var content = new ByteArrayContent(bytes);
        content.Headers.ContentType = new(type);
        return CheckAsync(HttpMethod.Post, new Uri(_cloud.OtlpHttp, "/v1/traces"), content);
    }

    async Task CheckAsync(HttpMethod method, Uri uri, HttpContent? content, (string Name, string Value)? header = null)
    {
        using var request = new HttpRequestMessage(method, uri) { Content = content };
        if (header is var (name, value)) request.Headers.TryAddWithoutValidation(name, value);
        using var answer = await _http.SendAsync(request);
        var text = await answer.Content.ReadAsStringAsync();
        Assert.True((int)answer.StatusCode is < 500 or 501, $"{method} {uri.PathAndQuery} {header}: {(int)answer.StatusCode} {text}");
    }

    static Gen<byte[]> Mutations(string example) => Mutations(Encoding.UTF8.GetBytes(example));

    static Gen<byte[]> Mutations(byte[] example) => Gen.Select(Gen.Int[0, example.Length], Gen.Byte.Array[0, 6], Gen.Int[0, 12], (at, insert, drop) =>
        (byte[])[.. example[..at], .. insert, .. example[Math.Min(example.Length, at + drop)..]]);

    static Task SampleAsync<T>(Gen<T> inputs, Func<T, Task> check) => inputs.SampleAsync(check, iter: s_iterations, threads: 2);

    static string Now() => DateTimeOffset.UtcNow.ToUnixTimeSeconds().ToString("x8", System.Globalization.CultureInfo.InvariantCulture);

    static StringContent Json(object body) => new(System.Text.Json.JsonSerializer.Serialize(body));
}
