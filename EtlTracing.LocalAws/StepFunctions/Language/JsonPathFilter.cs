using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace EtlTracing.LocalAws.StepFunctions.Language;

abstract class FilterExpression
{
    public abstract bool Holds(JsonNode? item, JsonNode? root);
}

sealed class EitherFilter(FilterExpression left, FilterExpression right) : FilterExpression
{
    public override bool Holds(JsonNode? item, JsonNode? root) => left.Holds(item, root) || right.Holds(item, root);
}

sealed class BothFilter(FilterExpression left, FilterExpression right) : FilterExpression
{
    public override bool Holds(JsonNode? item, JsonNode? root) => left.Holds(item, root) && right.Holds(item, root);
}

sealed class NotFilter(FilterExpression inner) : FilterExpression
{
    public override bool Holds(JsonNode? item, JsonNode? root) => !inner.Holds(item, root);
}

sealed class ExistsFilter(FilterOperand operand) : FilterExpression
{
    public override bool Holds(JsonNode? item, JsonNode? root) => operand.TryGet(item, root, out var value) && (operand.Path is not null || value is JsonValue truth && truth.GetValueKind() == JsonValueKind.True);
}

/// <summary>A path from the item (<c>@</c>) or the root (<c>$</c>), a literal, or a pattern.</summary>
sealed record FilterOperand(JsonPath? Path, JsonNode? Literal)
{
    public bool FromRoot { get; init; }
    public (string Text, bool IgnoreCase)? Pattern { get; init; }

    public bool TryGet(JsonNode? item, JsonNode? root, out JsonNode? value)
    {
        value = Literal;
        return Path is null || Path.TryFind(FromRoot ? root : item, out value);
    }
}

sealed class ComparisonFilter(FilterOperand left, string operation, FilterOperand right) : FilterExpression
{
    /// <summary>Longer ones first, so that none is taken for the beginning of another.</summary>
    public static readonly string[] Operators = ["===", "!==", "==", "!=", "<=", ">=", "=~", "<", ">", "nin ", "in ", "contains ", "size ", "empty "];

    static readonly TimeSpan s_patternTime = TimeSpan.FromMilliseconds(200);

    public override bool Holds(JsonNode? item, JsonNode? root)
    {
        var hasLeft = left.TryGet(item, root, out var a);
        var hasRight = right.TryGet(item, root, out var b);
        if (operation is "!=" or "!==") return hasLeft != hasRight || !JsonComparison.AreEqual(a, b);
        if (!hasLeft || !hasRight) return false;
        return operation switch
        {
            "==" or "===" => JsonComparison.AreEqual(a, b),
            "<" => JsonComparison.Order(a, b) < 0,
            "<=" => JsonComparison.Order(a, b) <= 0,
            ">" => JsonComparison.Order(a, b) > 0,
            ">=" => JsonComparison.Order(a, b) >= 0,
            "=~" => Matches(a),
            "in " => b is JsonArray among && among.Any(one => JsonComparison.AreEqual(a, one)),
            "nin " => b is JsonArray others && !others.Any(one => JsonComparison.AreEqual(a, one)),
            "contains " => a is JsonArray items ? items.Any(one => JsonComparison.AreEqual(one, b)) : Text(a) is { } whole && Text(b) is { } part && whole.Contains(part, StringComparison.Ordinal),
            "size " => Size(a) is { } size && JsonComparison.AreEqual(JsonValue.Create(size), b),
            _ => Size(a) is { } count && b is JsonValue wanted && wanted.GetValueKind() == (count == 0 ? JsonValueKind.True : JsonValueKind.False),
        };
    }

    bool Matches(JsonNode? value)
    {
        if (right.Pattern is not { } pattern || Text(value) is not { } text) return false;
        try
        {
            var options = RegexOptions.CultureInvariant | (pattern.IgnoreCase ? RegexOptions.IgnoreCase : RegexOptions.None);
            return Regex.IsMatch(text, $"^(?:{pattern.Text})$", options, s_patternTime);
        }
        catch (Exception e) when (e is RegexMatchTimeoutException or ArgumentException)
        {
            throw new JsonPathException($"pattern '{pattern.Text}' can't be used: {e.Message}");
        }
    }

    static string? Text(JsonNode? node) => node is JsonValue value && value.TryGetValue<string>(out var text) ? text : null;

    static int? Size(JsonNode? node) => node switch
    {
        JsonArray items => items.Count,
        JsonObject members => members.Count,
        _ => Text(node)?.Length,
    };
}
