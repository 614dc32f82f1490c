using System.Text.Json.Nodes;
using EtlTracing.LocalAws.StepFunctions.Language;
using EtlTracing.LocalAws.StepFunctions.Storage;

namespace EtlTracing.LocalAws.StepFunctions.Api;

/// <summary>Tags of state machines and activities, kept as one JSON object a resource.</summary>
public sealed class TagApi(Store store, Journal journal)
{
    const int MaxTags = 50;

    public Task<JsonObject> ListAsync(Request request)
    {
        var tags = Find(Arn(request));
        return Task.FromResult(new JsonObject { ["tags"] = new JsonArray([.. tags.Select(tag => new JsonObject { ["key"] = tag.Key, ["value"] = tag.Value!.GetValue<string>() })]) });
    }

    public async Task<JsonObject> TagAsync(Request request)
    {
        var arn = Arn(request);
        var tags = Find(arn);
        foreach (var (key, value) in (JsonObject)StateData.Parse(Read(request["tags"]))!) tags[key] = value!.GetValue<string>();
        if (tags.Count > MaxTags) throw new ServiceException("TooManyTags", $"Too Many Tags: '{arn}'");
        await SaveAsync(arn, tags);
        return [];
    }

    public async Task<JsonObject> UntagAsync(Request request)
    {
        var arn = Arn(request);
        var tags = Find(arn);
        foreach (var key in request["tagKeys"] as JsonArray ?? [])
            if (JsonComparison.Text(key) is { } name) tags.Remove(name);
        await SaveAsync(arn, tags);
        return [];
    }

    /// <summary>A list of keys and values as the object that is kept.</summary>
    public static string Read(JsonNode? tags)
    {
        var made = new JsonObject();
        foreach (var tag in tags as JsonArray ?? [])
            if (tag is JsonObject one && JsonComparison.Text(one["key"]) is { } key) made[key] = JsonComparison.Text(one["value"]) ?? "";
        return StateData.Write(made);
    }

    JsonObject Find(string arn) => store.Query("SELECT tags FROM machines WHERE arn = $1 UNION ALL SELECT tags FROM activities WHERE arn = $1", row => (JsonObject)StateData.Parse(row.GetString(0))!, arn) is [var tags]
        ? tags
        : throw ServiceException.NoResource(arn);

    Task SaveAsync(string arn, JsonObject tags) => journal.WriteAsync(writer =>
    {
        writer.Run("UPDATE machines SET tags = $2 WHERE arn = $1", arn, StateData.Write(tags));
        writer.Run("UPDATE activities SET tags = $2 WHERE arn = $1", arn, StateData.Write(tags));
    });

    static string Arn(Request request) => Arns.Check(request.Required("resourceArn", 256), "stateMachine", "activity");
}
