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
        var plain = new byte[text.Length + PaddedTexts.Slack];
        return plain.AsSpan(0, PaddedTexts.Unescape(text, ref plain[0]));
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
