using System.Text;
using System.Text.Json.Nodes;

namespace EtlTracing.Tests.EndToEnd;

/// <summary>Puts segment documents together and prints them, so that a test can assert a whole tree as text.</summary>
static class SegmentDocuments
{
    /// <summary>Nothing when the trace has its workflow and both jobs, none in progress, and as many spans of each job as it says it ended; else what lacks.</summary>
    public static IEnumerable<string> Lacks(JsonObject[] documents)
    {
        var jobs = documents.Where(document => Annotation(document, EtlAttributes.Spans) is not null).ToList();
        if (jobs.Count < 2) yield return $"{2 - jobs.Count} jobs";
        if (!documents.Any(document => (string?)document["origin"] == "AWS::StepFunctions::StateMachine")) yield return "the workflow";
        foreach (var open in documents.SelectMany(Flatten).Where(document => (bool?)document["in_progress"] == true)) yield return $"the end of {open["name"]}";
        foreach (var job in jobs)
            if (Descendants(documents, job).Count() + 1 is var seen && seen < (int)Annotation(job, EtlAttributes.Spans)!) yield return $"spans of {job["name"]}: {seen} came";
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
            foreach (var child in InOrder(Children(documents, document))) Print(child, depth + 1);
        }
    }

    public static JsonNode? Annotation(JsonObject document, string name) => document["annotations"]?[name] ?? document["annotations"]?[name.Replace('.', '_')];

    public static IEnumerable<JsonObject> Flatten(JsonObject document) => Nested(document).SelectMany(Flatten).Prepend(document);

    static IEnumerable<JsonObject> Descendants(JsonObject[] documents, JsonObject of) =>
        Children(documents, of).SelectMany(child => Descendants(documents, child).Prepend(child));

    /// <summary>X-Ray nests a service's own subsegments into its segment; other services' segments name their parent.</summary>
    static IEnumerable<JsonObject> Children(JsonObject[] documents, JsonObject of) => Nested(of).Concat(documents.Where(other => ParentId(other) == Id(of)));

    static IEnumerable<JsonObject> Nested(JsonObject document) => document["subsegments"]?.AsArray().Select(nested => nested!.AsObject()) ?? [];

    static IEnumerable<JsonObject> InOrder(IEnumerable<JsonObject> documents) => documents.OrderBy(document => (double)document["start_time"]!);

    static string Id(JsonObject document) => (string)document["id"]!;

    static string? ParentId(JsonObject document) => (string?)document["parent_id"];
}
