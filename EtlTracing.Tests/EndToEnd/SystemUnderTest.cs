using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using Amazon.S3.Model;
using Amazon.StepFunctions.Model;
using Amazon.XRay.Model;
using EtlTracing.Local;
using EtlTracing.Tests.Support;
using EtlTracing.Traces;

namespace EtlTracing.Tests.EndToEnd;

/// <summary>The real processes on free ports and a folder of their own.</summary>
public sealed class SystemUnderTest : IAsyncDisposable
{
    readonly TemporaryFolder _folder = new();

    SystemUnderTest()
    {
    }

    public LocalSystem Local { get; private set; } = null!;

    /// <summary>What was said to the person: which process died and was started again.</summary>
    public ConcurrentQueue<string> Said { get; } = new();

    public static async Task<SystemUnderTest> StartAsync(Func<LocalSystemOptions, LocalSystemOptions>? configure = null)
    {
        var system = new SystemUnderTest();
        var options = new LocalSystemOptions
        {
            DataFolder = system._folder.Path,
            Port = 0,
            OtlpGrpcPort = 0,
            OtlpHttpPort = 0,
            TriggerPort = 0,
            WithViewer = false,
        };
        system.Local = await LocalSystem.StartAsync(configure?.Invoke(options) ?? options, system.Said.Enqueue, CancellationToken.None);
        return system;
    }

    public string File(string name) => _folder.File(name);

    public async Task<Upload> UploadAsync(string name, string content)
    {
        var file = File(name);
        await System.IO.File.WriteAllTextAsync(file, content);
        return await UploadAsync(file);
    }

    public Task<Upload> UploadAsync(string file) => Upload.PutAsync(Local.S3, file, TimeProvider.System, CancellationToken.None);

    /// <summary>Follows the upload's run to its end.</summary>
    public async Task<Run> RunOfAsync(Upload upload, Action<FollowedRun>? seen = null) =>
        (await new RunFollower(Local.Runs, TimeProvider.System).FollowAsync(upload, seen ?? (_ => { }), CancellationToken.None).WaitAsync(TimeSpan.FromMinutes(4))).Run!;

    public async Task<Run> RunAsync(string file) => await RunOfAsync(await UploadAsync(file));

    /// <summary>All executions, newest first.</summary>
    public async Task<List<ExecutionListItem>> ExecutionsAsync() =>
        (await Local.States.ListExecutionsAsync(new ListExecutionsRequest { StateMachineArn = LocalSystem.StateMachineArn })).Executions ?? [];

    /// <summary>The trace's segment documents, parsed; empty where X-Ray doesn't know it.</summary>
    public async Task<JsonObject[]> SegmentsAsync(string traceId)
    {
        var answer = await Local.XRay.BatchGetTracesAsync(new BatchGetTracesRequest { TraceIds = [traceId] });
        return answer.Traces?.SelectMany(trace => trace.Segments ?? []).Select(segment => JsonNode.Parse(segment.Document!)!.AsObject()).ToArray() ?? [];
    }

    /// <summary>The same once nothing in it is in progress and each job's count of its spans is met.</summary>
    public async Task<JsonObject[]> WholeTraceAsync(string traceId)
    {
        JsonObject[] last = [];
        try
        {
            return await Eventually.ReadsAsync(async () => last = await SegmentsAsync(traceId), documents => !SegmentDocuments.Lacks(documents).Any());
        }
        catch (TimeoutException late)
        {
            throw new TimeoutException($"the trace lacks {string.Join(", ", SegmentDocuments.Lacks(last))}:\n{SegmentDocuments.Print(last, EtlAttributes.Spans)}", late);
        }
    }

    public async Task<string[]> KeysAsync(string prefix) =>
        (await Local.S3.ListObjectsV2Async(new ListObjectsV2Request { BucketName = EtlNames.Bucket, Prefix = prefix })).S3Objects?.Select(o => o.Key).ToArray() ?? [];

    public async Task<MemoryStream> ReadAsync(string key)
    {
        using var answer = await Local.S3.GetObjectAsync(EtlNames.Bucket, key);
        var content = new MemoryStream();
        await answer.ResponseStream.CopyToAsync(content);
        content.Position = 0;
        return content;
    }

    public async ValueTask DisposeAsync()
    {
        await Local.DisposeAsync();
        _folder.Dispose();
    }
}
