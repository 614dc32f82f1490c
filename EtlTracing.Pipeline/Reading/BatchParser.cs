using EtlTracing.Pipeline.Batches;

namespace EtlTracing.Pipeline.Reading;

/// <summary>
/// Makes batches of blocks. Every typed field is checked in every pass, so that all passes agree on which rows there are; only the columns that
/// the pass needs are kept.
/// </summary>
sealed class BatchParser(Contract contract, int[] places, Schema schema, IReadOnlySet<string> needed)
{
    /// <summary>Rows whose columns are made before the next rows': their text stays in the cache from one column to the next.</summary>
    const int Stretch = 512;

    readonly ParsedColumn[] _columns = [.. Columns(contract, places, schema, needed)];

    /// <summary>The block goes with the batch: a row rejected later shows its text.</summary>
    public Batch Parse(RecordBlock block)
    {
        var batch = new Batch(block.FirstRecord, block.Records, block.Describe);
        foreach (var (record, rule) in block.Flaws) batch.Reject(record, rule);
        var parsers = Array.ConvertAll(_columns, column => ColumnParser.Create(batch, block, column));
        for (var row = 0; row < batch.Rows; row += Stretch)
            foreach (var parser in parsers) parser.Parse(row, Math.Min(row + Stretch, batch.Rows));
        foreach (var parser in parsers) parser.Finish();
        return batch;
    }

    static IEnumerable<ParsedColumn> Columns(Contract contract, int[] places, Schema schema, IReadOnlySet<string> needed)
    {
        for (var index = 0; index < places.Length; index++)
        {
            var column = contract.Columns[index];
            if (places[index] < 0 || !column.Used) continue;
            var kept = needed.Contains(column.Name);
            if (kept || column.Type != ColumnType.Text || !column.Nullable)
                yield return new ParsedColumn(column, places[index], schema.Columns.First(candidate => candidate.Origin == column.Name).Name, kept);
        }
    }
}

/// <summary>A column that has to be looked at.</summary>
/// <param name="Place">Its field's place in a record.</param>
/// <param name="Name">What the batch calls it.</param>
/// <param name="Kept">Whether the batch gets it.</param>
sealed record ParsedColumn(ContractColumn Contract, int Place, string Name, bool Kept);
