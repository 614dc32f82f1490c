using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace EtlTracing.Pipeline.Reading;

/// <summary>What 64 bytes of sound CSV are: a bit a byte, the first byte's is the lowest.</summary>
/// <param name="Ends">Bytes that end a field.</param>
/// <param name="Breaks">Line ends, those inside quotes too.</param>
readonly record struct CsvLook(ulong Ends, ulong Breaks)
{
    /// <summary>Bytes at a look.</summary>
    public const int Length = 64;

    /// <summary>The line ends that end a record.</summary>
    public ulong LineEnds => Ends & Breaks;
}

/// <summary>Looks at text 64 bytes at a time, from a record's start on, and knows what was in front of the next ones.</summary>
struct CsvScanner()
{
    ulong _wasInside, _wasReturn, _wasClosing, _wasEnd = 1;

    /// <summary>False if quotation marks break the rules.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool Next(ref byte text, out CsvLook look)
    {
        var low = Vector256.LoadUnsafe(ref text);
        var high = Vector256.LoadUnsafe(ref text, 32);
        var quotes = Equal(low, high, '"');
        var returns = Equal(low, high, '\r');
        var lineFeeds = Equal(low, high, '\n');
        var inside = PrefixXor(quotes) ^ _wasInside;
        var opening = quotes & inside;
        var closing = quotes & ~inside;
        var ends = (Equal(low, high, ',') | lineFeeds | returns) & ~inside;

        // One that opens has an end or its twin in front of it, and one that closes has them behind it.
        var broken = opening & ~((ends | closing) << 1 | _wasEnd) | (closing << 1 | _wasClosing) & ~(ends | quotes);

        // A line feed behind a carriage return is no end of its own.
        var seconds = lineFeeds & (returns << 1 | _wasReturn);
        look = new CsvLook(ends & ~seconds, (lineFeeds | returns) & ~seconds);
        _wasInside = (ulong)((long)inside >> 63);
        _wasReturn = returns >> 63;
        _wasClosing = closing >> 63;
        _wasEnd = (ends | closing) >> 63;
        return broken == 0;
    }

    /// <summary>Each bit the exclusive or of itself and all lower ones: ones from an odd bit up to the next even one.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static ulong PrefixXor(ulong bits)
    {
        // In a product without carries by all ones, each place is the sum of itself and all lower ones.
        if (Pclmulqdq.IsSupported) return Pclmulqdq.CarrylessMultiply(Vector128.CreateScalar(bits), Vector128<ulong>.AllBitsSet, 0).ToScalar();
        for (var shift = 1; shift < CsvLook.Length; shift *= 2) bits ^= bits << shift;
        return bits;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static ulong Equal(Vector256<byte> low, Vector256<byte> high, char value)
    {
        var values = Vector256.Create((byte)value);
        return Vector256.Equals(low, values).ExtractMostSignificantBits() | (ulong)Vector256.Equals(high, values).ExtractMostSignificantBits() << 32;
    }
}
