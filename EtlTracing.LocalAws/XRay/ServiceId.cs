using System.Text.Json.Nodes;

namespace EtlTracing.LocalAws.XRay;

/// <summary>A node of the service map: what has the same name and type is the same service.</summary>
readonly record struct ServiceId(string Name, string? Type)
{
    public const string ClientType = "client";

    public static ServiceId Of(JsonObject segment)
    {
        var name = segment.Text("name") ?? "";
        var origin = segment.Text("origin");
        if (!segment.Flag("inferred")) return new ServiceId(name, origin);
        // A called resource is named by itself where it is known, else by its service.
        return origin is null ? new ServiceId(name, "remote") : new ServiceId(Resource(segment.Block("aws"), origin) ?? name, origin);
    }

    static string? Resource(JsonObject? aws, string origin) => origin switch
    {
        "AWS::DynamoDB::Table" => (aws?["resource_names"] as JsonArray)?.OfType<JsonValue>().FirstOrDefault()?.ToString() ?? aws?.Text("table_name"),
        "AWS::SQS::Queue" => aws?.Text("queue_url")?.Split('/')[^1],
        _ => null,
    };

    public JsonObject ToJson(string account)
    {
        var json = new JsonObject { ["Name"] = Name, ["Names"] = new JsonArray(Name), ["AccountId"] = account };
        if (Type is not null) json["Type"] = Type;
        return json;
    }
}
