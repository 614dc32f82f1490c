using System.Globalization;
using System.Text.Json.Nodes;

namespace EtlTracing.LocalAws.StepFunctions.Language;

/// <summary>
/// The way of data through a state: InputPath, Parameters, then the work, then ResultSelector, ResultPath, OutputPath
/// (https://docs.aws.amazon.com/step-functions/latest/dg/concepts-input-output-filtering.html).
/// </summary>
public sealed class DataFlow(State state, StateData input, Surroundings surroundings)
{
    /// <summary>The state's input after InputPath.</summary>
    public StateData Selected { get; } = Select(state, "InputPath", input, surroundings);

    /// <summary>What the work gets: Parameters filled in, or the selected input as it is.</summary>
    public StateData Effective(string field = "Parameters") => state.Json.TryGetPropertyValue(field, out var template)
        ? new StateData(PayloadTemplate.Fill(template, Selected.Tree, surroundings))
        : Selected;

    /// <summary>The state's output, from the work's result.</summary>
    public StateData Output(StateData result)
    {
        if (state.Json.TryGetPropertyValue("ResultSelector", out var template)) result = new StateData(PayloadTemplate.Fill(template, result.Tree, surroundings));
        return Select(state, "OutputPath", Merge(state.Json, input, result), surroundings);
    }

    /// <summary>Puts a result into an input at ResultPath; without one it takes the input's place, with null it is dropped.</summary>
    public static StateData Merge(JsonObject json, StateData input, StateData result)
    {
        if (!json.TryGetPropertyValue("ResultPath", out var field)) return result;
        if (field is null) return input;
        var path = JsonPath.Parse(field.GetValue<string>());
        if (path.Steps.Count == 0) return result;
        var root = input.Tree?.DeepClone();
        Put(ref root, path, result.Tree?.DeepClone(), input);
        return new StateData(root);
    }

    /// <summary>The number that a field gives directly, or by a path in the field of the same name and <c>Path</c>.</summary>
    public double? Number(string field)
    {
        if (JsonComparison.Number(state.Json[field]) is { } number) return number;
        if (state.Text(field + "Path") is not { } path) return null;
        var found = Find(path, input);
        return JsonComparison.Number(found) is { } value and >= 0 && value == Math.Floor(value)
            ? value
            : throw StateFailedException.AtRuntime($"The {field}Path parameter does not reference a valid value: {path} == {StateData.Write(found)}");
    }

    public JsonNode? Find(string path, StateData from) => Find(path, from, surroundings);

    static JsonNode? Find(string path, StateData from, Surroundings surroundings)
    {
        try
        {
            return surroundings.Find(JsonPath.Parse(path), from.Tree);
        }
        catch (JsonPathException e)
        {
            throw StateFailedException.AtRuntime($"Invalid path '{path}' : {e.Message}");
        }
    }

    static StateData Select(State state, string field, StateData value, Surroundings surroundings)
    {
        if (!state.Json.TryGetPropertyValue(field, out var node)) return value;
        if (node is null) return StateData.EmptyObject;
        var path = node.GetValue<string>();
        return path == "$" ? value : new StateData(path.StartsWith("States.", StringComparison.Ordinal) ? Intrinsic.Parse(path).Call(value.Tree, surroundings) : Find(path, value, surroundings));
    }

    static void Put(ref JsonNode? root, JsonPath path, JsonNode? value, StateData input)
    {
        if (root is not (JsonObject or JsonArray))
            throw new StateFailedException("States.ResultPathMatchFailure", $"Unable to apply Result path '{path.Text}' to input: {input.Json}") { NeedsPlace = true };
        var holder = root;
        for (var i = 0; i < path.Steps.Count; i++)
        {
            var last = i == path.Steps.Count - 1;
            var below = last ? value : path.Steps[i + 1] is IndexStep ? new JsonArray() : new JsonObject();
            holder = (holder, path.Steps[i]) switch
            {
                (JsonObject members, NameStep name) => Member(members, name.Names[0], below, last),
                (JsonArray items, IndexStep index) => Item(items, index.Indexes[0], below, last),
                _ => null,
            };
            if (holder is null && !last)
                throw new StateFailedException("States.ResultPathMatchFailure", $"Unable to apply Result path '{path.Text}' to input: {input.Json}") { NeedsPlace = true };
        }

        JsonNode? Member(JsonObject members, string name, JsonNode? below, bool last)
        {
            if (last || members[name] is not (JsonObject or JsonArray)) members[name] = below;
            return members[name];
        }

        JsonNode? Item(JsonArray items, int index, JsonNode? below, bool last)
        {
            if (index < 0 || index > items.Count)
                throw new StateFailedException("States.ResultPathMatchFailure", string.Create(CultureInfo.InvariantCulture, $"Unable to apply Result path '{path.Text}' to input: {input.Json}")) { NeedsPlace = true };
            if (index == items.Count) items.Add(below);
            else if (last || items[index] is not (JsonObject or JsonArray)) items[index] = below;
            return items[index];
        }
    }
}
