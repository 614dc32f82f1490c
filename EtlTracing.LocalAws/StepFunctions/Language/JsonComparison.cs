using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace EtlTracing.LocalAws.StepFunctions.Language;

/// <summary>Equality and order of JSON values: numbers by value (1 equals 1.0), everything else by kind and content.</summary>
static class JsonComparison
{
    public static bool AreEqual(JsonNode? a, JsonNode? b)
    {
        if (a is null || b is null) return a is null && b is null;
        if (a is JsonValue && b is JsonValue && Number(a) is { } left && Number(b) is { } right) return left.Equals(right);
        return JsonNode.DeepEquals(a, b);
    }

    /// <summary>Null where two values have no order, which makes every comparison false.</summary>
    public static int? Order(JsonNode? a, JsonNode? b)
    {
        if (Number(a) is { } left && Number(b) is { } right) return left.CompareTo(right);
        if (Text(a) is { } one && Text(b) is { } two) return string.CompareOrdinal(one, two);
        return null;
    }

    public static double? Number(JsonNode? node) =>
        node is JsonValue value && value.GetValueKind() == JsonValueKind.Number && double.TryParse(value.ToJsonString(), NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? number : null;

    /// <summary>The number when it is a whole one; <c>3.0</c> is not written as one.</summary>
    public static long? Whole(JsonNode? node) =>
        node is JsonValue value && value.GetValueKind() == JsonValueKind.Number && long.TryParse(value.ToJsonString(), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number : null;

    public static string? Text(JsonNode? node) => node is JsonValue value && value.GetValueKind() == JsonValueKind.String ? value.GetValue<string>() : null;

    public static bool? Flag(JsonNode? node) => node?.GetValueKind() switch
    {
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        _ => null,
    };
}
