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
                _tree = Parse(Json);
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
        using var document = JsonDocument.Parse(json, Parsing);
        return Build(document.RootElement);
    }

    public static string Write(JsonNode? tree) => tree is null ? "null" : tree.ToJsonString(Writing);

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
            default:
                return JsonValue.Create(element.Clone());
        }
    }
}
