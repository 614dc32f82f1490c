using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace EtlTracing.Pipeline.Reading;

/// <summary>Reads Parquet's hybrid of run lengths and packed bits (github.com/apache/parquet-format/blob/master/Encodings.md).</summary>
static class HybridReader
{
    /// <summary>Bytes behind the encoded ones that must be there to be touched.</summary>
    public const int Slack = sizeof(ulong);

    /// <param name="encoded">The runs.</param>
    /// <param name="width">Bits of a value, at most 32.</param>
    /// <param name="values">What is to be filled.</param>
    /// <param name="padded">The same memory as <paramref name="encoded"/> with <see cref="Slack"/> behind it.</param>
    public static void Read(ReadOnlySpan<byte> encoded, int width, Span<int> values, ReadOnlySpan<byte> padded)
    {
        if (width > 32) throw new InvalidDataException($"numbers of {width} bits");
        var position = 0;
        while (!values.IsEmpty)
        {
            var header = 0U;
            for (var shift = 0; ; shift += 7)
            {
                var part = encoded[position++];
                header |= (uint)(part & 0x7F) << shift;
                if (part < 0x80) break;
                if (shift > 28) throw new InvalidDataException("a run without end");
            }

            if ((header & 1) == 0)
            {
                var count = (int)Math.Min(header >> 1, (uint)values.Length);
                if (count == 0) throw new InvalidDataException("an empty run");
                var value = 0;
                for (var index = 0; index < (width + 7) >> 3; index++) value |= encoded[position++] << (index << 3);
                if (width < 32 && value >> width != 0) throw new InvalidDataException($"{value} in {width} bits");
                values[..count].Fill(value);
                values = values[count..];
                continue;
            }

            var bytes = checked((int)(header >> 1) * width);
            var packed = encoded.Slice(position, Math.Min(bytes, encoded.Length - position));
            var there = (int)Math.Min((header >> 1) * 8L, values.Length);
            if (there == 0 || (long)there * width > packed.Length * 8L) throw new InvalidDataException("fewer numbers than said");
            Unpack(padded[position..], width, values[..there]);
            position += packed.Length;
            values = values[there..];
        }
    }

    static void Unpack(ReadOnlySpan<byte> packed, int width, Span<int> values)
    {
        var mask = (1UL << width) - 1;
        ref var start = ref MemoryMarshal.GetReference(packed);
        var bit = 0L;
        for (var index = 0; index < values.Length; index++, bit += width)
            values[index] = (int)((Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref start, (nint)(bit >> 3))) >> (int)(bit & 7)) & mask);
    }
}
