using System.Runtime.InteropServices;
using EtlTracing.Pipeline.Batches;

namespace EtlTracing.Pipeline.Reading;

/// <summary>Makes one column of a block's fields, some rows at a time.</summary>
abstract class ColumnParser(Batch batch, ParsedColumn column)
{
    public static ColumnParser Create(Batch batch, RecordBlock block, ParsedColumn column) => column.Contract.Type switch
    {
        ColumnType.Text => new TextParser(batch, block, column),
        ColumnType.Number => new NumberParser(batch, block, column),
        ColumnType.Integer => new IntegerParser(batch, block, column),
        ColumnType.SmallInteger => new SmallIntegerParser(batch, block, column),
        _ => new DateParser(batch, block, column),
    };

    protected Batch Batch => batch;

    protected ParsedColumn Column => column;

    /// <summary>Validity bits of the column's rows.</summary>
    protected byte[] Valid { get; } = batch.RentValid();

    public abstract void Parse(int from, int to);

    /// <summary>Gives the column to the batch.</summary>
    public abstract void Finish();

    /// <summary>The field is empty, or its row is out already.</summary>
    protected void WithoutValue(int row)
    {
        Bits.Clear(Valid, row);
        if (batch.IsIn(row) && !column.Contract.Nullable) batch.Reject(row, $"no value in {column.Contract.Name}");
    }

    protected void WithWrongValue(int row, string rule)
    {
        Bits.Clear(Valid, row);
        batch.Reject(row, $"{rule} in {column.Contract.Name}");
    }
}

/// <summary>What a class that is not generic calls by name is compiled ahead, which overrides of this one would not be: hence one for each type.</summary>
abstract class ValueParser<T, TField>(Batch batch, RecordBlock block, ParsedColumn column) : ColumnParser(batch, column)
    where T : unmanaged
    where TField : struct, IFieldType<T>
{
    readonly byte[] _memory = batch.Rent<T>(out _);

    protected void ParseFields(int from, int to)
    {
        var values = MemoryMarshal.Cast<byte, T>(_memory.AsSpan());
        var fields = new FieldColumn(block, Column.Place);
        var kept = Batch.Kept;
        for (var row = from; row < to; row++)
        {
            var text = kept[row] != 0 ? fields.Read(row, out _) : default;
            if (default(TField).TryRead(text, out values[row])) continue;
            values[row] = default;
            if (FieldText.IsMissing(text)) WithoutValue(row);
            else WithWrongValue(row, default(TField).Rule);
        }
    }

    protected void FinishFields()
    {
        if (Column.Kept) Batch.Set<T>(Column.Name, _memory, Valid);
    }
}

sealed class NumberParser(Batch batch, RecordBlock block, ParsedColumn column) : ValueParser<double, NumberField>(batch, block, column)
{
    public override void Parse(int from, int to) => ParseFields(from, to);

    public override void Finish() => FinishFields();
}

sealed class IntegerParser(Batch batch, RecordBlock block, ParsedColumn column) : ValueParser<long, IntegerField>(batch, block, column)
{
    public override void Parse(int from, int to) => ParseFields(from, to);

    public override void Finish() => FinishFields();
}

sealed class SmallIntegerParser(Batch batch, RecordBlock block, ParsedColumn column) : ValueParser<int, SmallIntegerField>(batch, block, column)
{
    public override void Parse(int from, int to) => ParseFields(from, to);

    public override void Finish() => FinishFields();
}

sealed class DateParser(Batch batch, RecordBlock block, ParsedColumn column) : ValueParser<DateTime, DateField>(batch, block, column)
{
    public override void Parse(int from, int to) => ParseFields(from, to);

    public override void Finish() => FinishFields();
}

sealed class TextParser(Batch batch, RecordBlock block, ParsedColumn column) : ColumnParser(batch, column)
{
    readonly byte[] _offsets = batch.Rent((batch.Rows + 1) * sizeof(int));
    byte[] _bytes = PaddedTexts.Rent(batch);
    int _length;

    Span<int> Offsets => MemoryMarshal.Cast<byte, int>(_offsets.AsSpan());

    public override void Parse(int from, int to)
    {
        var (bytes, length) = (_bytes, _length);
        var offsets = Offsets;
        var fields = new FieldColumn(block, Column.Place);
        var kept = Batch.Kept;
        for (var row = from; row < to; row++)
        {
            offsets[row] = length;
            var quoted = false;
            var text = kept[row] != 0 ? fields.Read(row, out quoted) : default;
            if (FieldText.IsMissing(text))
            {
                WithoutValue(row);
                continue;
            }

            PaddedTexts.Reserve(Batch, ref bytes, length, text.Length);
            if (quoted)
            {
                length += PaddedTexts.Unescape(text, ref bytes[length]);
            }
            else
            {
                PaddedTexts.Copy(text, ref bytes[length]);
                length += text.Length;
            }
        }

        (_bytes, _length) = (bytes, length);
    }

    public override void Finish()
    {
        Offsets[Batch.Rows] = _length;
        Batch.SetTexts(Column.Name, _bytes, _offsets, Valid);
    }
}
