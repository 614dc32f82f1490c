using System.Text.Json;
using System.Text.Json.Nodes;
using EtlTracing.LocalAws.S3;
using EtlTracing.LocalAws.StepFunctions.Api;
using EtlTracing.LocalAws.StepFunctions.Engine;
using EtlTracing.LocalAws.StepFunctions.Language;
using EtlTracing.LocalAws.StepFunctions.Storage;
using EtlTracing.LocalAws.XRay;
using Microsoft.Data.Sqlite;

namespace EtlTracing.LocalAws.StepFunctions;

/// <summary>AWS Step Functions over AWS JSON 1.0: <c>X-Amz-Target: AWSStepFunctions.StartExecution</c> and a JSON body.</summary>
public sealed class StepFunctionsService : IHostedService, IAsyncDisposable
{
    const int MaxRequest = 3 * 1024 * 1024;
    const string Target = "AWSStepFunctions.";

    readonly Dictionary<string, Func<Request, Task<JsonObject>>> _operations;
    readonly Store _store;
    readonly Journal _journal;
    readonly WorkflowEngine _engine;
    readonly MachineBook _machines;
    readonly ILogger _log;
    readonly TaskCompletionSource _resumed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    readonly Retention _retention;

    public StepFunctionsService(LocalCloudOptions options, SegmentStore segments, S3Store objects, IHostApplicationLifetime lifetime, ILogger<StepFunctionsService> log)
    {
        _log = log;
        var arns = new Arns(options);
        _store = new Store(options.DataDirectory);
        _journal = new Journal(_store.Database);
        var (store, journal) = (_store, _journal);
        var revisions = new RevisionNumbers(Math.Max(store.Highest("SELECT max(id) FROM revisions"), store.Highest("SELECT max(sequence) FROM map_runs")));
        _engine = new WorkflowEngine(store, journal, arns, revisions, segments, objects, options.Time, log);
        _machines = new MachineBook(store, journal, arns, revisions, options.Time);
        _retention = new Retention(store, journal, options, log);
        var activities = new ActivityApi(store, journal, _engine, arns);
        var executions = new ExecutionApi(store, _engine, _machines);
        var history = new HistoryApi(store);
        var machines = new MachineApi(_machines, store, _engine);
        var mapRuns = new MapRunApi(store, _engine);
        var tags = new TagApi(store, journal);
        var tasks = new TaskApi(_engine, lifetime.ApplicationStopping);
        _operations = new()
        {
            ["CreateActivity"] = activities.CreateAsync,
            ["CreateStateMachine"] = machines.CreateAsync,
            ["DeleteActivity"] = activities.DeleteAsync,
            ["DeleteStateMachine"] = machines.DeleteAsync,
            ["DescribeActivity"] = activities.DescribeAsync,
            ["DescribeExecution"] = executions.DescribeAsync,
            ["DescribeMapRun"] = mapRuns.DescribeAsync,
            ["DescribeStateMachine"] = machines.DescribeAsync,
            ["DescribeStateMachineForExecution"] = machines.DescribeForExecutionAsync,
            ["GetActivityTask"] = tasks.GetAsync,
            ["GetExecutionHistory"] = history.GetAsync,
            ["ListActivities"] = activities.ListAsync,
            ["ListExecutions"] = executions.ListAsync,
            ["ListMapRuns"] = mapRuns.ListAsync,
            ["ListStateMachines"] = machines.ListAsync,
            ["ListTagsForResource"] = tags.ListAsync,
            ["RedriveExecution"] = executions.RedriveAsync,
            ["SendTaskFailure"] = tasks.FailAsync,
            ["SendTaskHeartbeat"] = tasks.HeartbeatAsync,
            ["SendTaskSuccess"] = tasks.SucceedAsync,
            ["StartExecution"] = executions.StartAsync,
            ["StopExecution"] = executions.StopAsync,
            ["TagResource"] = tags.TagAsync,
            ["UntagResource"] = tags.UntagAsync,
            ["UpdateMapRun"] = mapRuns.UpdateAsync,
            ["UpdateStateMachine"] = machines.UpdateAsync,
            ["ValidateStateMachineDefinition"] = MachineApi.ValidateAsync,
        };
        foreach (var arn in store.Query("SELECT arn FROM activities", row => row.GetString(0))) _engine.Activities.Add(arn);
    }

    /// <summary>Takes up what was running when the process ended; requests wait for it.</summary>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await _engine.ResumeAsync();
        // The process may have died between deleting a state machine and ending its executions.
        await _engine.EndOrphansAsync(machine => _machines.Find(machine.Arn) is null);
        _resumed.TrySetResult();
        _retention.Start();
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public async Task HandleAsync(HttpContext context)
    {
        await _resumed.Task;
        var requestId = Guid.NewGuid().ToString();
        context.Response.Headers["x-amzn-RequestId"] = requestId;
        var target = context.Request.Headers["X-Amz-Target"].ToString();
        try
        {
            if (!target.StartsWith(Target, StringComparison.Ordinal)) throw new ServiceException("UnknownOperationException", $"Unknown operation '{target}'");
            if (!_operations.TryGetValue(target[Target.Length..], out var operation))
                throw ServiceException.NotImplemented($"{target[Target.Length..]} is not implemented here");
            var body = await ReadAsync(context.Request);
            var request = new Request(body) { TraceHeader = context.Request.Headers["X-Amzn-Trace-Id"], Aborted = context.RequestAborted };
            var answer = await operation(request);
            // A caller that went away while its task was on the way never got it: somebody else shall.
            if (request.TakenToken is { } token && context.RequestAborted.IsCancellationRequested) await _engine.GiveBackTaskAsync(token);
            else await AnswerAsync(context, 200, answer);
        }
        catch (ServiceException e)
        {
            await AnswerAsync(context, e.Status, new JsonObject { ["__type"] = "com.amazonaws.swf.service.v2.model#" + e.Name, ["message"] = e.Message }, e.Name);
        }
        catch (SqliteException e)
        {
            _log.LogError(e, "{Target} could not be carried out", target);
            await AnswerAsync(context, 500, new JsonObject { ["__type"] = "InternalServerError", ["message"] = e.Message }, "InternalServerError");
        }
        catch (Exception e) when (!context.Response.HasStarted && !context.RequestAborted.IsCancellationRequested)
        {
            // A mistake of ours: clients get the service's own kind of error all the same, and retry.
            _log.LogError(e, "{Target} could not be carried out", target);
            await AnswerAsync(context, 500, new JsonObject { ["__type"] = "InternalServerError", ["message"] = "Internal error" }, "InternalServerError");
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _retention.DisposeAsync();
        await _engine.DisposeAsync();
        await _journal.DisposeAsync();
        _machines.Dispose();
        _store.Database.Dispose();
    }

    static async Task<JsonObject> ReadAsync(HttpRequest request)
    {
        if (request.ContentLength > MaxRequest) throw TooLarge();
        using var body = new MemoryStream();
        var buffer = new byte[16 * 1024];
        try
        {
            for (int read; (read = await request.Body.ReadAsync(buffer, request.HttpContext.RequestAborted)) > 0;)
            {
                if (body.Length + read > MaxRequest) throw TooLarge();
                body.Write(buffer, 0, read);
            }
            var text = new System.Text.UTF8Encoding(false, throwOnInvalidBytes: true).GetString(body.GetBuffer(), 0, (int)body.Length);
            return StateData.Parse(text) as JsonObject ?? throw Unreadable("a JSON object is expected");
        }
        catch (Exception e) when (e is JsonException or ArgumentException or BadHttpRequestException)
        {
            throw Unreadable(e.Message);
        }

        static ServiceException TooLarge() => new("RequestEntityTooLargeException", "Request is too large", 413);

        static ServiceException Unreadable(string why) => new("SerializationException", why);
    }

    static async Task AnswerAsync(HttpContext context, int status, JsonObject body, string? error = null)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/x-amz-json-1.0";
        if (error is not null) context.Response.Headers["x-amzn-ErrorType"] = error;
        var bytes = JsonSerializer.SerializeToUtf8Bytes(body, StateData.Writing);
        context.Response.ContentLength = bytes.Length;
        await context.Response.Body.WriteAsync(bytes);
    }
}
