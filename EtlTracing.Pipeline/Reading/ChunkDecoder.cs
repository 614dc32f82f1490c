using System.Buffers.Binary;
using System.Runtime.InteropServices;
using EtlTracing.Pipeline.Batches;
using Parquet.Meta;

namespace EtlTracing.Pipeline.Reading;

/// <summary>
/// Decodes column chunks of the form that most writers, ours among them, give them: pages of the first kind, plain or of dictionary numbers, as they are or
/// by Snappy. Texts stay UTF-8, where Parquet.Net makes strings: that measured four times as long. What has another form is left to Parquet.Net.
/// </summary>
static class ChunkDecoder
{
    /// <summary>Puts the column into the batch. False, and nothing done, where the chunk has a form that is not read here.</summary>
    public static bool TryDecode(Batch batch, Column column, ColumnMetaData meta, ReadOnlySpan<byte> chunk)
    {
        if (meta.Codec is not (CompressionCodec.SNAPPY or CompressionCodec.UNCOMPRESSED) || column.Type == ColumnType.Date) return false;
        try
        {
            return column.Type switch
            {
                ColumnType.Text => TryTexts(batch, column, meta, chunk),
                ColumnType.Number => TryValues<double>(batch, column, meta, chunk),
                ColumnType.Integer => TryValues<long>(batch, column, meta, chunk),
                _ => TryValues<int>(batch, column, meta, chunk),
            };
        }
        catch (Exception broken) when (broken is ArgumentException or IndexOutOfRangeException or OverflowException or InvalidDataException)
        {
            throw new InvalidInputException($"column '{column.Name}' of a row group is broken: {broken.Message}");
        }
    }

    static bool TryValues<T>(Batch batch, Column column, ColumnMetaData meta, ReadOnlySpan<byte> chunk)
        where T : unmanaged
    {
        var pages = new PageReader(batch, column.Nullable, meta, chunk);
        var memory = batch.Rent<T>(out var values);
        var valid = batch.RentValid();
        for (var first = 0; first < batch.Rows; first += pages.Rows)
        {
            if (!pages.TryNext(batch.Rows - first)) return false;
            var there = MemoryMarshal.Cast<byte, T>(pages.HasNumbers ? pages.Dictionary : pages.Values);
            var target = values.Slice(first, pages.Rows);
            if (!pages.HasNumbers && pages.Nulls == 0)
            {
                there[..target.Length].CopyTo(target);
                continue;
            }

            if (pages.Nulls == 0)
            {
                var numbers = pages.Numbers;
                for (var row = 0; row < target.Length; row++) target[row] = there[numbers[row]];
                continue;
            }

            var at = 0;
            for (var row = 0; row < target.Length; row++)
            {
                target[row] = default;
                if (pages.IsNull(row)) Bits.Clear(valid, first + row);
                else target[row] = there[pages.HasNumbers ? pages.Numbers[at++] : at++];
            }
        }

        batch.Set<T>(column.Name, memory, valid);
        return true;
    }

    static bool TryTexts(Batch batch, Column column, ColumnMetaData meta, ReadOnlySpan<byte> chunk)
    {
        var pages = new PageReader(batch, column.Nullable, meta, chunk);
        var valid = batch.RentValid();
        var offsetMemory = batch.Rent((batch.Rows + 1) * sizeof(int));
        var offsets = MemoryMarshal.Cast<byte, int>(offsetMemory.AsSpan());
        var numberMemory = batch.Rent<int>(out var numbers);
        var numbered = true;
        var starts = Array.Empty<int>();
        var bytes = PaddedTexts.Rent(batch);
        var length = 0;
        for (var first = 0; first < batch.Rows; first += pages.Rows)
        {
            if (!pages.TryNext(batch.Rows - first)) return false;
            if (pages.HasNumbers && starts.Length == 0) starts = Starts(pages.Dictionary, pages.DictionaryCount);
            numbered &= pages.HasNumbers;
            int at = 0, position = 0;
            for (var row = 0; row < pages.Rows; row++)
            {
                offsets[first + row] = length;
                if (pages.IsNull(row))
                {
                    numbers[first + row] = -1;
                    Bits.Clear(valid, first + row);
                    continue;
                }

                var texts = pages.HasNumbers ? pages.Dictionary : pages.Values;
                if (pages.HasNumbers) numbers[first + row] = pages.Numbers[at++];
                var start = pages.HasNumbers ? starts[numbers[first + row]] : position;
                var text = texts.Slice(start + sizeof(int), BinaryPrimitives.ReadInt32LittleEndian(texts[start..]));
                position = start + sizeof(int) + text.Length;
                PaddedTexts.Reserve(batch, ref bytes, length, text.Length);
                PaddedTexts.Copy(text, ref bytes[length]);
                length += text.Length;
            }
        }

        offsets[batch.Rows] = length;
        batch.SetTexts(column.Name, bytes, offsetMemory, valid);
        if (numbered) batch.SetNumbers(column.Name, numberMemory, starts.Length);
        return true;
    }

    /// <summary>Where the dictionary's texts start: length and text, one after another.</summary>
    static int[] Starts(ReadOnlySpan<byte> dictionary, int count)
    {
        var starts = new int[count];
        var position = 0;
        for (var number = 0; number < count; number++)
        {
            starts[number] = position;
            position += sizeof(int) + BinaryPrimitives.ReadInt32LittleEndian(dictionary[position..]);
        }

        return starts;
    }
}
