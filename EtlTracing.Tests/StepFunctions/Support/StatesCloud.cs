using System.Text.Json.Nodes;
using EtlTracing.LocalAws;

namespace EtlTracing.Tests.StepFunctions.Support;

/// <summary>A local cloud in a folder of its own, which can be stopped and started again over the same data.</summary>
public sealed class StatesCloud : IAsyncDisposable
{
    readonly string _folder = Directory.CreateTempSubdirectory("sfn-").FullName;
    readonly TimeProvider _time;
    readonly int _maxClosed;
    LocalCloud _cloud = null!;

    StatesCloud(TimeProvider? time, int maxClosed)
    {
        _time = time ?? TimeProvider.System;
        _maxClosed = maxClosed;
    }

    public StatesClient Client { get; private set; } = null!;
    public Uri Endpoint => _cloud.Endpoint;
    public string Folder => _folder;

    public static async Task<StatesCloud> StartAsync(TimeProvider? time = null, int maxClosed = 100_000)
    {
        var made = new StatesCloud(time, maxClosed);
        await made.OpenAsync();
        return made;
    }

    public async Task RestartAsync()
    {
        await CloseAsync();
        await OpenAsync();
    }

    /// <summary>The documents that X-Ray has of a trace.</summary>
    public async Task<JsonObject[]> SegmentsAsync(string trace)
    {
        using var http = new HttpClient { BaseAddress = Endpoint };
        using var request = new HttpRequestMessage(HttpMethod.Post, "/Traces") { Content = new StringContent($$"""{"TraceIds":["{{trace}}"]}""") };
        request.Headers.TryAddWithoutValidation("Authorization", "AWS4-HMAC-SHA256 Credential=a/20260101/us-east-2/xray/aws4_request, SignedHeaders=host, Signature=0");
        using var response = await http.SendAsync(request);
        var answer = JsonNode.Parse(await response.Content.ReadAsStringAsync())!;
        return [.. ((JsonArray)answer["Traces"]!).SelectMany(one => (JsonArray)one!["Segments"]!).Select(one => (JsonObject)JsonNode.Parse((string)one!["Document"]!)!)];
    }

    /// <summary>Waits for the first segment to be as wanted.</summary>
    public async Task<JsonObject> SegmentAsync(string trace, Func<JsonObject, bool> wanted)
    {
        for (var end = DateTime.UtcNow.AddSeconds(30); DateTime.UtcNow < end; await Task.Delay(10))
            if (await SegmentsAsync(trace) is [var found, ..] && wanted(found)) return found;
        throw new TimeoutException(trace);
    }

    public async Task PutObjectAsync(string bucket, string key, string content)
    {
        using var http = new HttpClient { BaseAddress = Endpoint };
        (await http.PutAsync(new Uri($"/{bucket}", UriKind.Relative), null)).Dispose();
        using var body = new StringContent(content);
        using var answer = await http.PutAsync(new Uri($"/{bucket}/{key}", UriKind.Relative), body);
        answer.EnsureSuccessStatusCode();
    }

    public async Task<string> GetObjectAsync(string bucket, string key)
    {
        using var http = new HttpClient { BaseAddress = Endpoint };
        return await http.GetStringAsync(new Uri($"/{bucket}/{key}", UriKind.Relative));
    }

    /// <summary>Asks again until there is an answer.</summary>
    public async Task<JsonNode> EventuallyAsync(Func<Task<JsonNode?>> ask)
    {
        for (var end = DateTime.UtcNow.AddSeconds(30); DateTime.UtcNow < end; await Task.Delay(10))
            if (await ask() is { } found) return found;
        throw new TimeoutException($"nothing came from {Endpoint}");
    }

    public async ValueTask DisposeAsync()
    {
        await CloseAsync();
        Directory.Delete(_folder, recursive: true);
    }

    async Task OpenAsync()
    {
        _cloud = await LocalCloud.StartAsync(new LocalCloudOptions { DataDirectory = _folder, Port = 0, OtlpGrpcPort = 0, OtlpHttpPort = 0, Time = _time, MaxClosedExecutions = _maxClosed });
        Client = new StatesClient(_cloud.Endpoint);
    }

    async Task CloseAsync()
    {
        Client.Dispose();
        await _cloud.DisposeAsync();
    }
}
