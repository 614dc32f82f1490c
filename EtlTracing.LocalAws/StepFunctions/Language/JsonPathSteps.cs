using System.Text.Json.Nodes;

namespace EtlTracing.LocalAws.StepFunctions.Language;

/// <summary>One part of a path: from a value to those below it that it names.</summary>
abstract class PathStep
{
    public virtual bool IsDefinite => false;
    public abstract void Select(JsonNode? node, JsonNode? root, List<JsonNode?> found);

    protected static IEnumerable<JsonNode?> Children(JsonNode? node) => node switch
    {
        JsonObject members => members.Select(member => member.Value),
        JsonArray items => items,
        _ => [],
    };
}

/// <summary><c>.name</c>, <c>['name']</c> or <c>['one','two']</c>.</summary>
sealed class NameStep(params string[] names) : PathStep
{
    public string[] Names { get; } = names;

    /// <summary>At a path's end several names give one object; further up each is a way of its own.</summary>
    public bool IsLast { get; set; }
    public override bool IsDefinite => Names.Length == 1 || IsLast;

    public override void Select(JsonNode? node, JsonNode? root, List<JsonNode?> found)
    {
        if (node is not JsonObject members) return;
        if (Names.Length == 1 || !IsLast)
        {
            foreach (var name in Names)
                if (members.TryGetPropertyValue(name, out var value)) found.Add(value);
            return;
        }
        var picked = new JsonObject();
        foreach (var name in Names)
            if (members.TryGetPropertyValue(name, out var value)) picked[name] = value?.DeepClone();
        found.Add(picked);
    }

    public override string ToString() => $"[{string.Join(',', Names.Select(name => $"'{name}'"))}]";
}

/// <summary><c>[0]</c>, <c>[-1]</c> or <c>[0,2]</c>.</summary>
sealed class IndexStep(params int[] indexes) : PathStep
{
    public int[] Indexes { get; } = indexes;
    public override bool IsDefinite => Indexes.Length == 1;

    public override void Select(JsonNode? node, JsonNode? root, List<JsonNode?> found)
    {
        if (node is not JsonArray items) return;
        foreach (var index in Indexes)
        {
            var at = index < 0 ? items.Count + index : index;
            if (at >= 0 && at < items.Count) found.Add(items[at]);
        }
    }

    public override string ToString() => $"[{string.Join(',', Indexes.Select(JsonPath.Number))}]";
}

/// <summary><c>[from:to:by]</c>.</summary>
sealed class SliceStep(int? from, int? to, int by) : PathStep
{
    public override void Select(JsonNode? node, JsonNode? root, List<JsonNode?> found)
    {
        if (node is not JsonArray items) return;
        var first = Math.Max(0, from is < 0 ? items.Count + from.Value : from ?? 0);
        var end = Math.Min(items.Count, to is < 0 ? items.Count + to.Value : to ?? items.Count);
        for (long i = first; i < end; i += by) found.Add(items[(int)i]);
    }

    public override string ToString() => $"[{from}:{to}]";
}

/// <summary><c>.*</c> or <c>[*]</c>.</summary>
sealed class WildcardStep : PathStep
{
    public override void Select(JsonNode? node, JsonNode? root, List<JsonNode?> found) => found.AddRange(Children(node));

    public override string ToString() => "[*]";
}

/// <summary><c>..</c>: the step after it, on the value and on everything below.</summary>
sealed class DescendantStep(PathStep step) : PathStep
{
    public override void Select(JsonNode? node, JsonNode? root, List<JsonNode?> found)
    {
        step.Select(node, root, found);
        if (found.Count > JsonPath.MaxResults) throw new JsonPathException($"more than {JsonPath.MaxResults} results");
        foreach (var child in Children(node))
            if (child is JsonObject or JsonArray) Select(child, root, found);
    }

    public override string ToString() => ".." + step;
}

/// <summary><c>[?(@.a == 1)]</c>.</summary>
sealed class FilterStep(FilterExpression filter) : PathStep
{
    public override void Select(JsonNode? node, JsonNode? root, List<JsonNode?> found)
    {
        // Jayway filters the elements of an array, but an object as a whole.
        if (node is JsonArray items)
        {
            foreach (var item in items)
                if (filter.Holds(item, root)) found.Add(item);
        }
        else if (node is JsonObject && filter.Holds(node, root))
        {
            found.Add(node);
        }
    }

    public override string ToString() => "[?]";
}

/// <summary><c>.length()</c>, the one function Step Functions' own documentation shows.</summary>
sealed class LengthStep : PathStep
{
    public override bool IsDefinite => true;

    public override void Select(JsonNode? node, JsonNode? root, List<JsonNode?> found)
    {
        int? length = node switch
        {
            JsonArray items => items.Count,
            JsonObject members => members.Count,
            JsonValue value when value.TryGetValue<string>(out var text) => text.Length,
            _ => null,
        };
        if (length is { } count) found.Add(JsonValue.Create(count));
    }

    public override string ToString() => ".length()";
}
