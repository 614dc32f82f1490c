using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using EtlTracing.LocalAws;
using EtlTracing.LocalAws.XRay;

namespace EtlTracing.Tests.XRay;

/// <summary>A local cloud in a folder of its own, and its X-Ray API called by plain HTTP.</summary>
public sealed class XRayCloud : IAsyncDisposable
{
    /// <summary>Its scope is what tells that a request is for X-Ray.</summary>
    public const string Authorization = "AWS4-HMAC-SHA256 Credential=test/20261122/us-east-2/xray/aws4_request, SignedHeaders=host, Signature=0";

    readonly LocalCloud _cloud;
    readonly string _folder;
    readonly HttpClient _http;

    XRayCloud(LocalCloud cloud, string folder)
    {
        _cloud = cloud;
        _folder = folder;
        _http = new HttpClient { BaseAddress = cloud.Endpoint };
        _http.DefaultRequestHeaders.TryAddWithoutValidation("Authorization", Authorization);
    }

    public Uri OtlpGrpc => _cloud.OtlpGrpc;
    public Uri OtlpHttp => _cloud.OtlpHttp;
    public SegmentStore Segments => _cloud.Segments;
    public Uri Endpoint => _cloud.Endpoint;

    public static async Task<XRayCloud> StartAsync(Func<LocalCloudOptions, LocalCloudOptions>? configure = null)
    {
        var folder = Directory.CreateTempSubdirectory("xray").FullName;
        var options = new LocalCloudOptions
        {
            DataDirectory = folder,
            Port = 0,
            OtlpGrpcPort = 0,
            OtlpHttpPort = 0,
            IndexedAttributes = ["etl.step", "etl.rows.in", "otel.resource.service.name", "http.method"],
        };
        return new XRayCloud(await LocalCloud.StartAsync(configure?.Invoke(options) ?? options), folder);
    }

    public static string NewTraceId() => $"1-{DateTimeOffset.UtcNow.ToUnixTimeSeconds():x8}-{RandomNumberGenerator.GetHexString(24, lowercase: true)}";

    /// <summary>The same id as OpenTelemetry writes it.</summary>
    public static string W3C(string traceId) => string.Concat(traceId.AsSpan(2, 8), traceId.AsSpan(11));

    public static string NewId() => RandomNumberGenerator.GetHexString(16, lowercase: true);

    /// <summary>The answer's status and JSON.</summary>
    public async Task<(int Status, JsonObject Body, string? Error)> CallAsync(string path, JsonObject input)
    {
        using var response = await _http.PostAsJsonAsync(path, input);
        var body = (await response.Content.ReadFromJsonAsync<JsonObject>())!;
        return ((int)response.StatusCode, body, response.Headers.TryGetValues("x-amzn-ErrorType", out var values) ? values.Single() : null);
    }

    public async Task<JsonArray> PutAsync(params JsonObject[] documents)
    {
        var (status, body, _) = await CallAsync("/TraceSegments", new JsonObject { ["TraceSegmentDocuments"] = new JsonArray([.. documents.Select(document => (JsonNode)document.ToJsonString())]) });
        Assert.Equal(200, status);
        return body["UnprocessedTraceSegments"]!.AsArray();
    }

    public async Task<JsonObject> TraceAsync(string id)
    {
        var (status, body, _) = await CallAsync("/Traces", new JsonObject { ["TraceIds"] = new JsonArray(id) });
        Assert.Equal(200, status);
        return Assert.Single(body["Traces"]!.AsArray())!.AsObject();
    }

    public async Task<IReadOnlyList<JsonObject>> SegmentsAsync(string traceId) =>
        [.. (await TraceAsync(traceId))["Segments"]!.AsArray().Select(segment => JsonNode.Parse((string)segment!["Document"]!)!.AsObject())];

    public async Task<string> HttpAsync(string path) => await _http.GetStringAsync(new Uri(path, UriKind.Relative));

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _cloud.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }
}

/// <summary>One cloud for the tests of a class, which keep out of each other's way by using traces of their own.</summary>
public sealed class SharedXRayCloud : IAsyncLifetime
{
    public XRayCloud Cloud { get; private set; } = null!;

    public async Task InitializeAsync() => Cloud = await XRayCloud.StartAsync();

    public async Task DisposeAsync() => await Cloud.DisposeAsync();
}
