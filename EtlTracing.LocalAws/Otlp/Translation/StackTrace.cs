using System.Globalization;
using System.Text.Json.Nodes;

namespace EtlTracing.LocalAws.Otlp.Translation;

/// <summary>Frames from the text of a stack trace. The first line repeats type and message and is left out.</summary>
static class StackTrace
{
    public static void Add(JsonArray exceptions, JsonObject exception, string text, string language)
    {
        if (text.Length == 0) return;
        // Other languages' traces stay without frames here; the exporter also reads Java's, Python's, JavaScript's, PHP's and Go's.
        if (language == "dotnet" && exceptions.Count > 0) AddDotnet(exception, text);
    }

    static void AddDotnet(JsonObject exception, string text)
    {
        var frames = new JsonArray();
        foreach (var line in Lines(text).Skip(1))
            if (Dotnet(line.Trim()) is { } frame) frames.Add(frame);
        if (frames.Count > 0) exception["stack"] = frames;
    }

    /// <summary><c>at Etl.Job.Run(String key) in /src/Job.cs:line 42</c>, or without a file.</summary>
    static JsonObject? Dotnet(string line)
    {
        if (!line.StartsWith("at ", StringComparison.Ordinal)) return null;
        var parts = line.Split(" in ");
        if (parts.Length == 1)
        {
            var end = line.LastIndexOf(')');
            return end < 3 ? null : Frame("", 0, line[3..(end + 1)]);
        }
        var path = parts[1];
        var number = 0;
        var colon = path.LastIndexOf(':');
        if (colon >= 0)
        {
            var digits = path[(colon + 1)..];
            if (digits.StartsWith("line", StringComparison.Ordinal)) digits = digits.Length > 5 ? digits[5..] : "";
            _ = int.TryParse(digits, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out number);
            path = path[..colon];
        }
        return Frame(path, number, parts[0].Length > 3 ? parts[0][3..] : "");
    }

    static JsonObject Frame(string path, int line, string label) => new() { ["path"] = path, ["line"] = line, ["label"] = label };

    static IEnumerable<string> Lines(string text)
    {
        foreach (var line in text.Split('\n')) yield return line.TrimEnd('\r');
    }
}
