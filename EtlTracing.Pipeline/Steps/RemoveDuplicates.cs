using System.Collections.Concurrent;
using System.IO.Hashing;
using System.Runtime.InteropServices;
using EtlTracing.Pipeline.Batches;
using EtlTracing.Pipeline.Running;
using EtlTracing.Pipeline.Summaries;

namespace EtlTracing.Pipeline.Steps;

/// <summary>Keeps the first of the rows that are equal in some columns; a null equals a null.</summary>
sealed class RemoveDuplicates(string[] columns) : Step("Remove Duplicates")
{
    public override bool DropsRows => true;

    public override IEnumerable<string> Reads(Schema schema) => columns;

    public override Schema Change(Schema schema) => columns.Aggregate(schema, (same, column) => same.With(column, kept => kept));

    public override StepRun Start(RunContext run) => new Run(columns, run);

    sealed class Run(string[] columns, RunContext run) : StepRun
    {
        readonly ConcurrentDictionary<long, byte[]> _hashes = new();
        readonly DuplicateKeys _keys = new(run.Memory, run.Options.SpillFolder);
        readonly RowSet _duplicates = new();
        bool _complete;

        public override bool NeedsWholeInput => !_complete;

        public override bool KnownAtOnce => true;

        public override bool Ordered => !_complete;

        public override bool Suffices => _complete || !_keys.Spilled;

        public override long BytesFor(long rows) => DuplicateKeys.BytesFor(rows);

        public override void Observe(Batch batch)
        {
            var memory = batch.Rent<UInt128>(out var hashes);
            foreach (var column in columns) Mix(batch, column, hashes, first: column == columns[0]);
            _hashes[batch.FirstRow] = memory;
        }

        public override void Order(Batch batch)
        {
            _hashes.Remove(batch.FirstRow, out var memory);
            var hashes = MemoryMarshal.Cast<byte, UInt128>(memory.AsSpan());
            for (var row = 0; row < batch.Rows; row++)
            {
                if (batch.Kept[row] == 0 || _keys.Add(hashes[row], batch.FirstRow + row)) continue;
                _duplicates.Add(batch.FirstRow + row);
                batch.Drop(row);
            }
        }

        public override bool Complete()
        {
            _complete = true;
            var sufficed = true;
            foreach (var row in _keys.Complete())
            {
                // It passed for new, and later steps have seen it.
                _duplicates.Add(row);
                sufficed = false;
            }

            return sufficed;
        }

        public override void Dispose()
        {
            _keys.Dispose();
            base.Dispose();
        }

        public override void Apply(Batch batch)
        {
            for (var row = 0; row < batch.Rows; row++)
                if (_duplicates.Contains(batch.FirstRow + row)) batch.Drop(row);
        }

        /// <summary>Mixes a column into the rows' hashes: each value's own hash is seeded with what came before it.</summary>
        static void Mix(Batch batch, string column, Span<UInt128> hashes, bool first)
        {
            if (first) hashes.Clear();
            if (batch.Frame.Columns[column].DataType == typeof(string))
            {
                var texts = batch.Texts(column);
                for (var row = 0; row < hashes.Length; row++) hashes[row] = texts.IsNull(row) ? Null(hashes[row]) : Hash(hashes[row], texts[row]);
            }
            else if (batch.Frame.Columns[column].DataType == typeof(double))
            {
                var numbers = batch.Values<double>(column);
                for (var row = 0; row < hashes.Length; row++)
                {
                    // Minus zero is zero.
                    var number = numbers[row] + 0.0;
                    hashes[row] = numbers.IsNull(row) ? Null(hashes[row]) : Hash(hashes[row], MemoryMarshal.AsBytes(new ReadOnlySpan<double>(in number)));
                }
            }
            else
            {
                throw new NotSupportedException($"duplicates by '{column}': only texts and numbers can be keys");
            }
        }

        static UInt128 Null(UInt128 before) => Hash(before, "\0null"u8);

        static UInt128 Hash(UInt128 before, ReadOnlySpan<byte> value) =>
            XxHash128.HashToUInt128(value, (long)(ulong)before) ^ (before << 1 | before >> 127);
    }
}
