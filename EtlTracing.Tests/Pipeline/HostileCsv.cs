namespace EtlTracing.Tests.Pipeline;

/// <summary>The reader's rules for broken CSV, spelt out with strings: no buffers, no vectors, no blocks.</summary>
static class HostileCsv
{
    public sealed record Outcome(List<string[]> Rows, List<(int Line, string Rule, string Text)> Rejects);

    public static Outcome Read(string text, int fields)
    {
        var outcome = new Outcome([], []);
        var at = 0;
        while (at < text.Length)
        {
            if (text[at] is '\n' or '\r')
            {
                at = AfterLineEnd(text, at);
                continue;
            }

            var start = at;
            var values = new List<string>();
            string? flaw = null;
            while (true)
            {
                var fieldStart = at;
                var value = "";
                if (at < text.Length && text[at] == '"')
                {
                    var close = Close(text, at);
                    var junk = close >= 0 && close + 1 < text.Length && text[close + 1] is not (',' or '\n' or '\r');
                    if (close < 0 || (junk && text[fieldStart..(close + 1)].AsSpan().IndexOfAny('\n', '\r') >= 0))
                    {
                        flaw = "broken quotation marks";
                        at = LineEnd(text, fieldStart);
                        break;
                    }

                    if (junk) flaw = "broken quotation marks";
                    value = text[(at + 1)..close].Replace("\"\"", "\"", StringComparison.Ordinal);
                    at = close + 1;
                }

                var end = at;
                while (end < text.Length && text[end] is not (',' or '\n' or '\r')) end++;
                if (text[at..end].Contains('"', StringComparison.Ordinal)) flaw = "broken quotation marks";
                values.Add(value + text[at..end]);
                at = end;
                if (at == text.Length || text[at] != ',') break;
                at++;
            }

            if (flaw is null && values.Count != fields) flaw = "wrong number of fields";
            if (flaw is null) outcome.Rows.Add([.. values]);
            else outcome.Rejects.Add((Line(text, start), flaw, text[start..at]));
            at = AfterLineEnd(text, at);
        }

        return outcome;
    }

    /// <summary>Where the quotation mark is that closes the one at the position.</summary>
    static int Close(string text, int at)
    {
        for (at++; at < text.Length; at++)
        {
            if (text[at] != '"') continue;
            if (at + 1 < text.Length && text[at + 1] == '"') at++;
            else return at;
        }

        return -1;
    }

    static int LineEnd(string text, int at)
    {
        var length = text.AsSpan(at).IndexOfAny('\n', '\r');
        return length < 0 ? text.Length : at + length;
    }

    static int AfterLineEnd(string text, int at)
    {
        if (at >= text.Length) return at;
        return text[at] == '\r' && at + 1 < text.Length && text[at + 1] == '\n' ? at + 2 : at + 1;
    }

    static int Line(string text, int at) => 1 + text[..at].Replace("\r\n", "\n", StringComparison.Ordinal).Count(character => character is '\n' or '\r');
}
