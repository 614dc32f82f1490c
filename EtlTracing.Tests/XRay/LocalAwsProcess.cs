using System.Diagnostics;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using EtlTracing.LocalAws;

namespace EtlTracing.Tests.XRay;

/// <summary>The local cloud as a process of its own, to be killed.</summary>
sealed class LocalAwsProcess : IAsyncDisposable
{
    readonly Process _process;
    readonly HttpClient _http;

    LocalAwsProcess(Process process, HttpClient http) => (_process, _http) = (process, http);

    public static async Task<LocalAwsProcess> StartAsync(string folder)
    {
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true };
        foreach (var argument in (string[])[typeof(LocalCloud).Assembly.Location, "--data", folder, "--port", "0", "--otlp-grpc-port", "0", "--otlp-http-port", "0"]) start.ArgumentList.Add(argument);
        var process = Process.Start(start)!;
        var line = await process.StandardOutput.ReadLineAsync() ?? throw new InvalidOperationException("the local cloud ended before it was ready");
        var http = new HttpClient { BaseAddress = new Uri((string)JsonNode.Parse(line["ready ".Length..])!["endpoint"]!) };
        http.DefaultRequestHeaders.TryAddWithoutValidation("Authorization", XRayCloud.Authorization);
        return new LocalAwsProcess(process, http);
    }

    public async Task PutSegmentAsync(JsonObject segment)
    {
        using var response = await _http.PostAsJsonAsync("/TraceSegments", new JsonObject { ["TraceSegmentDocuments"] = new JsonArray(segment.ToJsonString()) });
        response.EnsureSuccessStatusCode();
        Assert.Empty((await response.Content.ReadFromJsonAsync<JsonObject>())!["UnprocessedTraceSegments"]!.AsArray());
    }

    public void Kill() => _process.Kill();

    public async ValueTask DisposeAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
        _http.Dispose();
    }
}
