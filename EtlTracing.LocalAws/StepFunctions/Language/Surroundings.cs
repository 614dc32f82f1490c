using System.Text.Json.Nodes;

namespace EtlTracing.LocalAws.StepFunctions.Language;

/// <summary>What a state's paths and templates can look at: its input, the context object and the variables.</summary>
public sealed class Surroundings(Func<JsonObject> context, Func<string, string?> variable, Random random)
{
    /// <summary>More than this can't become a state's data, however it is cut down afterwards.</summary>
    const long MaxFilled = 16L * StateData.MaxBytes;

    JsonObject? _context;
    long _filled;

    public JsonObject Context => _context ??= context();
    public Random Random => random;

    /// <summary>Counts what a template copies, so that a small template can't make data without end out of a large input.</summary>
    public void Spend(JsonNode? node)
    {
        _filled += node switch
        {
            null => 4,
            JsonValue => JsonComparison.Text(node)?.Length ?? 8,
            _ => 2,
        };
        if (_filled > MaxFilled) throw new StateFailedException(StateFailedException.DataLimit, "The template's result exceeds the maximum number of bytes service limit.");
        if (node is JsonObject members)
        {
            foreach (var (name, value) in members)
            {
                _filled += name.Length;
                Spend(value);
            }
        }
        else if (node is JsonArray items)
        {
            foreach (var item in items) Spend(item);
        }
    }

    /// <summary>Finds what a path names.</summary>
    /// <param name="path">The path.</param>
    /// <param name="input">What <c>$</c> stands for.</param>
    /// <exception cref="JsonPathException">Nothing is there.</exception>
    public JsonNode? Find(JsonPath path, JsonNode? input) => path.Find(Root(path, input));

    public bool TryFind(JsonPath path, JsonNode? input, out JsonNode? value)
    {
        value = null;
        return (path.Root.Length == 1 || path.Root == "$$" || variable(path.Root[1..]) is not null) && path.TryFind(Root(path, input), out value);
    }

    JsonNode? Root(JsonPath path, JsonNode? input) => path.Root switch
    {
        "$" => input,
        "$$" => Context,
        { } name => StateData.Parse(variable(name[1..]) ?? throw new JsonPathException($"Variable '{name}' is not defined")),
    };
}
