using EtlTracing.Pipeline.Batches;

namespace EtlTracing.Pipeline.Reading;

/// <summary>Takes single fields out of a block.</summary>
static class FieldReader
{
    /// <summary>The field's text as written, without its quotation marks; doubled ones inside stay doubled.</summary>
    public static ReadOnlySpan<byte> Raw(RecordBlock block, int record, int field, out bool escaped)
    {
        var at = record * block.Fields + field;
        var mark = block.Ends[at];
        var start = field == 0 ? block.Starts[record] : (block.Ends[at - 1] & RecordBlock.Position) + 1;
        var end = mark & RecordBlock.Position;
        escaped = (mark & RecordBlock.Escaped) != 0;
        return mark < 0 ? block.Bytes.AsSpan(start + 1, end - start - 2) : block.Bytes.AsSpan(start, end - start);
    }

    /// <summary>The field's text.</summary>
    public static ReadOnlySpan<byte> Text(RecordBlock block, int record, int field)
    {
        var text = Raw(block, record, field, out var escaped);
        if (!escaped) return text;
        var plain = new byte[text.Length];
        return plain.AsSpan(0, Unescape(text, plain));
    }

    /// <summary>Writes the text with each doubled quotation mark once; returns its length.</summary>
    public static int Unescape(ReadOnlySpan<byte> text, Span<byte> plain)
    {
        var length = 0;
        while (true)
        {
            var mark = text.IndexOf((byte)'"');
            if (mark < 0) break;
            text[..(mark + 1)].CopyTo(plain[length..]);
            length += mark + 1;
            text = text[(mark + 2)..];
        }

        text.CopyTo(plain[length..]);
        return length + text.Length;
    }

    public static bool Fits(ReadOnlySpan<byte> text, ColumnType type) => type switch
    {
        ColumnType.Number => FieldText.TryNumber(text, out _),
        ColumnType.Integer => FieldText.TryInteger(text, out _),
        ColumnType.SmallInteger => FieldText.TryInteger(text, out var number) && (int)number == number,
        ColumnType.Date => FieldText.TryDate(text, out _),
        _ => true,
    };
}
