using System.Globalization;
using System.Text.Json.Nodes;
using EtlTracing.LocalAws.StepFunctions.Language;

namespace EtlTracing.LocalAws.StepFunctions.Engine;

public sealed partial class Turn
{
    /// <summary>An inline Map runs at most so many iterations at once.</summary>
    const int MaxInline = 40;

    void StartMap(Branch branch)
    {
        var state = branch.Definition;
        var flow = Flow(branch);
        if (state.IsDistributed)
        {
            StartMapRun(branch, state, flow);
            return;
        }
        var items = ItemsOf(state, flow, branch);
        branch.MaxConcurrency = (int)Math.Min(Concurrency(flow, state), MaxInline);
        if (branch.MaxConcurrency == 0) branch.MaxConcurrency = MaxInline;
        Follow(branch, "MapStateStarted", "mapStateStartedEventDetails", new JsonObject { ["length"] = items.Count });
        branch.Phase = Phase.Children;
        branch.Children = [];
        branch.Items = [.. items.Select(StateData.Write)];
        branch.Results = new string?[items.Count];
        if (items.Count == 0) EndMap(branch);
        while (execution.IsRunning && branch.Children is { } running && running.Count < branch.MaxConcurrency && branch.NextItem < items.Count)
            StartIteration(branch, branch.Last);
    }

    static JsonArray ItemsOf(State state, DataFlow flow, Branch branch)
    {
        var path = state.Text("ItemsPath") ?? "$";
        return flow.Find(path, flow.Selected) as JsonArray
            ?? throw StateFailedException.AtRuntime($"Reference path \"{path}\" must point to array.");
    }

    void StartIteration(Branch map, long after)
    {
        var state = map.Definition;
        var index = map.NextItem;
        var item = new JsonObject { ["Index"] = index, ["Value"] = StateData.Parse(map.Items![index]) };
        var child = new Branch { Parent = map, Scope = state.Processor!, Index = index, MapItem = StateData.Write(item) };
        var input = new StateData(map.Items[index]);
        if ((state.Json["ItemSelector"] ?? state.Json["Parameters"]) is { } template)
        {
            child.State = map.State;
            var selected = Flow(map).Selected;
            var around = new Surroundings(() => MapRunStart.WithItem(ContextOf(map), index, item["Value"]), name => Variable(map, name), random);
            input = new StateData(PayloadTemplate.Fill(template, selected.Tree, around));
        }
        map.NextItem++;
        child.Input = input.Json;
        child.Last = Record("MapIterationStarted", after, "mapIterationStartedEventDetails", Iteration(map, index));
        map.Children!.Add(child);
        GoTo(child, state.Processor!.StartAt);
    }

    void IterationEnded(Branch map, Branch child)
    {
        var ended = Record("MapIterationSucceeded", child.Last, "mapIterationSucceededEventDetails", Iteration(map, child.Index));
        if (!execution.IsRunning) return;
        if (map.NextItem < map.Items!.Length)
        {
            try
            {
                StartIteration(map, child.Last);
            }
            catch (StateFailedException failure)
            {
                // The next item's input can't be made: that is the Map's failure, not that of the iteration which has just ended.
                AbortChildren(map, null);
                map.Last = ended;
                if (execution.IsRunning) Fail(map, failure);
            }
        }
        else if (map.Children!.Count == 0)
        {
            map.Last = ended;
            EndMap(map);
        }
    }

    void EndMap(Branch map)
    {
        Record("MapStateSucceeded", map.Last);
        if (execution.IsRunning) Complete(map, StateData.Array(map.Results!));
    }

    static JsonObject Iteration(Branch map, int index) => new() { ["name"] = map.State, ["index"] = index };

    static long Concurrency(DataFlow flow, State state)
    {
        var number = MapNumber(flow, state.Json, "MaxConcurrency") ?? 0;
        return number >= 0 ? number : throw StateFailedException.AtRuntime($"Expected non-negative integer for MaxConcurrency, got '{number}' instead.");
    }

    /// <summary>A number of a Map's own: a path may lead to a text that holds it, and there are own words for what is wrong.</summary>
    static long? MapNumber(DataFlow flow, JsonObject json, string field) =>
        JsonComparison.Whole(json[field]) ?? AtPath(flow, json, field, "integer", found => JsonComparison.Whole(found) ?? (long.TryParse(JsonComparison.Text(found), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number : null));

    static double? MapFraction(DataFlow flow, JsonObject json, string field) =>
        JsonComparison.Number(json[field]) ?? AtPath(flow, json, field, "float", found => JsonComparison.Number(found) ?? (double.TryParse(JsonComparison.Text(found), NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? number : null));

    static T? AtPath<T>(DataFlow flow, JsonObject json, string field, string kind, Func<JsonNode?, T?> read)
        where T : struct
    {
        if (JsonComparison.Text(json[field + "Path"]) is not { } path) return null;
        var found = flow.Find(path, flow.Selected);
        return read(found) ?? throw StateFailedException.AtRuntime($"The {field}Path field refers to value \"{JsonComparison.Text(found) ?? StateData.Write(found)}\" which is not a valid {kind}: {path}");
    }
}
