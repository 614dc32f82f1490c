using System.Globalization;
using System.Text.Json.Nodes;

namespace EtlTracing.LocalAws.StepFunctions.Language;

public sealed partial class DefinitionCheck
{
    /// <summary>Only JSONPath is spoken here; what needs JSONata is refused by name and place.</summary>
    bool Language(JsonObject json, string at)
    {
        switch (JsonComparison.Text(json["QueryLanguage"]))
        {
            case null when json["QueryLanguage"] is null:
            case "JSONPath":
                return true;
            case "JSONata":
                Bad("The query language 'JSONata' is not supported by this local cloud: use 'JSONPath'", at + "/QueryLanguage");
                return false;
            default:
                Bad("The field 'QueryLanguage' should have one of these values: [JSONPath, JSONata]", at + "/QueryLanguage");
                return false;
        }
    }

    void Fields(JsonObject json, string at, string[] known)
    {
        foreach (var (field, _) in json)
            if (!known.Contains(field)) Bad(field is "Arguments" or "Output" or "Items" or "Condition" ? $"The field '{field}' needs the query language 'JSONata', which is not supported by this local cloud" : $"The field '{field}' is not supported", $"{at}/{field}");
    }

    void Require(JsonObject json, string at, params string[] fields)
    {
        var missing = fields.Where(field => !json.ContainsKey(field)).ToArray();
        if (missing.Length > 0) Bad($"These fields are required: [{string.Join(", ", missing)}]", at);
    }

    void OneAtMost(JsonObject json, string at, string one, string other)
    {
        if (json.ContainsKey(one) && json.ContainsKey(other)) Bad($"Only one of these fields can be set: [{one}, {other}]", at);
    }

    void Text(JsonObject json, string field, string at)
    {
        if (json.ContainsKey(field) && JsonComparison.Text(json[field]) is null) Bad("Expected value of type String", $"{at}/{field}");
    }

    void Object(JsonObject json, string field, string at)
    {
        if (json.ContainsKey(field) && json[field] is not JsonObject) Bad("Expected value of type Object", $"{at}/{field}");
    }

    void Number(JsonObject json, string field, string at, double least, double most, bool whole = true)
    {
        if (!json.ContainsKey(field)) return;
        var number = whole ? JsonComparison.Whole(json[field]) : JsonComparison.Number(json[field]);
        if (number is null) Bad($"Expected value of type {(whole ? "Integer" : "Number")}", $"{at}/{field}");
        else if (number < least || number > most) Bad(string.Create(CultureInfo.InvariantCulture, $"Value is not within [{least}, {most}]"), $"{at}/{field}");
    }

    void Path(JsonObject json, string field, string at, bool orNull = false, bool orCall = false)
    {
        if (!json.TryGetPropertyValue(field, out var value) || (value is null && orNull)) return;
        if (JsonComparison.Text(value) is not { } text) Bad("Expected value of type String", $"{at}/{field}");
        else if (!IsPath(text) && !((orCall || orNull) && IsCall(text))) Bad("Value is not a valid JSONPath", $"{at}/{field}");
    }

    void ResultPath(JsonObject json, string at)
    {
        if (!json.TryGetPropertyValue("ResultPath", out var value) || value is null) return;
        if (JsonComparison.Text(value) is not { } text || !IsPath(text) || JsonPath.Parse(text) is not { IsReference: true, Root: "$" }) Bad("Value is not a valid Reference Path", at + "/ResultPath");
    }

    void Template(JsonObject json, string field, string at)
    {
        if (json.TryGetPropertyValue(field, out var value)) Template(value, $"{at}/{field}");
    }

    void Template(JsonNode? value, string at)
    {
        if (value is JsonArray items)
        {
            for (var i = 0; i < items.Count; i++) Template(items[i], $"{at}[{i}]");
        }
        else if (value is JsonObject members)
        {
            foreach (var (name, member) in members)
            {
                if (!name.EndsWith(".$", StringComparison.Ordinal)) Template(member, $"{at}/{name}");
                else if (JsonComparison.Text(member) is not { } text || (!IsPath(text) && !IsCall(text))) Bad($"The value for the field '{name}' must be a valid JSONPath or a valid intrinsic function call", at);
                else if (members.ContainsKey(name[..^2])) Bad($"The fields '{name[..^2]}' and '{name}' can't both be set", at);
            }
        }
    }

    void Assign(JsonNode value, string at)
    {
        if (value is not JsonObject members)
        {
            Bad("Expected value of type Object", at);
            return;
        }
        foreach (var (field, _) in members)
        {
            var name = field.EndsWith(".$", StringComparison.Ordinal) ? field[..^2] : field;
            if (name == "states" || name.Length is 0 or > 80 || !(char.IsLetter(name[0]) || name[0] == '_') || !name.All(c => char.IsLetterOrDigit(c) || c == '_'))
                Bad($"'{name}' is not a valid variable name", at);
        }
        Template(members, at);
    }

    void List(JsonObject json, string field, string at, Action<JsonObject, string> each)
    {
        if (!json.ContainsKey(field)) return;
        if (json[field] is not JsonArray items)
        {
            Bad("Expected value of type Array", $"{at}/{field}");
            return;
        }
        for (var i = 0; i < items.Count; i++)
        {
            if (items[i] is JsonObject item) each(item, $"{at}/{field}[{i}]");
            else Bad("Expected value of type Object", $"{at}/{field}[{i}]");
        }
        if (field is "Retry" or "Catch") AllComesLast(items, $"{at}/{field}");
    }

    void AllComesLast(JsonArray rules, string at)
    {
        for (var i = 0; i < rules.Count; i++)
        {
            if (rules[i] is not JsonObject rule || rule["ErrorEquals"] is not JsonArray names || !names.Any(name => JsonComparison.Text(name) == ErrorNames.All)) continue;
            if (names.Count > 1) Bad("'States.ALL' must appear alone in 'ErrorEquals'", $"{at}[{i}]/ErrorEquals");
            if (i + 1 < rules.Count) Bad("'States.ALL' can only appear in the last element", $"{at}[{i}]/ErrorEquals");
        }
    }

    void Retrier(JsonObject rule, string at)
    {
        Fields(rule, at, ["ErrorEquals", "IntervalSeconds", "MaxAttempts", "BackoffRate", "MaxDelaySeconds", "JitterStrategy", "Comment"]);
        Errors(rule, at);
        Number(rule, "IntervalSeconds", at, 1, 99_999_999);
        Number(rule, "MaxAttempts", at, 0, 99_999_999);
        Number(rule, "BackoffRate", at, 1, double.MaxValue, whole: false);
        Number(rule, "MaxDelaySeconds", at, 1, 31_622_400);
        if (rule.ContainsKey("JitterStrategy") && JsonComparison.Text(rule["JitterStrategy"]) is not ("FULL" or "NONE"))
            Bad("The field 'JitterStrategy' should have one of these values: [FULL, NONE]", at + "/JitterStrategy");
        if (JsonComparison.Number(rule["MaxDelaySeconds"]) is { } most && JsonComparison.Number(rule["IntervalSeconds"]) is { } interval && most < interval)
            Bad("The value of 'MaxDelaySeconds' must be greater than the value of 'IntervalSeconds'", at + "/MaxDelaySeconds");
    }

    void Catcher(JsonObject rule, string at)
    {
        Fields(rule, at, ["ErrorEquals", "Next", "ResultPath", "Assign", "Comment"]);
        Errors(rule, at);
        Require(rule, at, "Next");
        Text(rule, "Next", at);
        ResultPath(rule, at);
        if (rule["Assign"] is { } assign) Assign(assign, at + "/Assign");
    }

    void Errors(JsonObject rule, string at)
    {
        Require(rule, at, "ErrorEquals");
        if (!rule.ContainsKey("ErrorEquals")) return;
        if (rule["ErrorEquals"] is not JsonArray names) Bad("Expected value of type Array", at + "/ErrorEquals");
        else if (names.Count == 0) Bad("Value cannot be empty", at + "/ErrorEquals");
        else if (names.Any(name => JsonComparison.Text(name) is null)) Bad("Expected value of type String", at + "/ErrorEquals");
    }

    static bool IsPath(string text) => text.StartsWith('$') && Reads(() => JsonPath.Parse(text));

    static bool IsCall(string text) => text.StartsWith("States.", StringComparison.Ordinal) && Reads(() => Intrinsic.Parse(text));

    static bool Reads(Action read)
    {
        try
        {
            read();
            return true;
        }
        catch (JsonPathException)
        {
            return false;
        }
    }
}
