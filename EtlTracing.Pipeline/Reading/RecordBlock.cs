using System.Buffers;
using System.Runtime.CompilerServices;
using System.Text;
using EtlTracing.Pipeline.Batches;

namespace EtlTracing.Pipeline.Reading;

/// <summary>
/// Records found in a stretch of text, whatever its format: for each field where it ends in <see cref="Bytes"/>. A field starts one byte
/// behind the end of the one before it, so one number a field is enough.
/// </summary>
sealed class RecordBlock : IDisposable
{
    /// <summary>Marks on a field's end.</summary>
    public const int Quoted = 1 << 31, Escaped = 1 << 30, Position = Escaped - 1;

    const int FirstRecords = 2048;

    public RecordBlock(int fields, int capacity)
    {
        Fields = fields;
        Bytes = ArrayPool<byte>.Shared.Rent(capacity + Padding);
        Raw = Bytes;
    }

    /// <summary>Bytes behind the text that vector loads may touch.</summary>
    public const int Padding = 64;

    public int Fields { get; }

    /// <summary>Where the fields are.</summary>
    public byte[] Bytes { get; set; }

    /// <summary>The text as it was read; the same array as <see cref="Bytes"/> where fields lie in it as they are.</summary>
    public byte[] Raw { get; set; }

    public int Records { get; set; }

    /// <summary>Number of the first record in the whole input, from 0.</summary>
    public long FirstRecord { get; set; }

    /// <summary>Where fields end, a column after the other: batches are made column by column, and so they read memory as it lies.</summary>
    public int[] Ends { get; private set; } = [];

    /// <summary>From one column's ends to the next one's.</summary>
    public int Stride { get; private set; }

    /// <summary>Per record: where its first field starts in <see cref="Bytes"/>.</summary>
    public int[] Starts { get; private set; } = [];

    /// <summary>Per record: its text in <see cref="Raw"/>.</summary>
    public int[] RawStarts { get; private set; } = [];

    public int[] RawEnds { get; private set; } = [];

    /// <summary>Per record: the line on which it starts, less the block's first line.</summary>
    public int[] Lines { get; private set; } = [];

    public long FirstLine { get; set; }

    /// <summary>Records that break the format, with the rule that they break.</summary>
    public List<(int Record, string Rule)> Flaws { get; } = [];

    /// <summary>Makes room for one more record.</summary>
    public void Reserve()
    {
        if (Records < Stride) return;
        var records = Math.Max(FirstRecords, Stride * 2);
        Starts = Grow(Starts, records);
        RawStarts = Grow(RawStarts, records);
        RawEnds = Grow(RawEnds, records);
        Lines = Grow(Lines, records);
        var ends = ArrayPool<int>.Shared.Rent(records * Fields);
        for (var field = 0; field < Fields; field++) Ends.AsSpan(field * Stride, Stride).CopyTo(ends.AsSpan(field * records));
        if (Ends.Length > 0) ArrayPool<int>.Shared.Return(Ends);
        Ends = ends;
        Stride = records;
    }

    /// <summary>The field's text as written, without its quotation marks; doubled ones inside stay doubled.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ReadOnlySpan<byte> Field(int record, int field)
    {
        var at = field * Stride + record;
        var mark = Ends[at];
        var quote = mark >>> 31;
        var start = (field == 0 ? Starts[record] : (Ends[at - Stride] & Position) + 1) + quote;
        return Bytes.AsSpan(start, (mark & Position) - quote - start);
    }

    /// <summary>Whether the field's text has doubled quotation marks.</summary>
    public bool IsEscaped(int record, int field) => (Ends[field * Stride + record] & Escaped) != 0;

    public RejectedRow Describe(int record) => new(
        FirstLine + Lines[record], "", Encoding.UTF8.GetString(Raw, RawStarts[record], RawEnds[record] - RawStarts[record]));

    public void Dispose()
    {
        ArrayPool<byte>.Shared.Return(Bytes);
        if (Raw != Bytes) ArrayPool<byte>.Shared.Return(Raw);
        foreach (var array in new[] { Starts, RawStarts, RawEnds, Lines, Ends })
            if (array.Length > 0) ArrayPool<int>.Shared.Return(array);
    }

    static int[] Grow(int[] array, int length)
    {
        var larger = ArrayPool<int>.Shared.Rent(length);
        array.CopyTo(larger, 0);
        if (array.Length > 0) ArrayPool<int>.Shared.Return(array);
        return larger;
    }
}
