using System.Buffers;

namespace EtlTracing.Pipeline.Reading;

/// <summary>
/// RFC 4180 with any line end. A quotation mark opens a field only at its start and must be followed by a comma, a line end or its twin. Where
/// that is broken the record is a flaw, and what it costs is bounded: a quoted field that ends wrongly lines further down is taken to have
/// never been one, so the line it began on is the flaw and reading goes on behind that line.
/// </summary>
static class CsvTokenizer
{
    public const string WrongFieldCount = "wrong number of fields";
    public const string BrokenQuotes = "broken quotation marks";
    public const string TooLong = "record too long";

    /// <summary>No sound record is longer; a quotation mark that never closes would otherwise swallow the rest of the input.</summary>
    public const int LongestRecord = 1 << 20;

    const byte Comma = (byte)',', Quote = (byte)'"', LineFeed = (byte)'\n', CarriageReturn = (byte)'\r';

    static readonly SearchValues<byte> s_special = SearchValues.Create(",\"\n\r"u8);

    /// <summary>Adds the records of the text up to <paramref name="end"/> to the block.</summary>
    /// <param name="block">Its bytes hold the text from 0, with padding behind.</param>
    /// <param name="end">Where the text ends.</param>
    /// <param name="last">Nothing follows the text, so the last line needs no line end.</param>
    /// <param name="lines">Counts the lines passed.</param>
    /// <returns>Where the first record starts that the text does not hold as a whole.</returns>
    public static int Tokenize(RecordBlock block, int end, bool last, ref int lines)
    {
        var text = block.Bytes.AsSpan(0, end);
        var start = 0;
        while ((start = CsvIndexer.Read(block, start, end, ref lines)) < end)
        {
            if (text[start] is LineFeed or CarriageReturn)
            {
                if (IsOpenCarriageReturn(text, start, end, last)) return start;
                start = AfterLineEnd(text, start, end);
                lines++;
                continue;
            }

            block.Reserve();
            var record = new Record(start, lines);
            var next = Read(ref record, block, text, end, last);
            if (next < 0) return start;
            if (record.RawEnd - start > LongestRecord) next = Restart(ref record, TooLong, text, start, end, last);
            if (next < 0) return start;
            lines = record.Lines;
            block.Add(new Origin(start, record.RawEnd, record.FirstLine), record.Fields, record.Flaw);
            start = next;
        }

        return start;
    }

    /// <summary>Reads one record; where the next one starts, or -1 when the text ends before this one does.</summary>
    static int Read(ref Record record, RecordBlock block, Span<byte> text, int end, bool last)
    {
        var bounds = block.Bounds.AsSpan(block.Records * block.Stride, block.Stride);
        bounds[0] = record.Start;
        var position = record.Start;
        while (true)
        {
            var fieldStart = position;
            if (position < end && text[position] == Quote)
            {
                position = Unquote(text, position + 1, end, out var closed, ref record.Lines);
                if (position - record.Start > LongestRecord) return Restart(ref record, TooLong, text, record.Start, end, last);
                if (position >= end && !last) return -1;
                if (!closed || (position < end && text[position] is not (Comma or LineFeed or CarriageReturn)))
                {
                    if (!closed || text[fieldStart..position].IndexOfAny(LineFeed, CarriageReturn) >= 0)
                        return Restart(ref record, BrokenQuotes, text, fieldStart, end, last);
                    record.Flaw = BrokenQuotes;
                }
            }

            position = Next(text, position);
            while (position < end && text[position] == Quote)
            {
                record.Flaw = BrokenQuotes;
                position = Next(text, position + 1);
            }

            if (position >= end && !last)
                return end - record.Start > LongestRecord ? Restart(ref record, TooLong, text, record.Start, end, last) : -1;
            if (++record.Fields <= block.Fields) bounds[record.Fields] = position + 1;
            if (position < end && text[position] == Comma)
            {
                position++;
                continue;
            }

            if (position < end && IsOpenCarriageReturn(text, position, end, last)) return -1;
            record.RawEnd = position;
            record.Lines++;
            return AfterLineEnd(text, position, end);
        }
    }

    /// <summary>The first special byte at or behind the position; the text's end when there is none.</summary>
    static int Next(Span<byte> text, int position)
    {
        var length = text[position..].IndexOfAny(s_special);
        return length < 0 ? text.Length : position + length;
    }

    /// <summary>Behind the quotation mark that closes the field, or the text's end when there is none.</summary>
    static int Unquote(Span<byte> text, int position, int end, out bool closed, ref int lines)
    {
        closed = false;
        var start = position;
        while (true)
        {
            var length = text[position..end].IndexOf(Quote);
            if (length < 0) return end;
            position += length + 1;
            if (position >= end || text[position] != Quote) break;
            position++;
        }

        closed = true;
        lines += CountLines(text[start..position]);
        return position;
    }

    /// <summary>Ends the record with the line that <paramref name="from"/> stands on; what follows is read afresh.</summary>
    static int Restart(ref Record record, string rule, Span<byte> text, int from, int end, bool last)
    {
        var length = text[from..end].IndexOfAny(LineFeed, CarriageReturn);
        if (!last && (length < 0 || IsOpenCarriageReturn(text, from + length, end, last))) return -1;
        record.Flaw = rule;
        record.RawEnd = length < 0 ? end : from + length;
        record.Lines = record.FirstLine + CountLines(text[record.Start..record.RawEnd]) + 1;
        return length < 0 ? end : AfterLineEnd(text, record.RawEnd, end);
    }

    /// <summary>A carriage return as the text's last byte may be the first half of a line end.</summary>
    static bool IsOpenCarriageReturn(Span<byte> text, int position, int end, bool last) =>
        !last && position == end - 1 && text[position] == CarriageReturn;

    static int AfterLineEnd(Span<byte> text, int position, int end)
    {
        if (position >= end) return end;
        return text[position] == CarriageReturn && position + 1 < end && text[position + 1] == LineFeed ? position + 2 : position + 1;
    }

    /// <summary>Line ends of any kind: CR LF is one.</summary>
    internal static int CountLines(ReadOnlySpan<byte> text)
    {
        var lines = text.Count(LineFeed);
        for (var found = text.IndexOf(CarriageReturn); found >= 0;)
        {
            if (found + 1 >= text.Length || text[found + 1] != LineFeed) lines++;
            text = text[(found + 1)..];
            found = text.IndexOf(CarriageReturn);
        }

        return lines;
    }

    struct Record(int start, int firstLine)
    {
        public readonly int Start = start;
        public readonly int FirstLine = firstLine;
        public int Lines = firstLine;
        public int Fields;
        public int RawEnd;
        public string? Flaw;
    }
}
