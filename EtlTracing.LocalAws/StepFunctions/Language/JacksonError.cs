using System.Globalization;

namespace EtlTracing.LocalAws.StepFunctions.Language;

/// <summary>
/// Says what is wrong with a JSON text in the words of the parser that Step Functions uses, because clients see them in
/// InvalidExecutionInput and InvalidDefinition.
/// </summary>
public static class JacksonError
{
    const string Expected = "(JSON String, Number, Array, Object or token 'null', 'true' or 'false')";

    public static string Of(string text) => Find(text).Message;

    /// <summary>The message, and the place as the parser prints it.</summary>
    public static (string Message, int Line, int Column) Find(string text)
    {
        var reader = new Scanner(text);
        try
        {
            reader.Value(0);
            reader.Space();
            if (!reader.AtEnd) Scanner.Stop(Unexpected(reader.Current, "was expecting end of input"));
        }
        catch (FormatException e)
        {
            return (e.Message, reader.Line, reader.Column);
        }
        return ("Invalid JSON", reader.Line, reader.Column);
    }

    static string Unexpected(char found, string expected) => string.Create(CultureInfo.InvariantCulture, $"Unexpected character ('{found}' (code {(int)found})): {expected}");

    sealed class Scanner(string text)
    {
        const int MaxDepth = 500;
        int _at;

        public bool AtEnd => _at >= text.Length;
        public char Current => AtEnd ? '\0' : text[_at];
        public int Line => text.AsSpan(0, Math.Min(_at, text.Length)).Count('\n') + 1;
        public int Column => _at - text.LastIndexOf('\n', Math.Max(0, Math.Min(_at, text.Length) - 1));

        public static void Stop(string message) => throw new FormatException(message);

        public void Space()
        {
            while (!AtEnd && Current is ' ' or '\t' or '\n' or '\r') _at++;
        }

        public void Value(int depth)
        {
            if (depth > MaxDepth) Stop($"Document nesting depth ({depth}) exceeds the maximum allowed ({MaxDepth})");
            Space();
            if (AtEnd) Stop("Unexpected end-of-input");
            if (Current == '{') Members(depth);
            else if (Current == '[') Items(depth);
            else if (Current == '"') Quoted();
            else if (Current == '-' || char.IsAsciiDigit(Current)) Number();
            else Word();
        }

        void Members(int depth)
        {
            _at++;
            Space();
            if (Take('}')) return;
            while (true)
            {
                Space();
                if (AtEnd) Stop("Unexpected end-of-input: expected close marker for Object");
                if (Current != '"') Stop(Unexpected(Current, "was expecting double-quote to start field name"));
                Quoted();
                Space();
                if (AtEnd) Stop("Unexpected end-of-input within/between Object entries");
                if (!Take(':')) Stop(Unexpected(Current, "was expecting a colon to separate field name and value"));
                Value(depth + 1);
                Space();
                if (Take('}')) return;
                if (AtEnd) Stop("Unexpected end-of-input: expected close marker for Object");
                if (!Take(',')) Stop(Unexpected(Current, "was expecting comma to separate Object entries"));
            }
        }

        void Items(int depth)
        {
            _at++;
            Space();
            if (Take(']')) return;
            while (true)
            {
                Value(depth + 1);
                Space();
                if (Take(']')) return;
                if (AtEnd) Stop("Unexpected end-of-input: expected close marker for Array");
                if (!Take(',')) Stop(Unexpected(Current, "was expecting comma to separate Array entries"));
            }
        }

        void Quoted()
        {
            for (_at++; !AtEnd && Current != '"'; _at++)
            {
                if (Current < ' ') Stop(string.Create(CultureInfo.InvariantCulture, $"Illegal unquoted character ((CTRL-CHAR, code {(int)Current})): has to be escaped using backslash to be included in string value"));
                if (Current != '\\') continue;
                _at++;
                if (AtEnd) break;
                if (!"\"\\/bfnrtu".Contains(Current)) Stop($"Unrecognized character escape '{Current}' (code {(int)Current})");
            }
            if (AtEnd) Stop("Unexpected end-of-input in VALUE_STRING");
            _at++;
        }

        void Number()
        {
            while (!AtEnd && (char.IsAsciiDigit(Current) || "+-.eE".Contains(Current))) _at++;
            if (!AtEnd && !" \t\r\n,]}".Contains(Current)) Stop(Unexpected(Current, "Expected space separating root-level values"));
        }

        void Word()
        {
            var from = _at;
            while (!AtEnd && (char.IsLetterOrDigit(Current) || Current is '_' or '$')) _at++;
            var word = text[from.._at];
            if (word is "true" or "false" or "null") return;
            if (word.Length == 0)
            {
                var found = Current;
                Stop(Unexpected(found, "expected a valid value " + Expected));
            }
            Stop($"Unrecognized token '{word}': was expecting {Expected}");
        }

        bool Take(char token)
        {
            if (Current != token || AtEnd) return false;
            _at++;
            return true;
        }
    }
}
