using EtlTracing.Traces;
using EtlTracing.Viewer.Data;

namespace EtlTracing.Viewer.Pages;

public sealed record RunFile(string Way, string Key, string By, long? Rows, long? Bytes, bool IsParquet);

/// <summary>All that the page of one run shows, computed before it is rendered.</summary>
public sealed record RunModel
{
    public required RunDetail Detail { get; init; }
    public required Usual Usual { get; init; }
    public required Completeness Completeness { get; init; }
    public required Verdict Verdict { get; init; }
    public required Waterfall Waterfall { get; init; }
    public required TraceMap Map { get; init; }
    public required Funnel? Funnel { get; init; }
    public required Told<IReadOnlyList<Reject>> Rejects { get; init; }
    public required IReadOnlyList<RunEntry> Earlier { get; init; }
    public required IReadOnlyList<RunFile> Files { get; init; }
    public required WaterfallRow? Selected { get; init; }

    /// <summary>The reader chose the span; otherwise the page did, and a small screen does not open it.</summary>
    public required bool Chosen { get; init; }
    public required bool AllOpen { get; init; }
    public required string Bucket { get; init; }
    public required DateTimeOffset Now { get; init; }

    /// <summary>Null where actions are not allowed.</summary>
    public string? FormToken { get; init; }
    public string? FormField { get; init; }

    public Run Run => Detail.Run;
    public TimeSpan Length => Detail.Length(Now);

    public IReadOnlyList<TimeSpan?> Times =>
        [.. Earlier.Reverse().Select(entry => entry.Run.Status == RunStatus.Succeeded ? entry.Duration : null), Run.Status == RunStatus.Succeeded ? Length : null];

    public static RunModel Of(RunDetail detail, RunCatalog catalog, Told<IReadOnlyList<Reject>> rejects, string bucket, string? span, bool allOpen, DateTimeOffset now)
    {
        var usual = catalog.UsualBefore(detail.Run);
        var completeness = Completeness.Of(detail);
        var verdict = Verdict.Of(detail, usual, completeness, now);
        var waterfall = Waterfall.Of(detail, usual, now);
        var chosen = span is null ? null : waterfall.Rows.FirstOrDefault(row => row.Key == span);
        return new RunModel
        {
            Detail = detail,
            Usual = usual,
            Completeness = completeness,
            Verdict = verdict,
            Waterfall = waterfall,
            Map = TraceMap.Of(detail, now),
            Funnel = Funnel.Of(detail),
            Rejects = rejects,
            Earlier = catalog.Earlier(detail.Run),
            Files = FilesOf(detail),
            Selected = chosen ?? waterfall.Rows.FirstOrDefault(row => row.Key == verdict.SpanKey),
            Chosen = chosen is not null,
            AllOpen = allOpen,
            Bucket = bucket,
            Now = now,
        };
    }

    static List<RunFile> FilesOf(RunDetail detail)
    {
        var files = new List<RunFile>();
        if (detail.Run.Input.Key is { } input)
            files.Add(new RunFile("in", input, "uploaded", detail.Outputs is [var first, ..] ? first.RowsRead : null, detail.Outputs is [var read, ..] ? read.BytesRead : null, false));
        foreach (var output in detail.Outputs)
        {
            var last = ReferenceEquals(output, detail.Outputs[^1]) && detail.Run.Status == RunStatus.Succeeded;
            if (output.OutputKey is { } key) files.Add(new RunFile(last ? "out" : "between", key, $"{output.Job}, Write Data", output.RowsOut, output.BytesWritten, true));
            if (output.GroupsKey is { } groups) files.Add(new RunFile("out", groups, $"{output.Job}, groups", null, null, true));
            if (output.RejectedKey is { } rejected) files.Add(new RunFile("aside", rejected, $"{output.Job}, rejects", output.RowsRejected, null, false));
        }
        return files;
    }
}

/// <summary>One span's detail, for the page and for the fragment that the script asks for.</summary>
public sealed record SpanModel(RunDetail Detail, WaterfallRow Row, Usual Usual, DateTimeOffset RunStart, TimeSpan RunLength, IReadOnlyList<TimeSpan?> Times, bool Chosen)
{
    public static SpanModel? Of(RunModel model, RunCatalog catalog) =>
        model.Selected is not { } row ? null : new SpanModel(
            model.Detail, row, model.Usual, model.Waterfall.Start, model.Length,
            row.Span is not { Duration: { } took } span ? [] :
            [
                .. catalog.Earlier(model.Run).Reverse()
                    .Where(entry => entry.Run.Status == RunStatus.Succeeded)
                    .Select(entry => entry.Digest?.Profile.Step(span.StepKey)?.Duration).Where(time => time is not null),
                took,
            ],
            model.Chosen);
}
