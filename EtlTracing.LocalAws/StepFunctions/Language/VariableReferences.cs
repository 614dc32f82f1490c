using System.Text.Json.Nodes;

namespace EtlTracing.LocalAws.StepFunctions.Language;

/// <summary>Which variables the states of a definition read, by state, as DescribeStateMachine tells it.</summary>
public static class VariableReferences
{
    /// <returns>Null when no state reads any.</returns>
    public static JsonObject? Of(string definition)
    {
        var found = new SortedDictionary<string, SortedSet<string>>(StringComparer.Ordinal);
        Scope(Definition.Read(definition).Root, found);
        if (found.Count == 0) return null;
        return new JsonObject(found.Select(state => KeyValuePair.Create(state.Key, (JsonNode?)new JsonArray([.. state.Value.Select(name => JsonValue.Create(name))]))));
    }

    static void Scope(Scope scope, SortedDictionary<string, SortedSet<string>> found)
    {
        foreach (var state in scope.States.Values)
        {
            var names = new SortedSet<string>(StringComparer.Ordinal);
            foreach (var (field, value) in state.Json)
                if (field is not ("Branches" or "ItemProcessor" or "Iterator")) Read(field, value, names);
            if (names.Count > 0) found[state.Name] = names;
            if (state.Processor is { } processor) Scope(processor, found);
            foreach (var branch in state.Branches ?? []) Scope(branch, found);
        }
    }

    static void Read(string field, JsonNode? value, SortedSet<string> names)
    {
        if (value is JsonObject members)
        {
            foreach (var (name, member) in members) Read(name, member, names);
        }
        else if (value is JsonArray items)
        {
            foreach (var item in items) Read("", item, names);
        }
        else if (JsonComparison.Text(value) is { } text && (field.EndsWith(".$", StringComparison.Ordinal) || field.EndsWith("Path", StringComparison.Ordinal) || field == "Variable"))
        {
            foreach (var path in Paths(text))
                if (path.Root is not ("$" or "$$")) names.Add(path.Root[1..]);
        }
    }

    static IEnumerable<JsonPath> Paths(string text)
    {
        try
        {
            return text.StartsWith('$') ? [JsonPath.Parse(text)] : [.. Intrinsic.Parse(text).Paths()];
        }
        catch (JsonPathException)
        {
            // A text in a field that only looks like one with a path.
            return [];
        }
    }
}
