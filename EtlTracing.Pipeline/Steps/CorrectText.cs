using System.Runtime.InteropServices;
using System.Text;
using EtlTracing.Pipeline.Batches;

namespace EtlTracing.Pipeline.Steps;

/// <summary>Replaces one spelling of a value by another; texts that merely contain it stay.</summary>
sealed class CorrectText(string name, string column, string wrong, string right) : RowStep(name)
{
    readonly byte[] _wrong = Encoding.UTF8.GetBytes(wrong);
    readonly byte[] _right = Encoding.UTF8.GetBytes(right);

    public override IEnumerable<string> Reads(Schema schema) => [column];

    public override IEnumerable<string> Writes(Schema schema) => [column];

    public override Schema Change(Schema schema) => schema.With(column, changed => changed);

    public override void Apply(Batch batch)
    {
        var texts = batch.Texts(column);
        var found = 0;
        for (var row = 0; row < texts.Length; row++)
            if (texts[row].SequenceEqual(_wrong)) found++;
        if (found == 0) return;

        var bytes = batch.Rent(texts.Offsets[batch.Rows] + found * Math.Max(0, _right.Length - _wrong.Length));
        var offsetMemory = batch.Rent((batch.Rows + 1) * sizeof(int));
        var offsets = MemoryMarshal.Cast<byte, int>(offsetMemory.AsSpan());
        var length = 0;
        for (var row = 0; row < batch.Rows; row++)
        {
            offsets[row] = length;
            var text = texts[row].SequenceEqual(_wrong) ? _right : texts[row];
            text.CopyTo(bytes.AsSpan(length));
            length += text.Length;
        }

        offsets[batch.Rows] = length;
        var valid = batch.RentValid();
        texts.Valid[..Bits.Bytes(batch.Rows)].CopyTo(valid);
        batch.SetTexts(column, bytes, offsetMemory, valid);
    }
}
