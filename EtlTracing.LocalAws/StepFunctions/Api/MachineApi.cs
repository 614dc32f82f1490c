using System.Text.Json.Nodes;
using EtlTracing.LocalAws.StepFunctions.Engine;
using EtlTracing.LocalAws.StepFunctions.Language;
using EtlTracing.LocalAws.StepFunctions.Storage;

namespace EtlTracing.LocalAws.StepFunctions.Api;

public sealed class MachineApi(MachineBook machines, Store store, WorkflowEngine engine)
{
    const int MaxDefinition = 1_048_576;

    public async Task<JsonObject> CreateAsync(Request request)
    {
        var name = Arns.CheckName(request.Required("name", 80));
        var definition = request.Required("definition", MaxDefinition);
        var role = Role(request.Required("roleArn", 256));
        var type = request.OneOf("type", "STANDARD", "EXPRESS") ?? "STANDARD";
        var tracing = Tracing(request) ?? false;
        var logging = Logging(request);
        NoVersions(request);
        Check(definition, type);
        var machine = await machines.CreateAsync(
            name,
            arn => logging is null ? new Machine(arn, name, definition, role, type, tracing) : new Machine(arn, name, definition, role, type, tracing) { Logging = logging },
            TagApi.Read(request["tags"]));
        return new JsonObject { ["stateMachineArn"] = machine.Arn, ["creationDate"] = machine.Created };
    }

    public async Task<JsonObject> UpdateAsync(Request request)
    {
        var arn = Arn(request);
        var definition = request.Text("definition", MaxDefinition, 1);
        var role = request.Text("roleArn", 256, 1);
        var tracing = Tracing(request);
        var logging = Logging(request);
        NoVersions(request);
        var old = machines.Find(arn) ?? throw ServiceException.NoMachine(arn);
        if (definition is null && role is null && tracing is null && logging is null)
            throw new ServiceException("MissingRequiredParameter", "Either the definition, the role ARN, the LoggingConfiguration, or the TracingConfiguration must be specified");
        if (definition is not null) Check(definition, old.Type);
        if (role is not null) Role(role);
        var machine = await machines.UpdateAsync(arn, was => was with
        {
            Definition = definition ?? was.Definition,
            RoleArn = role ?? was.RoleArn,
            Tracing = tracing ?? was.Tracing,
            Logging = logging ?? was.Logging,
        });
        return new JsonObject { ["updateDate"] = machine.Updated, ["revisionId"] = machine.RevisionId };
    }

    public async Task<JsonObject> DeleteAsync(Request request)
    {
        var arn = Arn(request);
        await machines.DeleteAsync(arn);
        await engine.EndOrphansAsync(machine => machine.Arn == arn);
        return [];
    }

    public Task<JsonObject> DescribeAsync(Request request)
    {
        var arn = Arn(request);
        var machine = machines.Find(arn) ?? throw ServiceException.NoMachine(arn);
        var answer = Describe(machine);
        answer["status"] = "ACTIVE";
        answer["type"] = machine.Type;
        answer["creationDate"] = machine.Created;
        if (machine.WasUpdated) answer["revisionId"] = machine.RevisionId;
        return Task.FromResult(answer);
    }

    public Task<JsonObject> DescribeForExecutionAsync(Request request)
    {
        var arn = Arns.Check(request.Required("executionArn", 256), "execution");
        var execution = store.Execution(arn) ?? throw ServiceException.NoExecution(arn);
        var machine = store.Revision(execution.Revision) ?? throw ServiceException.NoMachine(execution.Machine);
        var answer = Describe(machine);
        answer["updateDate"] = machine.Updated;
        if (execution.MapRun is { } mapRun) answer["mapRunArn"] = mapRun;
        if (machine.WasUpdated) answer["revisionId"] = machine.RevisionId;
        return Task.FromResult(answer);
    }

    public Task<JsonObject> ListAsync(Request request)
    {
        var most = request.MaxResults();
        var skip = request.PageStart() ?? 0;
        var all = machines.All();
        var answer = new JsonObject
        {
            ["stateMachines"] = new JsonArray([.. all.Skip((int)Math.Min(skip, all.Count)).Take(most).Select(machine => new JsonObject
            {
                ["stateMachineArn"] = machine.Arn,
                ["name"] = machine.Name,
                ["type"] = machine.Type,
                ["creationDate"] = machine.Created,
            })]),
        };
        if (all.Count > skip + most) answer["nextToken"] = Request.PageToken(skip + most);
        return Task.FromResult(answer);
    }

    public static Task<JsonObject> ValidateAsync(Request request)
    {
        var definition = request.Required("definition", MaxDefinition, 0);
        var type = request.OneOf("type", "STANDARD", "EXPRESS") ?? "STANDARD";
        request.OneOf("severity", "ERROR", "WARNING");
        var most = Math.Min(request.MaxResults(), 100);
        var found = DefinitionCheck.Of(definition, type);
        return Task.FromResult(new JsonObject
        {
            ["result"] = found.Count == 0 ? "OK" : "FAIL",
            ["diagnostics"] = new JsonArray([.. found.Take(most).Select(one => new JsonObject { ["severity"] = "ERROR", ["code"] = one.Code, ["message"] = one.Message }.With("location", one.Location))]),
            ["truncated"] = found.Count > most,
        });
    }

    static JsonObject Describe(Machine machine) => new JsonObject
    {
        ["stateMachineArn"] = machine.Arn,
        ["name"] = machine.Name,
        ["definition"] = machine.Definition,
        ["roleArn"] = machine.RoleArn,
        ["loggingConfiguration"] = StateData.Parse(machine.Logging),
        ["tracingConfiguration"] = new JsonObject { ["enabled"] = machine.Tracing },
    }.With("variableReferences", VariableReferences.Of(machine.Definition));

    static void Check(string definition, string type)
    {
        var found = DefinitionCheck.Of(definition, type);
        if (found.Count > 0) throw ServiceException.InvalidDefinition(string.Join(", ", found.Take(10).Select(one => one.ToString())));
    }

    static void NoVersions(Request request)
    {
        if (request.Flag("publish")) throw ServiceException.NotImplemented("'publish': versions of state machines are not implemented here");
    }

    static string Role(string arn) => arn.StartsWith("arn:", StringComparison.Ordinal) ? arn : throw ServiceException.InvalidArn("Invalid Role Arn: '" + arn + "'");

    static bool? Tracing(Request request) => request.Object("tracingConfiguration") is { } setting ? JsonComparison.Flag(setting["enabled"]) ?? false : null;

    static string? Logging(Request request)
    {
        if (request.Object("loggingConfiguration") is not { } setting) return null;
        var made = (JsonObject)setting.DeepClone();
        made["level"] ??= "OFF";
        made["includeExecutionData"] ??= false;
        return StateData.Write(made);
    }

    static string Arn(Request request) => Arns.Check(request.Required("stateMachineArn", 256), "stateMachine");
}
