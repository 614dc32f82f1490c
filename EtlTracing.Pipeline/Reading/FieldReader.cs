using EtlTracing.Pipeline.Batches;

namespace EtlTracing.Pipeline.Reading;

/// <summary>Takes single fields out of a block.</summary>
static class FieldReader
{
    /// <summary>The field's text.</summary>
    public static ReadOnlySpan<byte> Text(RecordBlock block, int record, int field)
    {
        var text = new FieldColumn(block, field).Read(record, out var quoted);
        if (!quoted) return text;
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
        ColumnType.SmallInteger => FieldText.TrySmallInteger(text, out _),
        ColumnType.Date => FieldText.TryDate(text, out _),
        _ => true,
    };
}
