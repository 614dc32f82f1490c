using System.Text.Json;
using System.Text.Json.Nodes;
using EtlTracing.LocalAws.StepFunctions.Engine;

namespace EtlTracing.LocalAws.StepFunctions.Language;

/// <summary>The comparisons of Choice. A value of another kind than the operator is for makes it false, never an error.</summary>
public static class ChoiceComparison
{
    static readonly HashSet<string> s_known = Names();

    public static bool IsKnown(string name) => s_known.Contains(name);

    public static bool Compare(string name, JsonNode? value, JsonNode? operand)
    {
        if (name.EndsWith("Path", StringComparison.Ordinal)) name = name[..^4];
        if (name.StartsWith("Is", StringComparison.Ordinal)) return Is(name, value) == JsonComparison.Flag(operand);
        if (name == "StringMatches") return JsonComparison.Text(value) is { } text && JsonComparison.Text(operand) is { } pattern && Matches(text, pattern);
        if (name == "BooleanEquals") return JsonComparison.Flag(value) is { } flag && JsonComparison.Flag(operand) is { } wanted && flag == wanted;
        int? order = name[0] switch
        {
            'S' => JsonComparison.Text(value) is { } a && JsonComparison.Text(operand) is { } b ? string.CompareOrdinal(a, b) : null,
            'N' => JsonComparison.Number(value) is { } m && JsonComparison.Number(operand) is { } n ? m.CompareTo(n) : null,
            _ => Time(value) is { } s && Time(operand) is { } t ? s.CompareTo(t) : null,
        };
        if (name.EndsWith("LessThanEquals", StringComparison.Ordinal)) return order <= 0;
        if (name.EndsWith("GreaterThanEquals", StringComparison.Ordinal)) return order >= 0;
        if (name.EndsWith("LessThan", StringComparison.Ordinal)) return order < 0;
        if (name.EndsWith("GreaterThan", StringComparison.Ordinal)) return order > 0;
        return order == 0;
    }

    /// <summary>True where the operand of an operator must be of this kind; a path operand is always a string.</summary>
    public static bool Takes(string name, JsonNode? operand)
    {
        if (name.EndsWith("Path", StringComparison.Ordinal) || name[0] == 'S') return JsonComparison.Text(operand) is not null;
        if (name.StartsWith("Is", StringComparison.Ordinal) || name[0] == 'B') return JsonComparison.Flag(operand) is not null;
        return name[0] == 'N' ? JsonComparison.Number(operand) is not null : Time(operand) is not null;
    }

    static bool Is(string name, JsonNode? value) => name switch
    {
        "IsNull" => value is null,
        "IsNumeric" => value?.GetValueKind() == JsonValueKind.Number,
        "IsString" => value?.GetValueKind() == JsonValueKind.String,
        "IsBoolean" => value?.GetValueKind() is JsonValueKind.True or JsonValueKind.False,
        _ => Time(value) is not null,
    };

    static DateTimeOffset? Time(JsonNode? value) => JsonComparison.Text(value) is { } text && Timestamp.TryParse(text, out var time) ? time : null;

    /// <summary><c>*</c> stands for any number of characters; <c>\*</c> and <c>\\</c> for themselves.</summary>
    static bool Matches(string text, string pattern)
    {
        var parts = new List<char?>();
        for (var i = 0; i < pattern.Length; i++)
        {
            if (pattern[i] == '\\' && i + 1 < pattern.Length && pattern[i + 1] is '*' or '\\') parts.Add(pattern[++i]);
            else parts.Add(pattern[i] == '*' ? null : pattern[i]);
        }
        int at = 0, part = 0, star = -1, mark = 0;
        while (at < text.Length)
        {
            if (part < parts.Count && parts[part] == text[at])
            {
                at++;
                part++;
            }
            else if (part < parts.Count && parts[part] is null)
            {
                star = part++;
                mark = at;
            }
            else if (star >= 0)
            {
                part = star + 1;
                at = ++mark;
            }
            else
            {
                return false;
            }
        }
        while (part < parts.Count && parts[part] is null) part++;
        return part == parts.Count;
    }

    static HashSet<string> Names()
    {
        var names = new HashSet<string> { "BooleanEquals", "BooleanEqualsPath", "StringMatches", "IsBoolean", "IsNull", "IsNumeric", "IsPresent", "IsString", "IsTimestamp" };
        foreach (var kind in new[] { "String", "Numeric", "Timestamp" })
            foreach (var relation in new[] { "Equals", "LessThan", "LessThanEquals", "GreaterThan", "GreaterThanEquals" })
            {
                names.Add(kind + relation);
                names.Add(kind + relation + "Path");
            }
        return names;
    }
}
