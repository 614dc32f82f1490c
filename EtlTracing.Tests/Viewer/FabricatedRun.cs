using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace EtlTracing.Tests.Viewer;

/// <summary>A run as AWS would tell it, made up: its execution, its history and its trace's documents.</summary>
public sealed class FabricatedRun
{
    public const string StateMachineArn = "arn:aws:states:us-east-2:000000000000:stateMachine:etl-workflow";

    readonly List<JsonObject> _documents = [];
    readonly List<JsonObject> _events = [];
    readonly double _start;
    int _ids;

    public FabricatedRun(string id, string key, DateTimeOffset start)
    {
        Id = id;
        Key = key;
        _start = start.ToUnixTimeMilliseconds() / 1000.0;
        TraceId = $"1-{start.ToUnixTimeSeconds():x8}-{Math.Abs(id.GetHashCode(StringComparison.Ordinal)):x8}{id.Length:x16}";
    }

    public string Id { get; }
    public string Key { get; }
    public string TraceId { get; init; }
    public string Arn => $"arn:aws:states:us-east-2:000000000000:execution:etl-workflow:{Id}";
    public string Status { get; set; } = "RUNNING";
    public double? StopAfter { get; set; }
    public string? Error { get; set; }

    /// <summary>Given, the input names no trace: the run was started by hand, with this header.</summary>
    public string? TraceHeader { get; set; }
    public string? Cause { get; set; }
    public JsonObject? Output { get; set; }
    public IReadOnlyList<string> Documents => [.. _documents.Select(document => document.ToJsonString())];
    public JsonArray Events => [.. _events.Select(e => e.DeepClone())];
    public double Start => _start;
    public string Input => JsonSerializer.Serialize(new Dictionary<string, object?>
    {
        ["bucket_name"] = "etl",
        ["object_key"] = Key,
        ["trace_id"] = TraceHeader is null ? TraceId : null,
        ["parent_id"] = "0000000000000001",
        ["sampled"] = true,
        ["version_id"] = null,
        ["etag"] = "abc",
        ["sequencer"] = "01",
    });

    /// <summary>Adds a document; times are seconds after the run's start. A null end is in progress.</summary>
    public string Add(string? parent, string name, double start, double? end, bool segment = false, Action<JsonObject>? more = null)
    {
        var id = (++_ids).ToString("x16", CultureInfo.InvariantCulture);
        var document = new JsonObject { ["id"] = id, ["trace_id"] = TraceId, ["name"] = name, ["start_time"] = _start + start };
        if (end is { } stop) document["end_time"] = _start + stop;
        else document["in_progress"] = true;
        if (!segment) document["type"] = "subsegment";
        if (parent is not null) document["parent_id"] = parent;
        more?.Invoke(document);
        _documents.Add(document);
        return id;
    }

    /// <summary>Closes a span whose end follows from what lies below it.</summary>
    public void SetEnd(string id, double end)
    {
        var document = _documents.Single(document => (string)document["id"]! == id);
        document.Remove("in_progress");
        document["end_time"] = _start + end;
    }

    public void Edit(string name, Action<JsonObject> edit)
    {
        foreach (var document in _documents)
            if ((string)document["name"]! == name) edit(document);
    }

    public void Remove(Predicate<JsonObject> match) => _documents.RemoveAll(match);

    public string Call(string parent, string service, string operation, double start, double end, string? key = null) =>
        Add(parent, service, start, end, more: document =>
        {
            document["namespace"] = "aws";
            document["aws"] = new JsonObject { ["operation"] = operation };
            if (key is not null) document["metadata"] = new JsonObject { ["default"] = new JsonObject { ["aws.s3.key"] = key } };
        });

    public string Step(string parent, string name, double start, double end, long rowsIn, long rowsOut) =>
        Add(parent, name, start, end, more: document => document["annotations"] = new JsonObject
        {
            ["etl.step"] = name,
            ["etl.rows.in"] = rowsIn,
            ["etl.rows.out"] = rowsOut,
        });

    public long Event(string type, long previous, double at, string? member = null, JsonObject? details = null)
    {
        var id = _events.Count + 1L;
        var e = new JsonObject { ["id"] = id, ["previousEventId"] = previous, ["type"] = type, ["timestamp"] = _start + at };
        if (member is not null) e[member] = details;
        _events.Add(e);
        return id;
    }

    public static JsonObject Fault(string type, string message) => new()
    {
        ["exceptions"] = new JsonArray(new JsonObject
        {
            ["id"] = "00000000000000ff",
            ["type"] = type,
            ["message"] = message,
            ["stack"] = new JsonArray(new JsonObject { ["path"] = "PriceColumn.cs", ["line"] = 41, ["label"] = "PriceColumn.Find" }),
        }),
    };
}
