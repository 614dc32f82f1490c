using System.Text.Json.Nodes;

namespace EtlTracing.LocalAws.XRay;

/// <summary>
/// A trace as BatchGetTraces gives it: subsegments that were sent on their own stand under their parents, and downstream
/// services that sent no segment have an inferred one
/// (https://docs.aws.amazon.com/xray/latest/devguide/xray-api-gettingdata.html#xray-api-traces).
/// </summary>
sealed class CompiledTrace
{
    /// <summary>A document is two levels of JSON deeper than its parent, and writers of JSON stop at a thousand.</summary>
    const int MaxDepth = 400;

    // An independent subsegment is told by these from an embedded one; under its parent they say nothing more.
    static readonly string[] s_independent = ["type", "trace_id", "parent_id"];

    readonly Dictionary<string, JsonObject> _byId = [];

    CompiledTrace(string id, bool limitExceeded, long revision)
    {
        Id = id;
        LimitExceeded = limitExceeded;
        Revision = revision;
    }

    public string Id { get; }
    public bool LimitExceeded { get; }
    public long Revision { get; }

    /// <summary>Segments in the order of their start, then the inferred ones.</summary>
    public List<JsonObject> Segments { get; } = [];

    /// <summary>Subsegments whose parent has not come: they are part of no document yet.</summary>
    public int Orphans { get; private set; }

    public static CompiledTrace Of(StoredTrace stored)
    {
        var trace = new CompiledTrace(stored.Id, stored.LimitExceeded, stored.Revision);
        var independent = new List<JsonObject>();
        foreach (var json in stored.Documents)
        {
            var document = JsonNode.Parse(json)!.AsObject();
            if (document.Text("type") == "subsegment") independent.Add(document);
            else trace.Segments.Add(document);
        }
        foreach (var segment in trace.Segments) trace.Register(segment);
        trace.Nest(independent);
        trace.Segments.Sort((a, b) => a.Start().CompareTo(b.Start()));
        trace.Segments.AddRange(InferredSegment.For(trace));
        return trace;
    }

    /// <summary>From the start of the first segment to the end of the last one that ended; null when nothing is known.</summary>
    public double? Duration
    {
        get
        {
            var ended = Segments.SelectMany(segment => segment.WithDescendants()).Select(segment => segment.End()).OfType<double>().ToList();
            return ended.Count == 0 ? null : Math.Round(Math.Max(0, ended.Max() - Segments.Min(segment => segment.Start())), 3);
        }
    }

    public JsonObject? Entity(string? id) => id is not null && _byId.TryGetValue(id, out var entity) ? entity : null;

    /// <summary>The segment that a segment or subsegment belongs to.</summary>
    public static JsonObject Owner(JsonObject entity)
    {
        while (entity.Parent?.Parent is JsonObject parent) entity = parent;
        return entity;
    }

    static int Depth(JsonObject entity)
    {
        var depth = 0;
        for (; entity.Parent?.Parent is JsonObject parent; entity = parent) depth++;
        return depth;
    }

    void Register(JsonObject entity)
    {
        foreach (var each in entity.WithDescendants())
            if (each.Text("id") is { } id) _byId[id] = each;
    }

    void Nest(List<JsonObject> independent)
    {
        foreach (var subsegment in independent)
        {
            var id = subsegment.Text("id")!;
            if (!_byId.TryGetValue(id, out var embedded)) _byId[id] = subsegment;
            // Sent both within its segment and on its own: the complete one counts.
            else if (embedded.End() is null && subsegment.End() is not null) Replace(embedded, subsegment);
        }
        foreach (var subsegment in independent.OrderBy(subsegment => subsegment.Start()))
        {
            if (_byId[subsegment.Text("id")!] != subsegment || subsegment.Parent is not null) continue;
            var parent = Entity(subsegment.Text("parent_id"));
            // A cycle of parents is no tree: such documents stay orphans.
            if (parent is null || parent == subsegment || Owner(parent) == subsegment || Depth(parent) >= MaxDepth)
            {
                Orphans++;
                continue;
            }
            Children(parent).Add(subsegment);
        }
        // Under an orphan everything is an orphan.
        foreach (var subsegment in independent)
        {
            if (Owner(subsegment) == subsegment || !Segments.Contains(Owner(subsegment))) _byId.Remove(subsegment.Text("id")!);
            else foreach (var name in s_independent) subsegment.Remove(name);
        }
    }

    void Replace(JsonObject embedded, JsonObject complete)
    {
        var siblings = (JsonArray)embedded.Parent!;
        foreach (var child in embedded.Subsegments().ToList())
        {
            child.Parent!.AsArray().Remove(child);
            Children(complete).Add(child);
        }
        siblings[siblings.IndexOf(embedded)] = complete;
        _byId[complete.Text("id")!] = complete;
    }

    static JsonArray Children(JsonObject parent)
    {
        if (parent["subsegments"] is JsonArray children) return children;
        children = [];
        parent["subsegments"] = children;
        return children;
    }
}
