using System.Text.Json.Nodes;

namespace EtlTracing.LocalAws.XRay.Filters;

enum FilterKind
{
    Boolean,
    Number,
    Text,
}

/// <summary>What keywords mean: for a whole trace those of its root, within braces those of one segment or call.</summary>
abstract class FilterScope
{
    public static FilterKind? Kind(string keyword) => keyword switch
    {
        "ok" or "error" or "throttle" or "fault" or "partial" or "inferred" or "root" => FilterKind.Boolean,
        "responsetime" or "duration" or "http.status" => FilterKind.Number,
        "http.url" or "http.method" or "http.useragent" or "http.clientip" or "user" or "name" or "type" or "message"
            or "availabilityzone" or "instance.id" or "resource.arn" => FilterKind.Text,
        _ => null,
    };

    public abstract bool Flag(string keyword);
    public abstract IEnumerable<double> Numbers(string keyword);
    public abstract IEnumerable<string> Texts(string keyword);

    public virtual IEnumerable<JsonValue> Annotations(string key) => [];
    public virtual IEnumerable<SegmentScope> Services => [];
    public virtual IEnumerable<FilterEdge> Edges => [];
}

/// <summary>A call between two services of the map.</summary>
readonly record struct FilterEdge(JsonObject Source, JsonObject Target, SegmentScope Call);

sealed class TraceScope(TraceSummary summary) : FilterScope
{
    readonly SegmentScope _root = new(summary.Root ?? [], isRoot: true);

    public override bool Flag(string keyword) => keyword switch
    {
        "partial" => summary.IsPartial,
        "inferred" => summary.Trace.Segments.Any(segment => segment.Flag("inferred")),
        _ => summary.Root is not null && _root.Flag(keyword),
    };

    public override IEnumerable<double> Numbers(string keyword) => keyword == "duration" ? summary.Trace.Duration is { } duration ? [duration] : [] : _root.Numbers(keyword);

    public override IEnumerable<string> Texts(string keyword) => keyword switch
    {
        // These are searched on any segment, the request's own are the root's.
        "user" or "availabilityzone" or "instance.id" or "resource.arn" or "name" or "type" or "message" => Services.SelectMany(segment => segment.Texts(keyword)),
        _ => _root.Texts(keyword),
    };

    public override IEnumerable<JsonValue> Annotations(string key) => summary.Annotations.Where(annotation => annotation.Key == key).Select(annotation => annotation.Value);

    public override IEnumerable<SegmentScope> Services => summary.Trace.Segments.Select(segment => new SegmentScope(segment, segment == summary.Root));

    public override IEnumerable<FilterEdge> Edges =>
        from target in summary.Trace.Segments
        let caller = summary.Trace.Entity(target.Text("parent_id"))
        where caller is not null
        let source = CompiledTrace.Owner(caller)
        // A segment that was called without a subsegment says itself how the call went.
        select new FilterEdge(source, target, new SegmentScope(caller == source ? target : caller, isRoot: false));
}

sealed class SegmentScope(JsonObject entity, bool isRoot) : FilterScope
{
    public JsonObject Segment => entity;

    public override bool Flag(string keyword) => keyword switch
    {
        "ok" => !entity.Flag("fault") && !entity.Flag("error") && !entity.Flag("throttle"),
        "partial" => entity.WithDescendants().Any(each => each.End() is null),
        "root" => isRoot,
        _ => entity.Flag(keyword),
    };

    public override IEnumerable<double> Numbers(string keyword)
    {
        var value = keyword == "http.status" ? entity.Block("http")?.Block("response")?.Number("status") : TraceSummary.Elapsed(entity);
        return value is { } number ? [number] : [];
    }

    public override IEnumerable<string> Texts(string keyword)
    {
        var request = entity.Block("http")?.Block("request");
        var value = keyword switch
        {
            "http.url" => request?.Text("url"),
            "http.method" => request?.Text("method"),
            "http.useragent" => request?.Text("user_agent"),
            "http.clientip" => request?.Text("client_ip"),
            "user" => entity.Text("user"),
            "name" => ServiceId.Of(entity).Name,
            "type" => ServiceId.Of(entity).Type,
            "availabilityzone" => TraceSummary.AvailabilityZone(entity),
            "instance.id" => entity.Block("aws")?.Block("ec2")?.Text("instance_id"),
            "resource.arn" => entity.Text("resource_arn"),
            _ => null,
        };
        if (keyword == "message") return (entity.Block("cause")?["exceptions"] as JsonArray)?.OfType<JsonObject>().Select(exception => exception.Text("message")).OfType<string>() ?? [];
        return value is null ? [] : [value];
    }
}

/// <summary>A service by name, type and account; what is null is not asked for.</summary>
sealed record FilterNode(string? Name, string? Type, string? Account)
{
    public static FilterNode Any { get; } = new(null, null, null);

    public bool Matches(JsonObject segment)
    {
        var service = ServiceId.Of(segment);
        return (Name is null || service.Name == Name || segment.Text("name") == Name) && (Type is null || service.Type == Type)
            && (Account is null || segment.Block("aws")?.Text("account_id") is not { } account || account == Account);
    }
}
