namespace EtlTracing.Traces;

/// <summary>
/// A process or a folder. Columns: 0 upload, 1 trigger, 2 workflow, 3 jobs, 4 stores. <c>Share</c> is of the run, where that says
/// something; <c>Faults</c> are of <c>Count</c> tries; <c>SpanKey</c> is where a click leads.
/// </summary>
public sealed record MapNode(string Key, int Column, string Name, string Value, string Note, double? Share, int Faults, int Count, string? SpanKey)
{
    /// <summary>Known from the definition but never reached.</summary>
    public bool NotReached { get; init; }
    public bool Running { get; init; }
}

public sealed record MapEdge(string From, string To, string Label, bool Fault);

/// <summary>Who called whom in a run, with time and faults: one node a process and one a folder of the bucket.</summary>
public sealed record TraceMap(IReadOnlyList<MapNode> Nodes, IReadOnlyList<MapEdge> Edges)
{
    const int LongestNote = 24;

    /// <summary>From the top: in this order no line crosses another.</summary>
    static readonly string[] s_stores = ["b:" + EtlNames.InputPrefix, "b:" + EtlNames.RejectedPrefix, "b:" + EtlNames.CleanPrefix, "b:" + EtlNames.ProcessedPrefix];

    public static TraceMap Of(RunDetail detail, DateTimeOffset now)
    {
        var nodes = new List<MapNode>();
        var edges = new List<MapEdge>();
        var total = detail.Length(now);
        var tree = detail.Tree;
        var stores = new Dictionary<string, TimeSpan>(StringComparer.Ordinal);
        var bytes = detail.Outputs.Count > 0 ? detail.Outputs[0].BytesRead : 0;
        nodes.Add(new MapNode("upload", 0, "Upload", bytes > 0 ? Units.Bytes(bytes) : "file", Cut(detail.Run.Input.Folder), null, 0, 1, null));

        var before = "upload";
        foreach (var segment in tree.All.Where(span => span is { Role: SpanRole.Segment, IsSegment: true }))
        {
            nodes.Add(Node("s:" + segment.Id, 1, segment.Name, [segment], "1 event", null));
            edges.Add(new MapEdge(before, "s:" + segment.Id, "1 event", segment.Failed));
            before = "s:" + segment.Id;
        }
        // A redrive makes another segment.
        var workflows = tree.All.Where(span => span.Role == SpanRole.Workflow).ToList();
        var states = tree.States.ToList();
        var retries = detail.Attempts.Count(attempt => attempt.Number > 1);
        var note = $"{Units.Of(detail.Attempts.Select(attempt => attempt.State).Distinct().Count(), "state")}, {(retries == 0 ? "no retry" : Units.Of(retries, "retry", "retries"))}";
        nodes.Add(new MapNode(
            "workflow", 2, EtlNames.StateMachine, Units.Short(workflows.Count == 0 ? total : TimeSpan.FromTicks(workflows.Sum(span => Length(span).Ticks))), note, null,
            detail.FailedAttempts.Count(), Math.Max(1, detail.Attempts.Count), workflows.FirstOrDefault()?.Key)
        { Running = !detail.Run.IsOver });
        edges.Add(new MapEdge(before, "workflow", tree.All.FirstOrDefault(span => span is { Role: SpanRole.Call, Name: "SFN" }) is { } start ? $"1 start, {Units.Time(Length(start))}" : "1 start", false));

        foreach (var jobs in tree.Jobs.GroupBy(job => job.Name))
        {
            var attempts = jobs.ToList();
            var spent = TimeSpan.FromTicks(attempts.Sum(job => Length(job).Ticks));
            var share = total > TimeSpan.Zero ? Math.Min(1, spent / total) : 0;
            var faults = attempts.Count(job => job.Failed || job.End is null && detail.Run.IsOver || job.Parent is { Role: SpanRole.State, Failed: true });
            var key = "j:" + jobs.Key;
            nodes.Add(Node(key, 3, jobs.Key, attempts, attempts.Count == 1 ? $"{Units.Share(share)} of the run" : $"{attempts.Count} attempts, {Units.Of(faults, "fault")}", share) with { Faults = faults });
            var wait = attempts[0].Parent is { Role: SpanRole.State } state ? $"{Units.Time(attempts[0].Start - state.Start)} wait" : "task";
            edges.Add(new MapEdge("workflow", key, faults > 0 ? $"{Units.Of(attempts.Count, "task")}, {Units.Of(faults, "fault")}" : wait, faults > 0));
            AddStores(attempts, key);
        }
        foreach (var (state, service) in new[] { (EtlNames.CleanState, EtlNames.CleanJobService), (EtlNames.ProcessState, EtlNames.ProcessJobService) })
            if (!nodes.Exists(node => node.Key == "j:" + service))
            {
                var scheduled = detail.Attempts.Any(attempt => attempt.State == state) || states.Exists(span => span.Name == state);
                nodes.Add(new MapNode("j:" + service, 3, service, "–", scheduled ? "no trace of it" : detail.Run.IsOver ? "not reached" : "not yet", null, 0, 1, null) { NotReached = true });
                edges.Add(new MapEdge("workflow", "j:" + service, "", false));
            }
        if (detail.Run.IsOver && detail.Run.Status != RunStatus.Succeeded) AddUnwritten();
        return new TraceMap([.. nodes.OrderBy(node => node.Column < 4 ? -1 : Array.IndexOf(s_stores, node.Key) is var at and >= 0 ? at : s_stores.Length)], edges);

        void AddUnwritten()
        {
            foreach (var (service, folder) in new[] { (EtlNames.CleanJobService, EtlNames.CleanPrefix), (EtlNames.ProcessJobService, EtlNames.ProcessedPrefix) })
            {
                if (nodes.Exists(node => node.Key == "b:" + folder)) continue;
                nodes.Add(new MapNode("b:" + folder, 4, $"S3 {folder}", "–", "nothing written", null, 0, 1, null) { NotReached = true });
                edges.Add(new MapEdge("j:" + service, "b:" + folder, "", false));
            }
        }

        MapNode Node(string key, int column, string name, List<Span> spans, string words, double? part) => new(
            key, column, name, Units.Short(TimeSpan.FromTicks(spans.Sum(span => Length(span).Ticks))), words, part,
            spans.Count(span => span.Failed), spans.Count, spans[^1].Key)
        { Running = !detail.Run.IsOver && spans.Exists(span => span.End is null) };

        TimeSpan Length(Span span) =>
            span.Duration ?? (detail.Run.IsOver ? span.LastSign : now) - span.Start;

        void AddStores(List<Span> jobs, string from)
        {
            var calls = jobs.SelectMany(job => job.Subtree()).Where(span => span is { Role: SpanRole.Call, Name: "S3" });
            foreach (var folder in calls.GroupBy(call => Folder(call, detail)))
            {
                var list = folder.ToList();
                var key = "b:" + folder.Key;
                var spent = TimeSpan.FromTicks(list.Sum(call => Length(call).Ticks));
                var known = nodes.FindIndex(node => node.Key == key);
                if (known < 0) nodes.Add(new MapNode(key, 4, $"S3 {folder.Key}", Units.Short(spent), Units.Of(list.Count, "call"), null, list.Count(call => call.Failed), list.Count, list[0].Key));
                else
                    nodes[known] = nodes[known] with
                    {
                        Count = nodes[known].Count + list.Count,
                        Note = Units.Of(nodes[known].Count + list.Count, "call"),
                        Faults = nodes[known].Faults + list.Count(call => call.Failed),
                        Value = Units.Short(spent + stores[key]),
                    };
                stores[key] = stores.GetValueOrDefault(key) + spent;
                var reads = list.All(IsRead);
                // The job counts its bytes, not each call; those of rejects are not among them.
                var moved = folder.Key == EtlNames.RejectedPrefix ? 0 : jobs.Sum(job => job.Number(reads ? EtlAttributes.BytesRead : EtlAttributes.BytesWritten) ?? 0);
                edges.Add(new MapEdge(from, key, $"{(reads ? "read" : "write")}{(moved > 0 ? " " + Units.Bytes(moved) : "")}", list.Exists(call => call.Failed)));
            }
        }
    }

    /// <summary>Below a circle there is room for some letters; the end of a path says more than its beginning.</summary>
    static string Cut(string folder) => folder.Length > LongestNote ? "…" + folder[^(LongestNote - 1)..] : folder;

    static bool IsRead(Span call) => call.AwsOperation is { } operation && (operation.StartsWith("Get", StringComparison.Ordinal) || operation.StartsWith("Head", StringComparison.Ordinal));

    /// <summary>By the call's own key where it says one, else by what the job's part is known to touch.</summary>
    static string Folder(Span call, RunDetail detail)
    {
        var key = call.Attribute("aws.s3.key");
        if (key is null)
        {
            var clean = call.Segment.Name == EtlNames.CleanJobService;
            return IsRead(call) ? clean ? EtlNames.InputPrefix : EtlNames.CleanPrefix : clean ? EtlNames.CleanPrefix : EtlNames.ProcessedPrefix;
        }
        var slash = key.IndexOf('/');
        return slash < 0 ? detail.Run.Input.Bucket ?? "/" : key[..(slash + 1)];
    }
}
