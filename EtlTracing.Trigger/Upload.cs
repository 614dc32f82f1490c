using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace EtlTracing.Trigger;

/// <summary>One object created in the bucket, as an event told it.</summary>
public sealed record Upload(string Bucket, string Key, string? VersionId, string? ETag, string? Sequencer)
{
    /// <summary>Folders made in a console are empty objects whose key ends in '/'.</summary>
    public bool IsInput => Key.StartsWith(EtlNames.InputPrefix, StringComparison.Ordinal) && !Key.EndsWith('/');

    /// <summary>The same for each delivery of the same event, so that it starts one run however often it comes.</summary>
    public string ExecutionName =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{Bucket}\n{Key}\n{VersionId ?? ETag}\n{Sequencer}")));

    /// <summary>
    /// Reads an S3 notification (any 2.x, all its records) or an EventBridge event 'Object Created'. Other events of S3, and the
    /// test event that S3 sends when a notification is set up, hold no upload.
    /// </summary>
    /// <exception cref="FormatException">It is none of these; the message says what was found and expected.</exception>
    public static IReadOnlyList<Upload> Read(JsonElement body)
    {
        if (body.ValueKind != JsonValueKind.Object) throw new FormatException($"found a JSON {body.ValueKind}; expected an object with 'Records' or 'detail'");
        if (body.TryGetProperty("Records", out var records) && records.ValueKind == JsonValueKind.Array)
            return [.. records.EnumerateArray().Where(IsObjectCreated).Select(FromNotification)];
        if (body.TryGetProperty("detail-type", out var type))
            return type.ValueEquals("Object Created") ? [FromEventBridge(body)] : [];
        if (body.TryGetProperty("Event", out var name) && name.ValueEquals("s3:TestEvent")) return [];
        throw new FormatException(
            $"found an object with {string.Join(", ", body.EnumerateObject().Select(member => $"'{member.Name}'").DefaultIfEmpty("nothing"))}; expected 'Records' of an S3 notification, or 'detail' of an EventBridge event");
    }

    static bool IsObjectCreated(JsonElement record)
    {
        var version = Text(record, "eventVersion");
        if (!version.StartsWith("2.", StringComparison.Ordinal)) throw new FormatException($"found eventVersion '{version}'; expected 2.x");
        return Text(record, "eventName").StartsWith("ObjectCreated:", StringComparison.Ordinal);
    }

    // {"s3":{"bucket":{"name":"etl"},"object":{"key":"input/a+b%2Bc.csv","eTag":"…","sequencer":"…","versionId":"…"}}}
    static Upload FromNotification(JsonElement record)
    {
        var s3 = Member(record, "s3");
        var stored = Member(s3, "object");
        return new(Text(Member(s3, "bucket"), "name"), WebUtility.UrlDecode(Text(stored, "key")),
            OptionalText(stored, "versionId"), OptionalText(stored, "eTag"), OptionalText(stored, "sequencer"));
    }

    // {"detail-type":"Object Created","detail":{"bucket":{"name":"etl"},"object":{"key":"input/a b+c.csv","etag":"…","sequencer":"…","version-id":"…"}}}
    static Upload FromEventBridge(JsonElement body)
    {
        var detail = Member(body, "detail");
        var stored = Member(detail, "object");
        return new(Text(Member(detail, "bucket"), "name"), Text(stored, "key"),
            OptionalText(stored, "version-id"), OptionalText(stored, "etag"), OptionalText(stored, "sequencer"));
    }

    static JsonElement Member(JsonElement parent, string name) =>
        parent.ValueKind == JsonValueKind.Object && parent.TryGetProperty(name, out var member)
            ? member
            : throw new FormatException($"found no '{name}' in {Shortened(parent)}");

    static string Text(JsonElement parent, string name) =>
        Member(parent, name) is { ValueKind: JsonValueKind.String } text
            ? text.GetString()!
            : throw new FormatException($"found '{name}' that is no text in {Shortened(parent)}");

    static string? OptionalText(JsonElement parent, string name) =>
        parent.TryGetProperty(name, out var member) && member.ValueKind == JsonValueKind.String ? member.GetString() : null;

    static string Shortened(JsonElement element) => element.GetRawText() is { Length: > 200 } text ? text[..200] + "…" : element.GetRawText();
}
