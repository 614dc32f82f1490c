using System.Text;
using EtlTracing.Tests.Support;

namespace EtlTracing.Tests.EndToEnd;

/// <summary>Prints recorded spans as the tree that an OTLP back end such as the Aspire dashboard shows.</summary>
static class SpanTree
{
    /// <summary>One line a span: service: name (Kind); children in order of start.</summary>
    public static string Print(IReadOnlyList<RecordedSpan> spans)
    {
        var text = new StringBuilder();
        var known = spans.Select(span => span.SpanId).ToHashSet();
        foreach (var root in InOrder(spans.Where(span => !known.Contains(span.ParentId)))) Print(root, 0);
        return text.ToString();

        void Print(RecordedSpan span, int depth)
        {
            text.Append(' ', depth * 2);
            if (span.Kind is "Server" or "SpanKindServer") text.Append(span.Service).Append(": ");
            text.Append(span.Name).Append(" (").Append(span.Kind.Replace("SpanKind", "", StringComparison.Ordinal)).Append(')').AppendLine();
            foreach (var child in InOrder(spans.Where(other => other.ParentId == span.SpanId))) Print(child, depth + 1);
        }
    }

    static IEnumerable<RecordedSpan> InOrder(IEnumerable<RecordedSpan> spans) => spans.OrderBy(span => span.Start).ThenBy(span => span.End);
}
