using System.Text.Json;
using System.Text.Json.Nodes;

namespace EtlTracing.LocalAws.XRay;

/// <summary>What GetTraceSummaries and its filters know of a trace (https://docs.aws.amazon.com/xray/latest/api/API_TraceSummary.html).</summary>
sealed class TraceSummary
{
    public TraceSummary(CompiledTrace trace)
    {
        Trace = trace;
        var sent = trace.Segments.Where(segment => !segment.Flag("inferred")).ToList();
        var ids = sent.SelectMany(segment => segment.WithDescendants()).Select(entity => entity.Text("id")).ToHashSet();
        // The first segment that was not called by another one of the trace.
        Root = sent.FirstOrDefault(segment => !ids.Contains(segment.Text("parent_id"))) ?? sent.FirstOrDefault();
    }

    public CompiledTrace Trace { get; }

    /// <summary>Null when only subsegments have come.</summary>
    public JsonObject? Root { get; }

    public double? ResponseTime => Root is null ? null : Elapsed(Root);

    public bool IsPartial => Trace.Orphans > 0 || Root is null || Trace.Segments.Any(segment =>
        segment.WithDescendants().Any(entity => entity.End() is null || InferredSegment.IsTraced(entity) && !IsAnswered(entity)));

    public IEnumerable<(string Key, JsonValue Value, JsonObject Segment)> Annotations =>
        from segment in Trace.Segments
        from entity in segment.WithDescendants()
        from annotation in entity.Block("annotations") ?? []
        where annotation.Value is JsonValue
        select (annotation.Key, (JsonValue)annotation.Value!, segment);

    public static double? Elapsed(JsonObject entity) => entity.End() is { } end ? Math.Round(Math.Max(0, end - entity.Start()), 3) : null;

    public JsonObject ToJson(string account)
    {
        var json = new JsonObject { ["Id"] = Trace.Id };
        if (Trace.Segments.Count > 0) json["StartTime"] = Trace.Segments.Min(segment => segment.Start());
        if (Trace.Duration is { } duration) json["Duration"] = duration;
        if (ResponseTime is { } response) json["ResponseTime"] = response;
        json["HasFault"] = Root?.Flag("fault") ?? false;
        json["HasError"] = Root?.Flag("error") ?? false;
        json["HasThrottle"] = Root?.Flag("throttle") ?? false;
        json["IsPartial"] = IsPartial;
        json["Http"] = Http(Root?.Block("http"));
        json["Annotations"] = AnnotationsJson(account);
        json["Users"] = Users(account);
        json["ServiceIds"] = Services(Trace.Segments, account);
        json["ResourceARNs"] = Distinct("ARN", segment => segment.Text("resource_arn"));
        json["InstanceIds"] = Distinct("Id", segment => segment.Block("aws")?.Block("ec2")?.Text("instance_id"));
        json["AvailabilityZones"] = Distinct("Name", AvailabilityZone);
        if (Root is not null) json["EntryPoint"] = ServiceId.Of(Root).ToJson(account);
        json["FaultRootCauses"] = RootCauses.Of(this, "fault", account);
        json["ErrorRootCauses"] = RootCauses.Of(this, "error", account);
        json["ResponseTimeRootCauses"] = RootCauses.OfResponseTime(this, account);
        json["Revision"] = Trace.Revision;
        return json;
    }

    public static string? AvailabilityZone(JsonObject segment) =>
        segment.Block("aws")?.Block("ec2")?.Text("availability_zone") ?? segment.Block("aws")?.Block("ecs")?.Text("availability_zone");

    bool IsAnswered(JsonObject subsegment) => Trace.Segments.Any(segment => segment.Text("parent_id") == subsegment.Text("id"));

    static JsonObject Http(JsonObject? http)
    {
        var json = new JsonObject();
        var request = http?.Block("request");
        Set("HttpURL", "url");
        if (http?.Block("response")?.Number("status") is { } status) json["HttpStatus"] = (int)Math.Clamp(status, 0, int.MaxValue);
        Set("HttpMethod", "method");
        Set("UserAgent", "user_agent");
        Set("ClientIp", "client_ip");
        return json;

        void Set(string name, string field)
        {
            if (request?.Text(field) is { } value) json[name] = value;
        }
    }

    JsonObject AnnotationsJson(string account)
    {
        var json = new JsonObject();
        foreach (var key in Annotations.GroupBy(annotation => annotation.Key))
        {
            var values = new JsonArray();
            foreach (var value in key.GroupBy(annotation => annotation.Value.ToJsonString()))
                values.Add(new JsonObject { ["AnnotationValue"] = AnnotationValue(value.First().Value), ["ServiceIds"] = Services(value.Select(annotation => annotation.Segment), account) });
            json[key.Key] = values;
        }
        return json;
    }

    static JsonObject AnnotationValue(JsonValue value) => value.GetValueKind() switch
    {
        JsonValueKind.Number => new JsonObject { ["NumberValue"] = value.DeepClone() },
        JsonValueKind.True or JsonValueKind.False => new JsonObject { ["BooleanValue"] = value.DeepClone() },
        _ => new JsonObject { ["StringValue"] = value.ToString() },
    };

    JsonArray Users(string account)
    {
        var users = new JsonArray();
        foreach (var user in Trace.Segments.Where(segment => segment.Text("user") is not null).GroupBy(segment => segment.Text("user")))
            users.Add(new JsonObject { ["UserName"] = user.Key, ["ServiceIds"] = Services(user, account) });
        return users;
    }

    static JsonArray Services(IEnumerable<JsonObject> segments, string account) => [.. segments.Select(ServiceId.Of).Distinct().Select(service => service.ToJson(account))];

    JsonArray Distinct(string member, Func<JsonObject, string?> value) =>
        [.. Trace.Segments.Select(value).OfType<string>().Distinct().Select(each => new JsonObject { [member] = each })];
}
