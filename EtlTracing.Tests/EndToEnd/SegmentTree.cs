using System.Text;
using System.Text.Json.Nodes;

namespace EtlTracing.Tests.EndToEnd;

/// <summary>Puts segment documents together and prints them, so that a test can assert a whole tree as text.</summary>
static class SegmentTree
{
    /// <summary>True when the trace has its four services, nothing in progress, and as many spans of each job as the job says it ended.</summary>
    public static bool IsWhole(JsonObject[] documents)
    {
        var all = documents.SelectMany(Flatten).ToList();
        var jobs = documents.Where(document => Annotation(document, EtlAttributes.Spans) is not null).ToList();
        return jobs.Count >= 2
            && documents.Any(document => (string?)document["origin"] == "AWS::StepFunctions::StateMachine")
            && !all.Any(document => (bool?)document["in_progress"] == true)
            && jobs.All(job => Descendants(documents, job).Count() + 1 >= (int)Annotation(job, EtlAttributes.Spans)!);
    }

    /// <summary>One line a segment: name, [namespace operation], annotations asked for; children in order of start.</summary>
    public static string Print(JsonObject[] documents, params string[] annotations)
    {
        var text = new StringBuilder();
        var known = documents.SelectMany(Flatten).Select(Id).ToHashSet();
        foreach (var root in InOrder(documents.Where(document => ParentId(document) is not { } parent || !known.Contains(parent)))) Print(root, 0);
        return text.ToString();

        void Print(JsonObject document, int depth)
        {
            text.Append(' ', depth * 2).Append((string?)document["name"]);
            if ((string?)document["namespace"] is { } space) text.Append(" [").Append(space).Append(' ').Append((string?)document["aws"]?["operation"]).Append(']');
            if ((string?)document["origin"] is { } origin) text.Append(" <").Append(origin).Append('>');
            foreach (var name in annotations)
                if (Annotation(document, name) is { } value) text.Append(' ').Append(name).Append('=').Append(value);
            foreach (var fault in new[] { "error", "fault", "in_progress" })
                if ((bool?)document[fault] == true) text.Append(" !").Append(fault);
            text.AppendLine();
            foreach (var child in InOrder(Nested(document).Concat(documents.Where(other => ParentId(other) == Id(document))))) Print(child, depth + 1);
        }
    }

    public static JsonNode? Annotation(JsonObject document, string name) => document["annotations"]?[name] ?? document["annotations"]?[name.Replace('.', '_')];

    public static IEnumerable<JsonObject> Flatten(JsonObject document) => Nested(document).SelectMany(Flatten).Prepend(document);

    static IEnumerable<JsonObject> Descendants(JsonObject[] documents, JsonObject of) =>
        documents.Where(document => ParentId(document) == Id(of)).SelectMany(child => Descendants(documents, child).Prepend(child));

    static IEnumerable<JsonObject> Nested(JsonObject document) => document["subsegments"]?.AsArray().Select(nested => nested!.AsObject()) ?? [];

    static IEnumerable<JsonObject> InOrder(IEnumerable<JsonObject> documents) => documents.OrderBy(document => (double)document["start_time"]!);

    static string Id(JsonObject document) => (string)document["id"]!;

    static string? ParentId(JsonObject document) => (string?)document["parent_id"];
}
