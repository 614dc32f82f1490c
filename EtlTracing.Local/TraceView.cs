using EtlTracing.Traces;
using Spectre.Console;

namespace EtlTracing.Local;

/// <summary>A run in the terminal: the verdict, then its trace as a tree with durations and row counts.</summary>
static class TraceView
{
    public static void Write(IAnsiConsole console, RunDetail detail, Usual usual, DateTimeOffset now)
    {
        var completeness = Completeness.Of(detail);
        var verdict = Verdict.Of(detail, usual, completeness, now);
        console.WriteLine();
        console.WriteLine(verdict.ToString());
        if (detail.Trace.State != TraceState.Found)
        {
            console.WriteLine(detail.Trace.Words);
            return;
        }
        var root = new Tree($"[bold]{Markup.Escape(detail.Run.Input.Key ?? detail.Run.Id)}[/]  trace {Markup.Escape(detail.Run.Input.TraceId ?? "")}");
        foreach (var span in detail.Tree.Roots) Add(root, span);
        console.Write(root);
        console.WriteLine(completeness.Words);
    }

    static void Add(IHasTreeNodes parent, Span span)
    {
        // X-Ray makes a segment for each service that sends none; the call above it says the same.
        if (span.Inferred) return;
        var node = parent.AddNode(new Text(Line(span), span.Failed ? new Style(Color.Red) : span.IsSegment ? new Style(decoration: Decoration.Bold) : Style.Plain));
        foreach (var exception in span.Exceptions) node.AddNode(new Text($"{exception.Type}: {exception.Message}", new Style(Color.Red)));
        foreach (var child in span.Children) Add(node, child);
    }

    static string Line(Span span)
    {
        var line = $"{span.Label}  {(span.Duration is { } duration ? Units.Time(duration) : "never closed")}";
        if (span.Apportioned) line += " (its share)";
        if (span.Number(EtlAttributes.RowsIn) is { } rowsIn && span.Number(EtlAttributes.RowsOut) is { } rowsOut)
            line += rowsIn == rowsOut ? $"  {Units.Of(rowsOut, "row")}" : $"  {Units.Count(rowsIn)} → {Units.Of(rowsOut, "row")}";
        else if ((span.Number(EtlAttributes.RowsOut) ?? span.Number(EtlAttributes.RowsIn)) is { } rows)
            line += $"  {Units.Of(rows, "row")}";
        if (span.Failed) line += span.Fault ? "  FAULT" : "  ERROR";
        return line;
    }
}
