using EtlTracing.Pipeline.Batches;

namespace EtlTracing.Pipeline.Steps;

/// <summary>Keeps rows whose text has more than so many characters; a null never does.</summary>
sealed class FilterTextLength(string name, string column, int longerThan) : RowStep(name)
{
    public override bool DropsRows => true;

    public override IEnumerable<string> Reads(Schema schema) => [column];

    public override Schema Change(Schema schema) => schema.With(column, changed => changed with { Nullable = false });

    public override void Apply(Batch batch)
    {
        var texts = batch.Texts(column);
        for (var row = 0; row < texts.Length; row++)
            if (texts.IsNull(row) || !IsLonger(texts[row])) batch.Drop(row);
    }

    /// <summary>Counts bytes that begin a character of UTF-8, as long as it matters.</summary>
    bool IsLonger(ReadOnlySpan<byte> text)
    {
        var characters = 0;
        foreach (var value in text)
            if ((value & 0xC0) != 0x80 && ++characters > longerThan) return true;
        return false;
    }
}
