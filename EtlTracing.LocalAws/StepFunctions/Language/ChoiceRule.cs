using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;

namespace EtlTracing.LocalAws.StepFunctions.Language;

/// <summary>One rule of a Choice, or one condition inside And, Or and Not.</summary>
public sealed class ChoiceRule
{
    static readonly ConditionalWeakTable<State, ChoiceRule[]> s_read = [];

    readonly ChoiceRule[] _inner;
    readonly string _operator;
    readonly string? _variable;
    readonly JsonNode? _operand;

    ChoiceRule(JsonObject json)
    {
        Json = json;
        Next = JsonComparison.Text(json["Next"]);
        _variable = JsonComparison.Text(json["Variable"]);
        (_operator, _operand) = json.Where(member => IsOperator(member.Key)).Select(member => (member.Key, member.Value)).FirstOrDefault(("", null));
        _inner = _operator switch
        {
            "And" or "Or" => [.. ((JsonArray)_operand!).Select(one => new ChoiceRule((JsonObject)one!))],
            "Not" => [new ChoiceRule((JsonObject)_operand!)],
            _ => [],
        };
    }

    public JsonObject Json { get; }
    public string? Next { get; }

    public static ChoiceRule[] Of(State state) => s_read.GetValue(state, valid => [.. ((JsonArray)valid.Json["Choices"]!).Select(one => new ChoiceRule((JsonObject)one!))]);

    public static bool IsOperator(string name) => name is "And" or "Or" or "Not" || ChoiceComparison.IsKnown(name);

    public bool Holds(JsonNode? input, Surroundings surroundings)
    {
        switch (_operator)
        {
            case "And": return _inner.All(rule => rule.Holds(input, surroundings));
            case "Or": return _inner.Any(rule => rule.Holds(input, surroundings));
            case "Not": return !_inner[0].Holds(input, surroundings);
        }
        var found = surroundings.TryFind(JsonPath.Parse(_variable!), input, out var value);
        if (_operator == "IsPresent") return found == JsonComparison.Flag(_operand);
        if (!found) throw Invalid(_variable!);
        var operand = _operand;
        if (_operator.EndsWith("Path", StringComparison.Ordinal) && !surroundings.TryFind(JsonPath.Parse(JsonComparison.Text(_operand)!), input, out operand))
            throw Invalid(JsonComparison.Text(_operand)!);
        return ChoiceComparison.Compare(_operator, value, operand);
    }

    static StateFailedException Invalid(string path) => StateFailedException.AtRuntime($"Invalid path '{path}': The choice state's condition path references an invalid value.");
}
