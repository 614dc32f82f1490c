using System.Text.Json.Nodes;

namespace EtlTracing.LocalAws.StepFunctions.Language;

/// <summary>
/// A value with holes, as in Parameters, ResultSelector, ItemSelector and Assign: members whose name ends in <c>.$</c> take
/// what a path or an intrinsic function gives, under the name without that end.
/// </summary>
public static class PayloadTemplate
{
    public static JsonNode? Fill(JsonNode? template, JsonNode? input, Surroundings surroundings)
    {
        switch (template)
        {
            case JsonObject members:
                var made = new JsonObject();
                foreach (var (name, value) in members)
                {
                    if (!name.EndsWith(".$", StringComparison.Ordinal)) made[name] = Fill(value, input, surroundings);
                    else
                    {
                        var found = Evaluate(name, JsonComparison.Text(value) ?? "", input, surroundings);
                        surroundings.Spend(found);
                        made[name[..^2]] = found?.DeepClone();
                    }
                }
                return made;
            case JsonArray items:
                return new JsonArray([.. items.Select(item => Fill(item, input, surroundings))]);
            default:
                return template?.DeepClone();
        }
    }

    static JsonNode? Evaluate(string field, string expression, JsonNode? input, Surroundings surroundings)
    {
        try
        {
            if (!expression.StartsWith('$')) return Intrinsic.Parse(expression).Call(input, surroundings);
            return surroundings.Find(JsonPath.Parse(expression), input);
        }
        catch (JsonPathException)
        {
            throw NotFound(expression, field, input);
        }
    }

    internal static StateFailedException NotFound(string path, string field, JsonNode? input) =>
        StateFailedException.AtRuntime($"The JSONPath '{path}' specified for the field '{field}' could not be found in the input '{StateData.Write(input)}'");
}
