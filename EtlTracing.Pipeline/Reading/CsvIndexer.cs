using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace EtlTracing.Pipeline.Reading;

/// <summary>
/// Reads records as long as their quotation marks keep the rules, and stops in front of the first one that <see cref="CsvTokenizer"/> has to
/// look at: one with broken quotes, one that is too long, and the one that the text's end cuts through.
/// </summary>
ref struct CsvIndexer
{
    /// <summary>Looks taken in a row before their bits are gone through: two short loops keep their numbers in registers, one long one would not.</summary>
    const int Looks = 16;

    /// <summary>Bounds written at once.</summary>
    const int Burst = 8;

    /// <summary>Bounds that may be written behind those of the record that is being read.</summary>
    public const int Slack = Looks * CsvLook.Length + Burst;

    readonly RecordBlock _block;
    readonly ref byte _text;
    int _row, _next, _start, _line;

    CsvIndexer(RecordBlock block, int start, int line)
    {
        _block = block;
        _text = ref MemoryMarshal.GetArrayDataReference(block.Bytes);
        (_start, _line) = (start, line);
    }

    /// <summary>Adds records to the block; where the first one starts that was not read.</summary>
    /// <param name="lines">The line of <paramref name="start"/>, and then of what is returned.</param>
    public static int Read(RecordBlock block, int start, int end, ref int lines)
    {
        if (end - start <= CsvLook.Length) return start;
        var indexer = new CsvIndexer(block, start, lines);
        indexer.Read(end);
        lines = indexer._line;
        return indexer._start;
    }

    void Read(int end)
    {
        Span<CsvLook> looks = stackalloc CsvLook[Looks];
        var scanner = new CsvScanner();
        var taken = Looks;
        _block.Reserve();
        BeginRow();
        for (int at = _start, line = _line; taken == Looks && _next - _row <= _block.Stride && at - _start <= CsvTokenizer.LongestRecord;)
        {
            taken = Scan(ref scanner, looks, at, end);
            _block.Reserve(Looks * CsvLook.Length + 1);
            foreach (ref readonly var look in looks[..taken])
            {
                if (look.LineEnds == 0) Store(look.Ends, at);
                else if (!EndRecords(look, at, line)) return;
                line += BitOperations.PopCount(look.Breaks);
                at += CsvLook.Length;
            }
        }
    }

    /// <summary>Takes looks up to the text's end or broken quotes; how many.</summary>
    readonly int Scan(ref CsvScanner scanner, scoped Span<CsvLook> looks, int at, int end)
    {
        var local = scanner;
        var taken = 0;

        // One byte more than a look must be there, for a line feed behind its last carriage return.
        for (; taken < looks.Length && end - at > CsvLook.Length && local.Next(ref Unsafe.Add(ref _text, at), out looks[taken]); taken++) at += CsvLook.Length;
        scanner = local;
        return taken;
    }

    /// <summary>Adds what ends in the look; false in front of a record that is too long.</summary>
    bool EndRecords(CsvLook look, int at, int line)
    {
        var ends = look.Ends;
        for (var lineEnds = look.LineEnds; lineEnds != 0; lineEnds &= lineEnds - 1)
        {
            var upTo = lineEnds ^ (lineEnds - 1);
            Store(ends & upTo, at);
            if (!EndRecord(at + BitOperations.TrailingZeroCount(lineEnds))) return false;
            _line = line + BitOperations.PopCount(look.Breaks & upTo);
            ends &= ~upTo;
        }

        Store(ends, at);
        return true;
    }

    /// <summary>Ends the record in front of the line end, if there is one; false, and nothing done, if it is too long.</summary>
    bool EndRecord(int position)
    {
        if (position > _start)
        {
            if (position - _start > CsvTokenizer.LongestRecord) return false;
            _block.Add(new Origin(_start, position, _line), _next - _row - 1);
        }

        ref var lineEnd = ref Unsafe.Add(ref _text, position);
        _start = position + (lineEnd == '\r' && Unsafe.Add(ref lineEnd, 1) == '\n' ? 2 : 1);
        BeginRow();
        return true;
    }

    void BeginRow()
    {
        _row = _block.Records * _block.Stride;
        _block.Bounds[_row] = _start;
        _next = _row + 1;
    }

    /// <summary>
    /// Writes a bound for each bit; eight at once, whether they are there or not, because a branch for each would be guessed wrong too often. Behind them
    /// there may be rubbish.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    void Store(ulong ends, int at)
    {
        ref var bounds = ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(_block.Bounds), _next);
        _next += BitOperations.PopCount(ends);
        at++;
        while (true)
        {
            Unsafe.Add(ref bounds, 0) = at + Take(ref ends);
            Unsafe.Add(ref bounds, 1) = at + Take(ref ends);
            Unsafe.Add(ref bounds, 2) = at + Take(ref ends);
            Unsafe.Add(ref bounds, 3) = at + Take(ref ends);
            Unsafe.Add(ref bounds, 4) = at + Take(ref ends);
            Unsafe.Add(ref bounds, 5) = at + Take(ref ends);
            Unsafe.Add(ref bounds, 6) = at + Take(ref ends);
            Unsafe.Add(ref bounds, 7) = at + Take(ref ends);
            if (ends == 0) return;
            bounds = ref Unsafe.Add(ref bounds, Burst);
        }
    }

    /// <summary>Takes the lowest bit away; which it was.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static int Take(ref ulong bits)
    {
        var bit = BitOperations.TrailingZeroCount(bits);
        bits &= bits - 1;
        return bit;
    }
}
