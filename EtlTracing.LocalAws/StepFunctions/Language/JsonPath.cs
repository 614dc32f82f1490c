using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;

namespace EtlTracing.LocalAws.StepFunctions.Language;

/// <summary>
/// A path such as <c>$.store.book[?(@.price &lt; 10)].title</c>, with the meaning that Jayway's implementation, which Step
/// Functions uses, gives it: a definite path finds one value or fails, any other finds a list, perhaps an empty one.
/// </summary>
public sealed class JsonPath
{
    const int MaxCached = 4096;
    internal const int MaxResults = 100_000;
    static readonly ConcurrentDictionary<string, JsonPath> s_cache = new();

    readonly List<PathStep> _steps;

    JsonPath(string text, string root, List<PathStep> steps)
    {
        Text = text;
        Root = root;
        _steps = steps;
        if (steps is [.., NameStep last]) last.IsLast = true;
    }

    public string Text { get; }

    /// <summary><c>$</c> for the input, <c>$$</c> for the context object, else <c>$</c> and the name of a variable.</summary>
    public string Root { get; }

    /// <summary>True when the path can name one place only.</summary>
    public bool IsDefinite => _steps.TrueForAll(step => step.IsDefinite);

    /// <summary>True when the path can also be written to: names and indexes only.</summary>
    public bool IsReference => _steps.TrueForAll(step => step is NameStep { Names.Length: 1 } or IndexStep { Indexes.Length: 1 });

    internal IReadOnlyList<PathStep> Steps => _steps;

    /// <exception cref="JsonPathException">The text is no path.</exception>
    public static JsonPath Parse(string text)
    {
        if (s_cache.TryGetValue(text, out var known)) return known;
        if (text.Length > 10_000) throw new JsonPathException("Path is too long");
        var parser = new JsonPathParser(text, 0);
        var root = parser.ReadRoot();
        var path = new JsonPath(text, root, parser.ReadSteps());
        if (!parser.AtEnd) throw new JsonPathException($"Could not parse token starting at position {parser.Position}. Expected ?, ', 0-9, * ");
        if (s_cache.Count >= MaxCached) s_cache.Clear();
        s_cache[text] = path;
        return path;
    }

    /// <summary>Reads a path that begins inside a longer text and ends where a path must end.</summary>
    internal static JsonPath ParsePrefix(string text, int start, out int end)
    {
        var parser = new JsonPathParser(text, start);
        var root = parser.ReadRoot();
        var steps = parser.ReadSteps();
        end = parser.Position;
        return new JsonPath(text[start..end], root, steps);
    }

    internal static JsonPath Relative(string text, List<PathStep> steps) => new(text, "@", steps);

    /// <summary>Finds the value, or the list of values of a path that isn't definite.</summary>
    /// <exception cref="JsonPathException">Nothing is there.</exception>
    public JsonNode? Find(JsonNode? root)
    {
        var found = Walk(root);
        if (IsDefinite) return found.Count == 1 ? found[0] : throw new JsonPathException("No results for path: " + Normal(_steps.Count));
        var list = new JsonArray();
        foreach (var node in found) list.Add(node?.DeepClone());
        return list;
    }

    /// <summary>As <see cref="Find"/>, but says whether there is something instead of failing.</summary>
    public bool TryFind(JsonNode? root, out JsonNode? value)
    {
        value = null;
        try
        {
            value = Find(root);
            return true;
        }
        catch (JsonPathException)
        {
            return false;
        }
    }

    List<JsonNode?> Walk(JsonNode? root)
    {
        var current = new List<JsonNode?> { root };
        var definite = true;
        // A path that can find many finds none where something before its end is missing; only one that must find one fails.
        var mustFind = IsDefinite;
        for (var i = 0; i < _steps.Count; i++)
        {
            var next = new List<JsonNode?>();
            var step = _steps[i];
            if (definite && step is SliceStep && current is [not JsonArray and var whole]) throw new JsonPathException($"Filter: {step} can only be applied to arrays. Current context is: {StateData.Write(whole)}");
            foreach (var node in current) step.Select(node, root, next);
            if (next.Count > MaxResults) throw new JsonPathException($"more than {MaxResults} results for path: {Text}");
            if (mustFind && next.Count == 0 && i + 1 < _steps.Count) throw new JsonPathException(Missing(step, i, current[0]));
            definite &= step.IsDefinite;
            if (mustFind && next.Count == 0 && current.Count == 1 && step is NameStep && current[0] is not JsonObject && i > 0) throw new JsonPathException(Missing(step, i, current[0]));
            current = next;
        }
        return current;
    }

    string Missing(PathStep step, int index, JsonNode? holder) => step is NameStep name && holder is not JsonObject
        ? $"Expected to find an object with property {name} in path {Normal(index)} but found '{JavaName(holder)}'. This is not a json object according to the JsonProvider: 'com.jayway.jsonpath.spi.json.JacksonJsonNodeJsonProvider'."
        : $"Missing property in path {Normal(index + 1)}";

    static string JavaName(JsonNode? node) => node switch
    {
        null => "null",
        JsonArray => "com.fasterxml.jackson.databind.node.ArrayNode",
        _ => "com.fasterxml.jackson.databind.node." + node.GetValueKind() switch
        {
            System.Text.Json.JsonValueKind.String => "TextNode",
            System.Text.Json.JsonValueKind.Number => node.ToJsonString().AsSpan().IndexOfAny(".eE") >= 0 ? "DoubleNode" : "IntNode",
            _ => "BooleanNode",
        },
    };

    /// <summary>The path in its normal form, <c>$['a'][0]</c>.</summary>
    string Normal(int steps)
    {
        var text = new StringBuilder("$");
        for (var i = 0; i < steps; i++) text.Append(_steps[i]);
        return text.ToString();
    }

    public override string ToString() => Text;

    internal static string Number(int index) => index.ToString(CultureInfo.InvariantCulture);
}
