using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using EtlTracing.Pipeline.Batches;

namespace EtlTracing.Pipeline.Reading;

/// <summary>
/// Makes batches of blocks. Every typed field is checked in every pass, so that all passes agree on which rows there are; only the columns that
/// the pass needs are kept.
/// </summary>
sealed class BatchParser(Contract contract, int[] places, Schema schema, IReadOnlySet<string> needed)
{
    /// <summary>The block goes with the batch: a row rejected later shows its text.</summary>
    public Batch Parse(RecordBlock block)
    {
        var batch = new Batch(block.FirstRecord, block.Records, block.Describe);
        foreach (var (record, rule) in block.Flaws) batch.Reject(record, rule);
        for (var index = 0; index < places.Length; index++)
        {
            var column = contract.Columns[index];
            if (places[index] < 0 || !column.Used) continue;
            var keep = needed.Contains(column.Name);
            if (column.Type == ColumnType.Text && !keep && column.Nullable) continue;
            var name = schema.Columns.First(candidate => candidate.Origin == column.Name).Name;
            switch (column.Type)
            {
                case ColumnType.Text: ParseTexts(batch, block, column, places[index], name); break;
                case ColumnType.Number: ParseNumbers(batch, block, column, places[index], keep ? name : null); break;
                case ColumnType.Integer: ParseIntegers(batch, block, column, places[index], keep ? name : null); break;
                case ColumnType.SmallInteger: ParseSmallIntegers(batch, block, column, places[index], keep ? name : null); break;
                default: ParseDates(batch, block, column, places[index], keep ? name : null); break;
            }
        }

        return batch;
    }

    static void ParseNumbers(Batch batch, RecordBlock block, ContractColumn column, int place, string? name)
    {
        var memory = batch.Rent<double>(out var values);
        var valid = batch.RentValid();
        for (var row = 0; row < values.Length; row++)
        {
            var text = batch.IsIn(row) ? block.Field(row, place) : default;
            if (FieldText.TryNumber(text, out values[row])) continue;
            values[row] = default;
            WithoutValue(batch, column, row, text, valid, "not a number");
        }

        if (name is not null) batch.Set<double>(name, memory, valid);
    }

    static void ParseIntegers(Batch batch, RecordBlock block, ContractColumn column, int place, string? name)
    {
        var memory = batch.Rent<long>(out var values);
        var valid = batch.RentValid();
        for (var row = 0; row < values.Length; row++)
        {
            var text = batch.IsIn(row) ? block.Field(row, place) : default;
            if (FieldText.TryInteger(text, out values[row])) continue;
            values[row] = default;
            WithoutValue(batch, column, row, text, valid, "not a whole number");
        }

        if (name is not null) batch.Set<long>(name, memory, valid);
    }

    static void ParseSmallIntegers(Batch batch, RecordBlock block, ContractColumn column, int place, string? name)
    {
        var memory = batch.Rent<int>(out var values);
        var valid = batch.RentValid();
        for (var row = 0; row < values.Length; row++)
        {
            var text = batch.IsIn(row) ? block.Field(row, place) : default;
            if (FieldText.TrySmallInteger(text, out values[row])) continue;
            values[row] = default;
            WithoutValue(batch, column, row, text, valid, "not a whole number");
        }

        if (name is not null) batch.Set<int>(name, memory, valid);
    }

    static void ParseDates(Batch batch, RecordBlock block, ContractColumn column, int place, string? name)
    {
        var memory = batch.Rent<DateTime>(out var values);
        var valid = batch.RentValid();
        for (var row = 0; row < values.Length; row++)
        {
            var text = batch.IsIn(row) ? block.Field(row, place) : default;
            if (FieldText.TryDate(text, out values[row])) continue;
            values[row] = default;
            WithoutValue(batch, column, row, text, valid, "not a date");
        }

        if (name is not null) batch.Set<DateTime>(name, memory, valid);
    }

    static void ParseTexts(Batch batch, RecordBlock block, ContractColumn column, int place, string name)
    {
        var valid = batch.RentValid();
        var offsetMemory = batch.Rent((batch.Rows + 1) * sizeof(int));
        var offsets = MemoryMarshal.Cast<byte, int>(offsetMemory.AsSpan())[..(batch.Rows + 1)];
        var bytes = PaddedTexts.Rent(batch);
        var length = 0;
        for (var row = 0; row < offsets.Length - 1; row++)
        {
            offsets[row] = length;
            if (!TryText(batch, block, column, row, place, valid, out var text, out var quoted)) continue;
            PaddedTexts.Reserve(batch, ref bytes, length, text.Length);
            if (quoted)
            {
                length += FieldReader.Unescape(text, bytes.AsSpan(length));
            }
            else
            {
                PaddedTexts.Copy(text, ref bytes[length]);
                length += text.Length;
            }
        }

        offsets[^1] = length;
        batch.SetTexts(name, bytes, offsetMemory, valid);
    }

    /// <summary>False, and the row's bit cleared, where there is no value or the row is out already.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static bool TryText(Batch batch, RecordBlock block, ContractColumn column, int row, int place, byte[] valid, out ReadOnlySpan<byte> text, out bool quoted)
    {
        text = default;
        quoted = false;
        if (batch.IsIn(row))
        {
            text = block.Field(row, place, out quoted);
            if (!FieldText.IsMissing(text)) return true;
            if (!column.Nullable) batch.Reject(row, $"no value in {column.Name}");
        }

        Bits.Clear(valid, row);
        return false;
    }

    /// <summary>A field that says nothing of the kind: it is empty, or its row is out, or goes out for it.</summary>
    static void WithoutValue(Batch batch, ContractColumn column, int row, ReadOnlySpan<byte> text, byte[] valid, string rule)
    {
        Bits.Clear(valid, row);
        if (!batch.IsIn(row)) return;
        if (!FieldText.IsMissing(text)) batch.Reject(row, $"{rule} in {column.Name}");
        else if (!column.Nullable) batch.Reject(row, $"no value in {column.Name}");
    }
}
