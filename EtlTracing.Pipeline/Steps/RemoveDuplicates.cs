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
        readonly Dictionary<Batch, byte[]> _hashes = [];
        readonly DuplicateKeys _keys = new(run.Memory, run.Options.SpillFolder, run.ExpectedRows);
        readonly RowSet _duplicates = new();
        bool _complete;

        public override bool NeedsWholeInput => !_complete;

        public override bool KnownAtOnce => true;

        public override bool Ordered => !_complete;

        public override bool Suffices => _complete || !_keys.Spilled;

        public override long BytesFor(long rows) => DuplicateKeys.BytesFor(rows);

        public override void Observe(Batch batch)
        {
            var memory = batch.Rent<RowHash>(out var hashes);
            hashes.Clear();
            foreach (var column in columns) Add(batch, column, hashes);
            lock (_hashes) _hashes.Add(batch, memory);
        }

        public override void Order(Batch batch)
        {
            byte[]? memory;
            lock (_hashes) _hashes.Remove(batch, out memory);
            var hashes = MemoryMarshal.Cast<byte, RowHash>(memory.AsSpan())[..batch.Rows];
            for (var row = 0; row < hashes.Length; row++)
            {
                if (row + DuplicateKeys.Ahead < hashes.Length) _keys.Prefetch(hashes[row + DuplicateKeys.Ahead]);
                if (!batch.IsIn(row) || _keys.Add(hashes[row], batch.FirstRow + row)) continue;
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
            var end = batch.FirstRow + batch.Rows;
            for (var row = _duplicates.Next(batch.FirstRow); row < end; row = _duplicates.Next(row + 1)) batch.Drop((int)(row - batch.FirstRow));
        }

        /// <summary>Adds a column's values to the rows' hashes.</summary>
        static void Add(Batch batch, string column, Span<RowHash> hashes)
        {
            if (batch.Frame.Columns[column].DataType == typeof(string))
            {
                var texts = batch.Texts(column);
                for (var row = 0; row < hashes.Length; row++)
                {
                    if (texts.IsNull(row)) hashes[row].AddNull();
                    else hashes[row].Add(texts[row]);
                }
            }
            else if (batch.Frame.Columns[column].DataType == typeof(double))
            {
                var numbers = batch.Values<double>(column);
                for (var row = 0; row < hashes.Length; row++)
                {
                    if (numbers.IsNull(row)) hashes[row].AddNull();
                    else hashes[row].Add(numbers[row]);
                }
            }
            else
            {
                throw new NotSupportedException($"duplicates by '{column}': only texts and numbers can be keys");
            }
        }
    }
}
