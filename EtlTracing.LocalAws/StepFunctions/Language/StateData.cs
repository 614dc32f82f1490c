using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace EtlTracing.LocalAws.StepFunctions.Language;

/// <summary>
/// A JSON value that flows between states: its text, and the tree once somebody looks inside. What is only passed on keeps
/// its text to the letter, white space included, as on AWS. The tree is shared: nobody may change it.
/// </summary>
public sealed class StateData
{
    public const int MaxBytes = 262_144;

    public static readonly JsonDocumentOptions Parsing = new() { MaxDepth = 500, AllowDuplicateProperties = true };
    public static readonly JsonSerializerOptions Writing = new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping, MaxDepth = 1000 };

    public static readonly StateData EmptyObject = new("{}");

    JsonNode? _tree;
    bool _parsed;

    public StateData(string json) => Json = json;

    public StateData(JsonNode? tree)
    {
        _tree = tree;
        _parsed = true;
        Json = Write(tree);
    }

    public string Json { get; }

    public JsonNode? Tree
    {
        get
        {
            if (!_parsed)
            {
                try
                {
                    _tree = Parse(Json);
                }
                catch (JsonException)
                {
                    // It was valid when it came in: states have wrapped it again and again since.
                    throw StateFailedException.AtRuntime("The data is nested too deep.");
                }
                _parsed = true;
            }
            return _tree;
        }
    }

    public bool IsTooLarge => Json.Length > MaxBytes || (Json.Length > MaxBytes / 3 && Encoding.UTF8.GetByteCount(Json) > MaxBytes);

    /// <summary>Reads a JSON text; of members with the same name the last one counts.</summary>
    /// <exception cref="JsonException">It isn't JSON, or nested too deep.</exception>
    public static JsonNode? Parse(string json)
    {
        try
        {
            using var document = JsonDocument.Parse(json, Parsing);
            return Build(document.RootElement);
        }
        catch (Exception e) when (e is InvalidOperationException or ArgumentException)
        {
            // Half of a surrogate pair, escaped (\ud800) or not, is no text.
            throw new JsonException("Invalid UTF-16", e);
        }
    }

    public static string Write(JsonNode? tree)
    {
        try
        {
            return tree is null ? "null" : tree.ToJsonString(Writing);
        }
        catch (Exception e) when (e is InvalidOperationException or JsonException)
        {
            throw StateFailedException.AtRuntime("The data is nested too deep.");
        }
    }

    /// <summary>Joins texts to an array without looking inside them.</summary>
    public static StateData Array(IEnumerable<string> items) => new($"[{string.Join(',', items)}]");

    static JsonNode? Build(JsonElement element)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.Object:
                var made = new JsonObject();
                foreach (var member in element.EnumerateObject()) made[member.Name] = Build(member.Value);
                return made;
            case JsonValueKind.Array:
                var list = new JsonArray();
                foreach (var item in element.EnumerateArray()) list.Add(Build(item));
                return list;
            case JsonValueKind.Null:
                return null;
            case JsonValueKind.String:
                return JsonValue.Create(element.GetString());
            default:
                return JsonValue.Create(element.Clone());
        }
    }
}
