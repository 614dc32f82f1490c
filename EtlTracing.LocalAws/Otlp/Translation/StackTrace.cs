using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace EtlTracing.LocalAws.Otlp.Translation;

/// <summary>
/// Frames from the text of a stack trace, read as the exporter reads each language's. The first line repeats type and
/// message and is left out; what is no frame is skipped.
/// </summary>
static partial class StackTrace
{
    /// <summary>Gives <paramref name="exception"/> its frames; the exceptions that caused it are added behind it.</summary>
    public static void Add(JsonArray exceptions, JsonObject exception, string text, string language)
    {
        if (text.Length == 0) return;
        var lines = text.Split('\n').Select(line => line.TrimEnd('\r')).ToArray();
        switch (language)
        {
            case "dotnet": SetStack(exception, lines.Skip(1).Select(line => Dotnet(line.Trim()))); break;
            case "java" or "php": AddJava(exceptions, exception, lines); break;
            case "python": AddPython(exceptions, exception, text.Split('\n')); break;
            case "javascript" or "nodejs" or "webjs": SetStack(exception, lines.Skip(1).Select(JavaScript)); break;
            case "go": SetStack(exception, Go([.. lines.Skip(1)])); break;
        }
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
        var (path, number) = (parts[1], 0);
        var colon = path.LastIndexOf(':');
        if (colon >= 0)
        {
            var digits = path[(colon + 1)..];
            if (digits.StartsWith("line", StringComparison.Ordinal)) digits = digits.Length > 5 ? digits[5..] : "";
            (path, number) = (path[..colon], Number(digits));
        }
        return Frame(path, number, parts[0].Length > 3 ? parts[0][3..] : "");
    }

    /// <summary><c>	at java.base/java.util.Timer.run(Timer.java:505)</c>, and <c>Caused by: java.io.IOException: disk full</c> for the next exception.</summary>
    static void AddJava(JsonArray exceptions, JsonObject exception, string[] lines)
    {
        const string CausedBy = "Caused by: ";
        var frames = new List<JsonObject?>();
        for (var i = 1; i < lines.Length; i++)
        {
            if (!lines[i].StartsWith(CausedBy, StringComparison.Ordinal))
            {
                frames.Add(Java(lines[i]));
                continue;
            }
            SetStack(exception, frames);
            frames.Clear();
            var head = lines[i][CausedBy.Length..];
            var colon = head.IndexOf(':', StringComparison.Ordinal);
            var (type, message) = colon < 0 ? (head, "") : (head[..colon], head.Length > colon + 2 ? head[(colon + 2)..] : "");
            // A message may go on over several lines, up to the first frame.
            while (i + 1 < lines.Length && !IsJavaFrame(lines[i + 1])) message += lines[++i];
            exception = Cause(exceptions, exception, type, message);
        }
        SetStack(exception, frames);
    }

    static bool IsJavaFrame(string line) => line.StartsWith("\tat ", StringComparison.Ordinal) && line.Contains('(', StringComparison.Ordinal) && line.EndsWith(')');

    static JsonObject? Java(string line)
    {
        if (!IsJavaFrame(line)) return null;
        var open = line.IndexOf('(', StringComparison.Ordinal);
        var label = line[4..open];
        // A class loader's or module's name stands before a slash.
        label = label[(label.IndexOf('/', StringComparison.Ordinal) + 1)..];
        var path = line[(open + 1)..^1];
        var colon = path.IndexOf(':', StringComparison.Ordinal);
        return colon < 0 ? Frame(path, 0, label) : Frame(path[..colon], Number(path[(colon + 1)..]), label);
    }

    /// <summary><c>  File "main.py", line 12, in run</c>, the innermost call last, and the exception that was handled before.</summary>
    static void AddPython(JsonArray exceptions, JsonObject exception, string[] lines)
    {
        var frames = new List<JsonObject?>();
        for (var i = lines.Length - 2; i >= 0; i--)
        {
            if (!lines[i].StartsWith("During handling of the above exception, another exception occurred:", StringComparison.Ordinal))
            {
                frames.Add(Python(lines[i]));
                continue;
            }
            var file = Array.FindLastIndex(lines, i, line => line.StartsWith("  File ", StringComparison.Ordinal));
            // Between the frame's source line and an empty line stands TYPE: MESSAGE, perhaps over several lines.
            var text = file < 0 || file + 2 > i - 1 ? "" : string.Join('\n', lines[(file + 2)..(i - 1)]);
            var colon = text.IndexOf(':', StringComparison.Ordinal);
            if (colon < 0) break;
            SetStack(exception, frames);
            frames.Clear();
            exception = Cause(exceptions, exception, text[..colon], text.Length > colon + 2 ? text[(colon + 2)..] : "");
            i = file + 1;
        }
        SetStack(exception, frames);
    }

    static JsonObject? Python(string line)
    {
        if (!line.StartsWith("  File ", StringComparison.Ordinal) || line.Split(',') is not [{ Length: > 8 } file, var number, var label]) return null;
        return Frame(file[8..^1], number.StartsWith(" line ", StringComparison.Ordinal) ? Number(number[6..]) : 0, label.StartsWith(" in ", StringComparison.Ordinal) ? label[4..] : "");
    }

    /// <summary><c>    at Object.run (main.js:12:5)</c>, or without a name.</summary>
    static JsonObject? JavaScript(string line)
    {
        if (!line.StartsWith("    at ", StringComparison.Ordinal)) return null;
        var open = line.IndexOf('(', StringComparison.Ordinal);
        var (label, path, number) = ("", "", 0);
        if (open >= 7 && line.EndsWith(')')) (label, path) = (line[7..open], line[(open + 1)..^1]);
        else if (open < 0) path = line[7..];
        var first = path.IndexOf(':', StringComparison.Ordinal);
        var second = first < 0 ? -1 : path.IndexOf(':', first + 1);
        if (second >= 0) (path, number) = (path[..first], Number(path[(first + 1)..second]));
        else if (first < 0 && path.Contains("native", StringComparison.Ordinal)) path = "native";
        return path.Length == 0 && label.Length == 0 && number == 0 ? null : Frame(path, number, label);
    }

    /// <summary>Pairs of lines: <c>main.run(0x1)</c> and <c>	/src/main.go:12 +0x1d</c>.</summary>
    static IEnumerable<JsonObject> Go(string[] lines)
    {
        var (path, number) = ("", 0);
        for (var i = 0; i < lines.Length; i += 2)
        {
            if (Goroutine.IsMatch(lines[i]) && ++i == lines.Length) yield break;
            if (i + 1 < lines.Length && GoPlace.Match(lines[i + 1]) is { Success: true } place) (path, number) = (place.Groups[1].Value, Number(place.Groups[2].Value));
            if (i + 1 < lines.Length || lines[i].Length > 0) yield return Frame(path, number, lines[i]);
        }
    }

    [GeneratedRegex(@"^goroutine.*\brunning\b.*:$")]
    static partial Regex Goroutine { get; }

    [GeneratedRegex(@"([^:\s]+):(\d+)")]
    static partial Regex GoPlace { get; }

    static JsonObject Cause(JsonArray exceptions, JsonObject exception, string type, string message)
    {
        var cause = new JsonObject { ["id"] = CauseBlock.NewId(), ["message"] = message, ["type"] = type, ["remote"] = exception["remote"]!.DeepClone() };
        exception["cause"] = (string)cause["id"]!;
        exceptions.Add(cause);
        return cause;
    }

    static void SetStack(JsonObject exception, IEnumerable<JsonObject?> frames)
    {
        var stack = new JsonArray([.. frames.OfType<JsonObject>()]);
        if (stack.Count > 0) exception["stack"] = stack;
    }

    static JsonObject Frame(string path, int line, string label) => new() { ["path"] = path, ["line"] = line, ["label"] = label };

    static int Number(string digits) => int.TryParse(digits, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number : 0;
}
