using EtlTracing.Traces;
using Spectre.Console;

namespace EtlTracing.Local;

/// <summary>A run in the terminal: the verdict, then the rows of the page's waterfall as a tree, then where rows were lost.</summary>
static class TraceView
{
    public static void Write(IAnsiConsole console, RunDetail detail, Usual usual, DateTimeOffset now)
    {
        var completeness = Completeness.Of(detail);
        console.WriteLine();
        console.WriteLine(Verdict.Of(detail, usual, completeness, now).ToString());
        if (detail.Trace.State == TraceState.Found)
        {
            console.Write(Tree(detail, Waterfall.Of(detail, usual, now)));
            console.WriteLine($"{completeness.Words}, trace {detail.Run.Input.TraceId}");
        }
        else
        {
            console.WriteLine(detail.Trace.Words);
        }
        if (Funnel.Of(detail) is { } funnel) console.WriteLine(Rows(funnel));
    }

    static Tree Tree(RunDetail detail, Waterfall waterfall)
    {
        var root = new Tree($"[bold]{Markup.Escape(detail.Run.Input.Key ?? detail.Run.Id)}[/]");
        // A row hangs under the last row of the level above it.
        var above = new List<IHasTreeNodes> { root };
        foreach (var row in waterfall.Rows)
        {
            above.RemoveRange(row.Level, above.Count - row.Level);
            var node = above[^1].AddNode(new Text(Line(row), row.Span is { Failed: true } || row.NeverClosed ? new Style(Color.Red) : row.Span?.IsSegment == true ? new Style(decoration: Decoration.Bold) : Style.Plain));
            if (row.Failure is var (type, cause)) node.AddNode(new Text($"{type}: {cause}", new Style(Color.Red)));
            above.Add(node);
        }
        return root;
    }

    static string Line(WaterfallRow row)
    {
        if (row.Kind == RowKind.NotReached) return $"{row.Label}  not reached";
        var line = $"{row.Label}  {(row.NeverClosed ? "> " : "")}{Units.Time(row.Length)}";
        if (row.NeverClosed) line += ", never closed";
        if (row.Excess is { } times) line += $", {Units.Ratio(times)} usual";
        if (row.Span is not { } span) return row.Attempts > 1 ? $"{line}  {row.Attempts} attempts" : line;
        if (span.Apportioned) line += " (its share)";
        if (span.Number(EtlAttributes.RowsIn) is { } rowsIn && span.Number(EtlAttributes.RowsOut) is { } rowsOut)
            line += rowsIn == rowsOut ? $"  {Units.Of(rowsOut, "row")}" : $"  {Units.Count(rowsIn)} → {Units.Of(rowsOut, "row")}";
        else if ((span.Number(EtlAttributes.RowsOut) ?? span.Number(EtlAttributes.RowsIn)) is { } rows)
            line += $"  {Units.Of(rows, "row")}";
        if (span.Failed) line += span.Fault ? "  FAULT" : "  ERROR";
        return line;
    }

    static string Rows(Funnel funnel)
    {
        var line = $"{Units.Of(funnel.Read, "row")} read";
        foreach (var lost in funnel.Lines) line += $", −{Units.Count(lost.Rows)} {(lost.Rejected ? "rejected: " : "")}{lost.Rule}";
        return $"{line}, {Units.Count(funnel.Written)} {(funnel.IsFinished ? "written" : "left when it ended")}";
    }
}
