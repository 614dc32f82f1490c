using System.Text.Json;
using System.Text.Json.Nodes;

namespace EtlTracing.LocalAws.XRay.Filters;

/// <summary>An operator and what stands right of it; Number is set when that is a number.</summary>
readonly record struct FilterOperation(string Sign, FilterToken Value, double? Number)
{
    public bool? Boolean => Value.Kind is FilterTokenKind.Word or FilterTokenKind.Text ? Value.Value.ToLowerInvariant() switch { "true" => true, "false" => false, _ => null } : null;
}

/// <summary>Conditions on one keyword. A value that a trace doesn't have satisfies no comparison.</summary>
static class FilterComparison
{
    public static Func<FilterScope, bool> Of(string keyword, FilterKind kind, FilterToken at, FilterOperation? operation) => (kind, operation) switch
    {
        (FilterKind.Boolean, null) => scope => scope.Flag(keyword),
        (FilterKind.Boolean, { Sign: "=" or "!=", Boolean: { } value } comparison) => scope => scope.Flag(keyword) == value == (comparison.Sign == "="),
        (FilterKind.Number, null) => scope => scope.Numbers(keyword).Any(),
        (FilterKind.Number, { Number: { } value, Sign: not ("CONTAINS" or "BEGINSWITH" or "ENDSWITH") } comparison) => scope => scope.Numbers(keyword).Any(number => Compare(number, comparison.Sign, value)),
        (FilterKind.Text, null) => scope => scope.Texts(keyword).Any(),
        (FilterKind.Text, { Number: null, Sign: not ("<" or "<=" or ">" or ">=") } comparison) => scope => scope.Texts(keyword).Any(text => Compare(text, comparison.Sign, comparison.Value.Value)),
        _ => throw InvalidFilter.At(operation!.Value.Value.Position, $"{operation.Value.Sign} {operation.Value.Value.Value} can't be applied to {at.Value}"),
    };

    /// <summary>Annotations have the type of their values: other types are not equal, and neither larger nor smaller.</summary>
    public static Func<FilterScope, bool> Of(string annotation, FilterOperation? operation) => scope => scope.Annotations(annotation).Any(value => Matches(value, operation));

    static bool Matches(JsonValue value, FilterOperation? operation) => (value.GetValueKind(), operation) switch
    {
        (JsonValueKind.True, null) => true,
        (JsonValueKind.False, null) => false,
        (_, null) => true,
        (JsonValueKind.Number, { Number: { } number } comparison) => value.TryGetValue(out double own) && Compare(own, comparison.Sign, number),
        (JsonValueKind.True or JsonValueKind.False, { Boolean: { } flag, Sign: "=" or "!=" } comparison) => value.GetValue<bool>() == flag == (comparison.Sign == "="),
        (JsonValueKind.String, { Number: null } comparison) => Compare(value.GetValue<string>(), comparison.Sign, comparison.Value.Value),
        (_, { Sign: "!=" }) => true,
        _ => false,
    };

    static bool Compare(double left, string sign, double right) => sign switch
    {
        "=" => left == right,
        "!=" => left != right,
        "<" => left < right,
        "<=" => left <= right,
        ">" => left > right,
        ">=" => left >= right,
        _ => false,
    };

    static bool Compare(string left, string sign, string right) => sign switch
    {
        "=" => left == right,
        "!=" => left != right,
        "CONTAINS" => left.Contains(right, StringComparison.Ordinal),
        "BEGINSWITH" => left.StartsWith(right, StringComparison.Ordinal),
        "ENDSWITH" => left.EndsWith(right, StringComparison.Ordinal),
        _ => false,
    };
}
