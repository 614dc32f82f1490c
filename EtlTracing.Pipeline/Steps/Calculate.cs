using EtlTracing.Pipeline.Batches;

namespace EtlTracing.Pipeline.Steps;

/// <summary>Makes a column of whole numbers out of others, row by row. A null in any of them makes a null.</summary>
sealed class Calculate(string name, string target, string[] operands, Func<ReadOnlySpan<long>, long> formula) : RowStep(name)
{
    public override IEnumerable<string> Reads(Schema schema) => operands;

    public override IEnumerable<string> Writes(Schema schema) => [target];

    public override Schema Change(Schema schema) =>
        schema.Plus(new Column(target, ColumnType.Integer, operands.Any(operand => schema[operand].Nullable)) { Origin = $"+{target}" });

    public override void Apply(Batch batch)
    {
        var memory = batch.Rent<long>(out var results);
        var valid = batch.RentValid();
        var rows = batch.Rent(batch.Rows * operands.Length * sizeof(long));
        var values = System.Runtime.InteropServices.MemoryMarshal.Cast<byte, long>(rows.AsSpan());
        for (var operand = 0; operand < operands.Length; operand++)
        {
            var column = new WholeNumbers(batch, operands[operand]);
            Bits.And(valid, column.Valid, batch.Rows);
            for (var row = 0; row < results.Length; row++) values[row * operands.Length + operand] = column[row];
        }

        for (var row = 0; row < results.Length; row++) results[row] = formula(values.Slice(row * operands.Length, operands.Length));
        batch.Set<long>(target, memory, valid);
    }
}
