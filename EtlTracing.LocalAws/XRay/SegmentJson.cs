using System.Text.Json;
using System.Text.Json.Nodes;

namespace EtlTracing.LocalAws.XRay;

/// <summary>Reads fields of segments and subsegments, which come from anyone and may have any type.</summary>
static class SegmentJson
{
    public static string? Text(this JsonObject entity, string name) =>
        entity[name] is JsonValue value && value.TryGetValue(out string? text) ? text : null;

    public static double? Number(this JsonObject entity, string name) =>
        entity[name] is JsonValue value && value.GetValueKind() == JsonValueKind.Number && value.TryGetValue(out double number) ? number : null;

    public static bool Flag(this JsonObject entity, string name) => entity[name] is JsonValue value && value.TryGetValue(out bool flag) && flag;

    public static JsonObject? Block(this JsonObject entity, string name) => entity[name] as JsonObject;

    public static double Start(this JsonObject entity) => entity.Number("start_time") ?? 0;

    /// <summary>Null while it is in progress.</summary>
    public static double? End(this JsonObject entity) => entity.Number("end_time");

    public static IEnumerable<JsonObject> Subsegments(this JsonObject entity) =>
        entity["subsegments"] is JsonArray children ? children.OfType<JsonObject>() : [];

    public static IEnumerable<JsonObject> WithDescendants(this JsonObject entity)
    {
        var open = new Stack<JsonObject>();
        open.Push(entity);
        while (open.TryPop(out var next))
        {
            yield return next;
            foreach (var child in next.Subsegments().Reverse()) open.Push(child);
        }
    }
}
