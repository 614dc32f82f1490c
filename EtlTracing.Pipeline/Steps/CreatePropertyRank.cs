using System.Runtime.InteropServices;
using EtlTracing.Pipeline.Batches;
using EtlTracing.Pipeline.Running;

namespace EtlTracing.Pipeline.Steps;

/// <summary>Writes ranks as texts like <c>224/3684</c>: the rank and the number of all rows.</summary>
sealed class CreatePropertyRank(string totalFact, (string Target, string Rank)[] texts) : Step("Create Property Rank")
{
    public override IEnumerable<string> Reads(Schema schema) => Array.ConvertAll(texts, text => text.Rank);

    public override IEnumerable<string> Writes(Schema schema) => Array.ConvertAll(texts, text => text.Target);

    public override Schema Change(Schema schema) => schema.Plus(
        Array.ConvertAll(texts, text => new Column(text.Target, ColumnType.Text, schema[text.Rank].Nullable) { Origin = $"+{text.Target}" }));

    public override StepRun Start(RunContext run) => new Run(run, totalFact, texts);

    sealed class Run(RunContext run, string totalFact, (string Target, string Rank)[] texts) : StepRun
    {
        const int LongestNumber = 20;

        public override void Apply(Batch batch)
        {
            Span<byte> suffix = stackalloc byte[LongestNumber + 1];
            suffix[0] = (byte)'/';
            run.Facts[totalFact].TryFormat(suffix[1..], out var digits);
            foreach (var (target, rank) in texts) Write(batch, target, new WholeNumbers(batch, rank), suffix[..(digits + 1)]);
        }

        static void Write(Batch batch, string target, WholeNumbers ranks, ReadOnlySpan<byte> suffix)
        {
            var bytes = batch.Rent(batch.Rows * (LongestNumber + suffix.Length));
            var offsetMemory = batch.Rent((batch.Rows + 1) * sizeof(int));
            var offsets = MemoryMarshal.Cast<byte, int>(offsetMemory.AsSpan());
            var valid = batch.RentValid();
            var length = 0;
            for (var row = 0; row < batch.Rows; row++)
            {
                offsets[row] = length;
                if (ranks.IsNull(row))
                {
                    Bits.Clear(valid, row);
                    continue;
                }

                ranks[row].TryFormat(bytes.AsSpan(length), out var digits);
                length += digits;
                suffix.CopyTo(bytes.AsSpan(length));
                length += suffix.Length;
            }

            offsets[batch.Rows] = length;
            batch.SetTexts(target, bytes, offsetMemory, valid);
        }
    }
}
