using System.Text.Json;
using System.Text.Json.Nodes;
using EtlTracing.LocalAws.StepFunctions.Engine;
using EtlTracing.LocalAws.StepFunctions.Language;

namespace EtlTracing.LocalAws.StepFunctions.Api;

/// <summary>What workers call.</summary>
public sealed class TaskApi(WorkflowEngine engine, CancellationToken stopping)
{
    static readonly TimeSpan s_longPoll = TimeSpan.FromSeconds(60);

    public async Task<JsonObject> GetAsync(Request request)
    {
        var arn = Arns.Check(request.Required("activityArn", 256), "activity");
        var worker = request.Text("workerName", 80, 1);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(request.Aborted, stopping);
        if (await engine.TakeTaskAsync(arn, worker, s_longPoll, either.Token) is not { } task) return new JsonObject { ["taskToken"] = null, ["input"] = null };
        request.TakenToken = task.Token;
        return new JsonObject { ["taskToken"] = task.Token, ["input"] = task.Input };
    }

    public async Task<JsonObject> SucceedAsync(Request request)
    {
        var token = request.Required("taskToken", 2048);
        var output = request.Required("output", StateData.MaxBytes, 0);
        try
        {
            StateData.Parse(output);
        }
        catch (JsonException)
        {
            throw ServiceException.InvalidOutput(JacksonError.Of(output));
        }
        await engine.SucceedAsync(token, output);
        return [];
    }

    public async Task<JsonObject> FailAsync(Request request)
    {
        var token = request.Required("taskToken", 2048);
        await engine.FailAsync(token, request.Text("error", 256), request.Text("cause", 32_768));
        return [];
    }

    public async Task<JsonObject> HeartbeatAsync(Request request)
    {
        await engine.HeartbeatAsync(request.Required("taskToken", 2048));
        return [];
    }
}
