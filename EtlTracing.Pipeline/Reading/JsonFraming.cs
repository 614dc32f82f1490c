using System.Buffers;

namespace EtlTracing.Pipeline.Reading;

/// <summary>Finds where JSON objects begin and end without understanding them, so that one that is broken inside costs one record.</summary>
static class JsonFraming
{
    static readonly SearchValues<byte> s_structure = SearchValues.Create("{}[]\""u8);

    /// <summary>A line that is not blank; null when the text holds none that ends.</summary>
    public static (int Start, int End, int Next)? NextLine(ReadOnlySpan<byte> text, int position, bool last)
    {
        while (position < text.Length)
        {
            var length = text[position..].IndexOf((byte)'\n');
            if (length < 0 && !last) return null;
            var end = length < 0 ? text.Length : position + length;
            if (!text[position..end].Trim(" \t\r"u8).IsEmpty) return (position, end, Math.Min(end + 1, text.Length));
            position = end + 1;
        }

        return null;
    }

    /// <summary>
    /// The next object of an array, behind the comma before it; null when the text holds none that ends. Start is -1 at the array's end, -2 where
    /// something stands that is no object.
    /// </summary>
    public static (int Start, int End, int Next)? NextElement(ReadOnlySpan<byte> text, int position, bool last)
    {
        while (position < text.Length && text[position] is (byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n' or (byte)',') position++;
        if (position == text.Length) return last ? (-2, position, position) : null;
        if (text[position] == ']') return (-1, position, position + 1);
        if (text[position] != '{') return (-2, position, position);
        var depth = 0;
        for (var at = position; at < text.Length; at++)
        {
            var found = text[at..].IndexOfAny(s_structure);
            if (found < 0) break;
            at += found;
            if (text[at] == '"')
            {
                var close = StringEnd(text, at + 1);
                if (close < 0) break;
                at = close;
            }
            else if (text[at] is (byte)'{' or (byte)'[')
            {
                depth++;
            }
            else if (--depth == 0)
            {
                return (position, at + 1, at + 1);
            }
        }

        return last ? (-2, position, position) : null;
    }

    static int StringEnd(ReadOnlySpan<byte> text, int at)
    {
        while (true)
        {
            var found = text[at..].IndexOfAny((byte)'"', (byte)'\\');
            if (found < 0) return -1;
            at += found;
            if (text[at] == '"') return at;
            at += 2;
            if (at > text.Length) return -1;
        }
    }
}
