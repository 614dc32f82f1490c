using System.Text.Json;
using System.Text.Json.Nodes;

namespace EtlTracing.LocalAws.StepFunctions.Language;

/// <summary>One thing that is wrong with a definition, and where.</summary>
public sealed record Diagnostic(string Code, string Message, string? Location)
{
    public override string ToString() => $"{Code}: {Message}{(Location is null ? "" : " at " + Location)}";
}

/// <summary>Finds everything that is wrong with a definition before it is taken.</summary>
public sealed partial class DefinitionCheck
{
    const string Schema = "SCHEMA_VALIDATION_FAILED";
    const string Transition = "MISSING_TRANSITION_TARGET";
    const int MaxDepth = 20;

    readonly List<Diagnostic> _found = [];
    readonly HashSet<string> _names = [];
    readonly HashSet<string> _labels = [];
    readonly bool _isExpress;

    DefinitionCheck(string type) => _isExpress = type == "EXPRESS";

    public static IReadOnlyList<Diagnostic> Of(string text, string type)
    {
        if (string.IsNullOrWhiteSpace(text)) return [new Diagnostic(Schema, "Definition must be a valid JSON object", null)];
        JsonNode? json;
        try
        {
            json = StateData.Parse(text);
        }
        catch (JsonException)
        {
            var (message, line, column) = JacksonError.Find(text);
            var place = $"[Source: (String)\"{text}\"; line: {line}, column: {column}]";
            return [new Diagnostic("INVALID_JSON_DESCRIPTION", $"{message}\n at {place}", place)];
        }
        if (json is not JsonObject root) return [new Diagnostic(Schema, "Definition must be a valid JSON object", null)];
        var check = new DefinitionCheck(type);
        check.Machine(root);
        return check._found;
    }

    void Machine(JsonObject root)
    {
        Fields(root, "", ["StartAt", "States", "Comment", "Version", "TimeoutSeconds", "QueryLanguage"]);
        Text(root, "Version", "");
        Text(root, "Comment", "");
        if (!Language(root, "")) return;
        Number(root, "TimeoutSeconds", "", 1, 99_999_999);
        Scope(root, "", 0);
    }

    void Scope(JsonObject scope, string at, int depth)
    {
        if (depth > MaxDepth)
        {
            Bad("The states are too deeply nested", at, "TOO_DEEPLY_NESTED");
            return;
        }
        Require(scope, at, "States", "StartAt");
        Text(scope, "StartAt", at);
        if (scope["States"] is not JsonObject states)
        {
            if (scope.ContainsKey("States")) Bad("Expected value of type Object", at + "/States");
            return;
        }
        if (states.Count == 0)
        {
            Bad("Value cannot be empty", at + "/States");
            return;
        }
        foreach (var (name, json) in states)
        {
            var place = $"{at}/States/{name}";
            if (name.Length is 0 or > 80) Bad("State name must be between 1 and 80 characters", place, "INVALID_STATE_NAME");
            if (!_names.Add(name)) Bad($"Duplicate state name: {name}", place, "DUPLICATE_STATE_NAME");
            if (json is JsonObject state) State(state, place, depth);
            else Bad("Expected value of type Object", place);
        }
        Transitions(scope, states, at);
    }

    /// <summary>Every target exists, something ends, and every state can be reached.</summary>
    void Transitions(JsonObject scope, JsonObject states, string at)
    {
        var start = JsonComparison.Text(scope["StartAt"]);
        if (start is not null && !states.ContainsKey(start)) Bad($"Missing 'Next' target: {start}", at + "/StartAt", Transition);
        var ends = false;
        foreach (var (name, json) in states)
        {
            if (json is not JsonObject state) continue;
            ends |= JsonComparison.Text(state["Type"]) is "Succeed" or "Fail" || JsonComparison.Flag(state["End"]) == true;
            foreach (var (target, place) in Targets(state))
                if (!states.ContainsKey(target)) Bad($"Missing 'Next' target: {target}", $"{at}/States/{name}{place}", Transition);
        }
        if (!ends)
        {
            if (_found.TrueForAll(one => one.Code == Transition)) _found.Add(new Diagnostic("MISSING_END_STATE", "Workflow has no terminal state", null));
            return;
        }
        if (start is null || !states.ContainsKey(start)) return;
        var reached = new HashSet<string> { start };
        var open = new Queue<string>([start]);
        while (open.TryDequeue(out var name))
            foreach (var (target, _) in Targets(states[name] as JsonObject))
                if (states.ContainsKey(target) && reached.Add(target)) open.Enqueue(target);
        foreach (var (name, _) in states)
            if (!reached.Contains(name)) Bad($"State \"{name}\" is not reachable.", $"{at}/States/{name}", Transition);
    }

    static IEnumerable<(string Target, string Place)> Targets(JsonObject? state)
    {
        if (state is null) yield break;
        if (JsonComparison.Text(state["Next"]) is { } next) yield return (next, "/Next");
        if (JsonComparison.Text(state["Default"]) is { } otherwise) yield return (otherwise, "/Default");
        foreach (var list in new[] { "Choices", "Catch" })
        {
            if (state[list] is not JsonArray rules) continue;
            for (var i = 0; i < rules.Count; i++)
                if (rules[i] is JsonObject rule && JsonComparison.Text(rule["Next"]) is { } target) yield return (target, $"/{list}[{i}]/Next");
        }
    }

    void Bad(string message, string location, string code = Schema) => _found.Add(new Diagnostic(code, message, location.Length == 0 ? "/" : location));
}
