using System.Text.Json;
using System.Text.Json.Nodes;
using EtlTracing.LocalAws.StepFunctions.Engine;
using EtlTracing.LocalAws.StepFunctions.Language;
using EtlTracing.LocalAws.StepFunctions.Storage;

namespace EtlTracing.LocalAws.StepFunctions.Api;

public sealed class ExecutionApi(Store store, WorkflowEngine engine, MachineBook machines)
{
    const int RedriveDays = 14;

    public async Task<JsonObject> StartAsync(Request request)
    {
        var arn = Arns.Check(request.Required("stateMachineArn", 256), "stateMachine");
        var name = Arns.CheckName(request.Text("name", 80, 1) ?? Guid.NewGuid().ToString());
        var input = request.Text("input", StateData.MaxBytes) ?? "{}";
        var header = request.Text("traceHeader", 256);
        var machine = machines.Find(arn) ?? throw ServiceException.NoMachine(arn);
        if (machine.Type == "EXPRESS") throw ServiceException.NotImplemented("StartExecution of a state machine of type EXPRESS is not implemented here: use STANDARD");
        CheckInput(input);
        var sent = string.IsNullOrEmpty(request.TraceHeader) ? header : request.TraceHeader;
        if (sent?.Length > 256) sent = sent[..256];
        var (execution, started) = await engine.StartAsync(machine, name, input, sent);
        return new JsonObject { ["executionArn"] = execution, ["startDate"] = started };
    }

    public async Task<JsonObject> StopAsync(Request request)
    {
        var arn = Arns.Check(request.Required("executionArn", 256), "execution");
        return new JsonObject { ["stopDate"] = await engine.StopAsync(arn, request.Text("error", 256), request.Text("cause", 32_768)) };
    }

    public async Task<JsonObject> RedriveAsync(Request request)
    {
        var arn = Arns.Check(request.Required("executionArn", 256), "execution");
        request.Text("clientToken", 64, 1);
        return new JsonObject { ["redriveDate"] = await engine.RedriveAsync(arn) };
    }

    public Task<JsonObject> DescribeAsync(Request request)
    {
        var arn = Arns.Check(request.Required("executionArn", 256), "execution");
        var withData = request.OneOf("includedData", "ALL_DATA", "METADATA_ONLY") != "METADATA_ONLY";
        var row = store.Execution(arn) ?? throw ServiceException.NoExecution(arn);
        var answer = Brief(row);
        answer.Remove("itemCount");
        if (withData)
        {
            answer["input"] = row.Input;
            answer.With("output", row.Output);
        }
        answer["inputDetails"] = new JsonObject { ["included"] = withData };
        if (row.Output is not null) answer["outputDetails"] = new JsonObject { ["included"] = withData };
        answer.With("traceHeader", row.Trace).With("error", row.Error).With("cause", row.Cause);
        var (status, reason) = Redrivable(row, engine.Now);
        answer["redriveStatus"] = status;
        answer.With("redriveStatusReason", reason);
        return Task.FromResult(answer);
    }

    public Task<JsonObject> ListAsync(Request request)
    {
        var machine = request.Text("stateMachineArn", 256, 1);
        var mapRun = request.Text("mapRunArn", 2000, 1);
        var status = request.OneOf("statusFilter", "SUCCEEDED", "TIMED_OUT", "PENDING_REDRIVE", "ABORTED", "FAILED", "RUNNING");
        var redriven = request.OneOf("redriveFilter", "REDRIVEN", "NOT_REDRIVEN");
        if (machine is null == mapRun is null) throw ServiceException.Validation("Must provide a State Machine ARN or Map Run ARN");
        if (machine is not null)
        {
            var found = machines.Find(Arns.Check(machine, "stateMachine")) ?? throw ServiceException.NoMachine(machine);
            if (found.Type == "EXPRESS") throw new ServiceException("StateMachineTypeNotSupported", "This operation is not supported by this type of state machine");
        }
        if (mapRun is not null && store.Query("SELECT 1 FROM map_runs WHERE arn = $1", row => 1, Arns.Check(mapRun, "mapRun")).Count == 0) throw ServiceException.NoResource(mapRun);
        var most = request.MaxResults();
        var rows = store.Query(
            $"""
            SELECT {ExecutionRow.Columns} FROM executions
            WHERE (machine = $1 AND map_run IS NULL OR map_run = $2) AND sequence < $3 AND ($4 IS NULL OR status = $4) AND ($5 IS NULL OR (redrives > 0) = $5)
            ORDER BY sequence DESC LIMIT $6
            """,
            ExecutionRow.Read, machine, mapRun, request.PageStart(3096) ?? long.MaxValue, status, redriven is null ? null : redriven == "REDRIVEN" ? 1 : 0, most + 1);
        var answer = new JsonObject { ["executions"] = new JsonArray([.. rows.Take(most).Select(Brief)]) };
        if (rows.Count > most) answer["nextToken"] = Request.PageToken(rows[most - 1].Sequence);
        return Task.FromResult(answer);
    }

    internal static JsonObject Brief(ExecutionRow row)
    {
        var brief = new JsonObject
        {
            ["executionArn"] = row.Arn,
            ["stateMachineArn"] = row.Machine,
            ["name"] = row.Name,
            ["status"] = row.Status,
            ["startDate"] = row.Started,
        };
        brief.With("stopDate", row.Stopped);
        if (row.MapRun is not null) brief.With("mapRunArn", row.MapRun).With("itemCount", row.Items);
        brief["redriveCount"] = row.Redrives;
        return brief.With("redriveDate", row.Redriven);
    }

    /// <summary>Whether an execution can be redriven, and if not, why.</summary>
    internal static (string Status, string? Reason) Redrivable(ExecutionRow row, DateTimeOffset now)
    {
        if (row.Status is "RUNNING" or "SUCCEEDED") return ("NOT_REDRIVABLE", $"Execution is {row.Status} and cannot be redriven");
        if (row.MapRun is not null) return ("REDRIVABLE_BY_MAP_RUN", null);
        return Store.Time(row.Started).AddDays(RedriveDays) < now && Store.Time(row.Stopped!.Value).AddDays(RedriveDays) < now
            ? ("NOT_REDRIVABLE", "Execution has exceeded its redrivable period and cannot be redriven")
            : ("REDRIVABLE", null);
    }

    static void CheckInput(string input)
    {
        if (System.Text.Encoding.UTF8.GetByteCount(input) > StateData.MaxBytes)
            throw ServiceException.Validation("1 validation error detected: Value at 'input' failed to satisfy constraint: Member must have length less than or equal to 262144");
        if (input.Trim().Length == 0) throw ServiceException.InvalidInput("Invalid execution input.");
        try
        {
            StateData.Parse(input);
        }
        catch (JsonException)
        {
            throw ServiceException.InvalidInput(JacksonError.Of(input));
        }
    }
}
