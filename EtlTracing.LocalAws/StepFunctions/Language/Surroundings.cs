using System.Text.Json.Nodes;

namespace EtlTracing.LocalAws.StepFunctions.Language;

/// <summary>What a state's paths and templates can look at: its input, the context object and the variables.</summary>
public sealed class Surroundings(Func<JsonObject> context, Func<string, string?> variable, Random random)
{
    JsonObject? _context;

    public JsonObject Context => _context ??= context();
    public Random Random => random;

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
