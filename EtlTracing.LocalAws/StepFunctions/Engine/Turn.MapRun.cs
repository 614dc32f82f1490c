using System.Text.Json.Nodes;
using EtlTracing.LocalAws.StepFunctions.Language;
using EtlTracing.LocalAws.StepFunctions.Storage;

namespace EtlTracing.LocalAws.StepFunctions.Engine;

public sealed partial class Turn
{
    void StartMapRun(Branch branch, State state, DataFlow flow)
    {
        var reader = state.Json["ItemReader"] as JsonObject;
        var items = reader is null ? ItemsOf(state, flow, branch) : null;
        var concurrency = Concurrency(flow, state);
        Follow(branch, "MapStateStarted", "mapStateStartedEventDetails", new JsonObject { ["length"] = items?.Count ?? 0 });
        var count = MapNumber(flow, state.Json, "ToleratedFailureCount") ?? 0;
        if (count < 0) throw StateFailedException.AtRuntime("ToleratedFailureCount cannot be negative.");
        var percentage = MapFraction(flow, state.Json, "ToleratedFailurePercentage") ?? 0;
        if (percentage is < 0 or > 100) throw StateFailedException.AtRuntime("ToleratedFailurePercentage must be between 0 and 100.");
        var source = reader is null ? null : SourceOf(reader, flow, branch);
        var label = state.Text("Label") ?? new Guid(System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(state.Name)).AsSpan(0, 16)).ToString();
        var machine = execution.Machine;
        var child = machine with
        {
            Arn = $"{machine.Arn}/{label}",
            Name = $"{machine.Name}/{label}",
            Definition = StateData.Write(state.Json["ItemProcessor"] ?? state.Json["Iterator"]),
            Revision = revisions.Next(),
        };
        var run = new MapRun(arns.MapRun(machine.Name, label, Guid.NewGuid().ToString()), execution.Arn, state.Name, Store.Seconds(now))
        {
            Label = label,
            Revision = child.Revision,
            TraceHeader = execution.Segment is { } segment ? $"Root={segment.TraceId};Parent={branch.Attempt!.Id};Sampled=1" : execution.TraceHeader,
            MaxConcurrency = MapRun.Concurrency(concurrency),
            ToleratedFailureCount = count,
            ToleratedFailurePercentage = percentage,
            Input = flow.Selected.Json,
            Context = StateData.Write(ContextOf(branch)),
            Variables = VariablesOf(branch),
            Items = items is null ? null : StateData.Write(items),
            Source = source,
            Selector = (state.Json["ItemSelector"] ?? state.Json["Parameters"]) is { } selector ? StateData.Write(selector) : null,
        };
        if (state.Json["ItemBatcher"] is JsonObject batcher)
        {
            run = run with
            {
                MaxItemsPerBatch = MapNumber(flow, batcher, "MaxItemsPerBatch") ?? long.MaxValue,
                MaxBytesPerBatch = MapNumber(flow, batcher, "MaxInputBytesPerBatch") ?? StateData.MaxBytes,
                BatchInput = batcher["BatchInput"] is { } input ? StateData.Write(PayloadTemplate.Fill(input, flow.Selected.Tree, Around(branch))) : null,
            };
        }
        if ((state.Json["ResultWriter"] as JsonObject)?["Parameters"] is { } template)
        {
            var to = PayloadTemplate.Fill(template, flow.Selected.Tree, Around(branch));
            run = run with { WriteBucket = JsonComparison.Text(to?["Bucket"]), WritePrefix = JsonComparison.Text(to?["Prefix"]) ?? "" };
        }
        Follow(branch, "MapRunStarted", "mapRunStartedEventDetails", new JsonObject { ["mapRunArn"] = run.Arn });
        branch.Phase = Phase.MapRun;
        branch.MapRun = run.Arn;
        MapRunSequences[run.Arn] = revisions.Next();
        MapRuns.Add(new MapRunStart(run, child));
    }

    /// <summary>All children are done.</summary>
    public void EndMapRun(Branch branch, string result)
    {
        Follow(branch, "MapRunSucceeded");
        EndedMapRuns.Add((branch.MapRun!, "SUCCEEDED"));
        branch.MapRun = null;
        Record("MapStateSucceeded", branch.Last);
        if (execution.IsRunning) Complete(branch, new StateData(result));
        Run();
    }

    public void FailMapRun(Branch branch, string error, string cause)
    {
        Follow(branch, "MapRunFailed", "mapRunFailedEventDetails", new JsonObject { ["error"] = error, ["cause"] = cause });
        EndedMapRuns.Add((branch.MapRun!, "FAILED"));
        branch.MapRun = null;
        if (execution.IsRunning) Fail(branch, new StateFailedException(error, cause));
        Run();
    }

    ItemSource SourceOf(JsonObject reader, DataFlow flow, Branch branch)
    {
        var config = reader["ReaderConfig"] as JsonObject ?? [];
        var parameters = PayloadTemplate.Fill(reader["Parameters"] ?? new JsonObject(), flow.Selected.Tree, Around(branch));
        var isListing = JsonComparison.Text(reader["Resource"]) == MapItems.ListObjects;
        return new ItemSource(isListing, JsonComparison.Text(parameters?["Bucket"]) ?? "", JsonComparison.Text(parameters?[isListing ? "Prefix" : "Key"]) ?? "")
        {
            MaxItems = MapNumber(flow, config, "MaxItems") ?? 0,
            Type = JsonComparison.Text(config["InputType"]) ?? "JSON",
            Delimiter = JsonComparison.Text(config["CSVDelimiter"]) switch { "PIPE" => '|', "SEMICOLON" => ';', "SPACE" => ' ', "TAB" => '\t', _ => ',' },
            Headers = JsonComparison.Text(config["CSVHeaderLocation"]) == "GIVEN" ? [.. ((JsonArray)config["CSVHeaders"]!).Select(name => name!.GetValue<string>())] : null,
        };
    }

    static Dictionary<string, string> VariablesOf(Branch branch)
    {
        var seen = new Dictionary<string, string>();
        for (Branch? at = branch; at is not null; at = at.Parent)
            foreach (var (name, value) in at.Variables ?? []) seen.TryAdd(name, value);
        return seen;
    }
}
