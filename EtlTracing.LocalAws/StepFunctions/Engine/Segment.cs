using System.Globalization;
using System.Text.Json.Nodes;

namespace EtlTracing.LocalAws.StepFunctions.Engine;

/// <summary>One attempt of one state: a subsegment of the execution's segment, nested as the states are.</summary>
public sealed class Subsegment
{
    public string Id { get; set; } = "";
    public string Name { get; set; } = "";
    public DateTimeOffset Start { get; set; }
    public DateTimeOffset? End { get; set; }
    public string? Error { get; set; }
    public string? Cause { get; set; }
    public List<Subsegment>? Children { get; set; }
}

/// <summary>
/// The execution's part of its trace. It is kept with the execution, so that after a restart the same ids go on.
/// </summary>
public sealed class Segment
{
    /// <summary>
    /// The most attempts shown. A document may have 64 KB (docs.aws.amazon.com/xray: segment documents), so of a
    /// workflow with long loops the oldest finished attempts are dropped.
    /// </summary>
    const int MaxAttempts = 150;

    public string TraceId { get; set; } = "";
    public string? ParentId { get; set; }
    public string Id { get; set; } = "";
    public List<Subsegment> Attempts { get; set; } = [];
    public int Count { get; set; }

    /// <summary>When it isn't the execution's own start.</summary>
    public DateTimeOffset? Start { get; set; }

    /// <summary>
    /// What a trace header and the machine's tracing setting make of a new execution: a header with a trace id is
    /// followed even when tracing is off; without one, tracing starts a trace of its own; not sampled means nothing.
    /// </summary>
    public static Segment? For(string? header, bool tracing, DateTimeOffset now)
    {
        string? root = null, parent = null, sampled = null;
        foreach (var part in (header ?? "").Split(';', StringSplitOptions.TrimEntries))
        {
            if (part.Split('=', 2) is not [var key, var value]) continue;
            if (key == "Root") root = value;
            else if (key == "Parent") parent = value;
            else if (key == "Sampled") sampled = value;
        }
        if (root is not null && !IsTraceId(root)) root = parent = null;
        if (sampled == "0" || (root is null && !tracing)) return null;
        if (parent is not null && (parent.Length != 16 || !parent.All(char.IsAsciiHexDigit))) parent = null;
        return new Segment { TraceId = root ?? NewTraceId(now), ParentId = parent, Id = NewId() };
    }

    public Subsegment Begin(string name, Subsegment? below, DateTimeOffset now)
    {
        var attempt = new Subsegment { Id = NewId(), Name = name, Start = now };
        var among = below is null ? Attempts : below.Children ??= [];
        if (++Count > MaxAttempts && DropOldest(Attempts)) Count--;
        among.Add(attempt);
        return attempt;
    }

    /// <summary>A further segment of the same trace, for a redrive.</summary>
    public Segment Again(DateTimeOffset now) => new() { TraceId = TraceId, ParentId = ParentId, Id = NewId(), Start = now };

    public Subsegment? Find(string id) => Find(Attempts, id);

    static Subsegment? Find(List<Subsegment> among, string id)
    {
        foreach (var attempt in among)
        {
            if (attempt.Id == id) return attempt;
            if (attempt.Children is { } children && Find(children, id) is { } found) return found;
        }
        return null;
    }

    public JsonObject ToDocument(Execution execution, DateTimeOffset? end)
    {
        var document = new JsonObject
        {
            ["trace_id"] = TraceId,
            ["id"] = Id,
            ["name"] = Clean(execution.Machine.Name),
            ["origin"] = "AWS::StepFunctions::StateMachine",
            ["start_time"] = Seconds(Start ?? execution.Started),
        };
        if (ParentId is not null) document["parent_id"] = ParentId;
        if (end is { } at) document["end_time"] = Seconds(at);
        else document["in_progress"] = true;
        if (execution.Status is "FAILED" or "TIMED_OUT") Blame(document, execution.Error, execution.Cause);
        else if (execution.Status == "ABORTED") document["error"] = true;
        document["aws"] = new JsonObject
        {
            ["account_id"] = execution.Arn.Split(':')[4],
            ["region"] = execution.Arn.Split(':')[3],
            ["execution_arn"] = execution.Arn,
            ["state_machine_arn"] = execution.Machine.Arn,
        };
        if (Attempts.Count > 0) document["subsegments"] = ToArray(Attempts, end);
        return document;
    }

    static JsonArray ToArray(List<Subsegment> attempts, DateTimeOffset? end)
    {
        var array = new JsonArray();
        foreach (var attempt in attempts)
        {
            var made = new JsonObject { ["id"] = attempt.Id, ["name"] = Clean(attempt.Name), ["start_time"] = Seconds(attempt.Start) };
            if ((attempt.End ?? end) is { } at) made["end_time"] = Seconds(at);
            else made["in_progress"] = true;
            if (attempt.Error is not null) Blame(made, attempt.Error, attempt.Cause);
            if (attempt.Children is { Count: > 0 } children) made["subsegments"] = ToArray(children, attempt.End ?? end);
            array.Add(made);
        }
        return array;
    }

    static void Blame(JsonObject document, string? error, string? cause)
    {
        document["fault"] = true;
        document["cause"] = new JsonObject
        {
            ["exceptions"] = new JsonArray(new JsonObject { ["id"] = NewId(), ["type"] = Cut(error ?? "States.TaskFailed"), ["message"] = Cut(cause ?? "") }),
        };
    }

    static bool DropOldest(List<Subsegment> attempts)
    {
        foreach (var attempt in attempts)
        {
            if (attempt.Children is { Count: > 0 } children && DropOldest(children)) return true;
            if (attempt.End is null || attempt.Children is { Count: > 0 }) continue;
            attempts.Remove(attempt);
            return true;
        }
        return false;
    }

    static double Seconds(DateTimeOffset time) => Math.Round((time - DateTimeOffset.UnixEpoch).TotalSeconds, 6);

    static string Cut(string text) => text.Length <= 250 ? text : text[..250];

    /// <summary>X-Ray's names are letters, digits, white space and some signs, 200 at most.</summary>
    static string Clean(string name)
    {
        var clean = new string([.. name.Where(c => char.IsLetterOrDigit(c) || char.IsWhiteSpace(c) || "_.:/%&#=+\\-@".Contains(c))]);
        return clean.Length == 0 ? "state" : clean.Length <= 200 ? clean : clean[..200];
    }

    static bool IsTraceId(string text) => text.Length == 35 && text[1] == '-' && text[10] == '-' && text[0] == '1' && text[2..10].All(char.IsAsciiHexDigit) && text[11..].All(char.IsAsciiHexDigit);

    static string NewTraceId(DateTimeOffset now) => string.Create(CultureInfo.InvariantCulture, $"1-{now.ToUnixTimeSeconds():x8}-{System.Security.Cryptography.RandomNumberGenerator.GetHexString(24, lowercase: true)}");

    static string NewId() => System.Security.Cryptography.RandomNumberGenerator.GetHexString(16, lowercase: true);
}
