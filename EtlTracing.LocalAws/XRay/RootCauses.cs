using System.Text.Json.Nodes;

namespace EtlTracing.LocalAws.XRay;

/// <summary>
/// The paths from a trace's root to where its fault, error or time came from, service by service
/// (https://docs.aws.amazon.com/xray/latest/api/API_FaultRootCause.html).
/// </summary>
static class RootCauses
{
    /// <summary>Follows the flag down as far as it goes; empty when the root does not have it.</summary>
    public static JsonArray Of(TraceSummary summary, string flag, string account) => summary.Root?.Flag(flag) == true
        ? Path(summary, account, entity => entity.Flag(flag), withExceptions: true)
        : [];

    /// <summary>Follows what took at least half of the response time.</summary>
    public static JsonArray OfResponseTime(TraceSummary summary, string account) => summary.ResponseTime is > 0 and var total
        ? Path(summary, account, entity => TraceSummary.Elapsed(entity) >= total / 2, withExceptions: false)
        : [];

    static JsonArray Path(TraceSummary summary, string account, Func<JsonObject, bool> follow, bool withExceptions)
    {
        var services = new JsonArray();
        var called = summary.Trace.Segments.Where(segment => segment.Text("parent_id") is not null).ToLookup(segment => segment.Text("parent_id"));
        var seen = new HashSet<JsonObject>();
        for (var segment = summary.Root; segment is not null && seen.Add(segment);)
        {
            var entities = new JsonArray();
            JsonObject? next = null;
            for (var entity = segment; entity is not null;)
            {
                entities.Add(Entity(entity, summary, withExceptions));
                next = called[entity.Text("id")].FirstOrDefault(follow);
                entity = entity.Subsegments().Where(follow).MaxBy(child => TraceSummary.Elapsed(child) ?? 0);
            }
            var service = ServiceId.Of(segment).ToJson(account);
            service["EntityPath"] = entities;
            service["Inferred"] = segment.Flag("inferred");
            services.Add(service);
            segment = next;
        }
        return [new JsonObject { ["Services"] = services, ["ClientImpacting"] = true }];
    }

    static JsonObject Entity(JsonObject entity, TraceSummary summary, bool withExceptions)
    {
        var json = new JsonObject { ["Name"] = entity.Text("name") ?? "" };
        if (withExceptions)
        {
            var exceptions = new JsonArray();
            foreach (var exception in (entity.Block("cause")?["exceptions"] as JsonArray)?.OfType<JsonObject>() ?? [])
                exceptions.Add(new JsonObject { ["Name"] = exception.Text("type") ?? "", ["Message"] = exception.Text("message") ?? "" });
            json["Exceptions"] = exceptions;
        }
        else
        {
            json["Coverage"] = Math.Round(Math.Min(1, (TraceSummary.Elapsed(entity) ?? 0) / summary.ResponseTime!.Value), 3);
        }
        json["Remote"] = entity.Text("namespace") is "aws" or "remote";
        return json;
    }
}
