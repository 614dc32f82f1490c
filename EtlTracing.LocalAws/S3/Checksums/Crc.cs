using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.InteropServices;

namespace EtlTracing.LocalAws.S3.Checksums;

/// <summary>CRC-32C (Castagnoli) by the processor's own instruction.</summary>
sealed class Crc32CHash : RunningHash
{
    uint _crc = uint.MaxValue;

    public override void Append(ReadOnlySpan<byte> bytes)
    {
        var crc = _crc;
        foreach (var word in MemoryMarshal.Cast<byte, ulong>(bytes)) crc = BitOperations.Crc32C(crc, word);
        foreach (var one in bytes[(bytes.Length & ~7)..]) crc = BitOperations.Crc32C(crc, one);
        _crc = crc;
    }

    public override byte[] Finish()
    {
        var hash = new byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(hash, ~_crc);
        return hash;
    }
}

/// <summary>CRC-64/NVME, eight bytes at a time by tables (the base library's Crc64 is another polynomial).</summary>
sealed class Crc64NvmeHash : RunningHash
{
    static readonly ulong[][] s_tables = MakeTables();
    ulong _crc = ulong.MaxValue;

    public override void Append(ReadOnlySpan<byte> bytes)
    {
        var crc = _crc;
        var (t0, t1, t2, t3) = (s_tables[0], s_tables[1], s_tables[2], s_tables[3]);
        var (t4, t5, t6, t7) = (s_tables[4], s_tables[5], s_tables[6], s_tables[7]);
        foreach (var word in MemoryMarshal.Cast<byte, ulong>(bytes))
        {
            crc ^= word;
            crc = t7[(byte)crc] ^ t6[(byte)(crc >> 8)] ^ t5[(byte)(crc >> 16)] ^ t4[(byte)(crc >> 24)]
                ^ t3[(byte)(crc >> 32)] ^ t2[(byte)(crc >> 40)] ^ t1[(byte)(crc >> 48)] ^ t0[(byte)(crc >> 56)];
        }
        foreach (var one in bytes[(bytes.Length & ~7)..]) crc = t0[(byte)(crc ^ one)] ^ (crc >> 8);
        _crc = crc;
    }

    public override byte[] Finish()
    {
        var hash = new byte[8];
        BinaryPrimitives.WriteUInt64BigEndian(hash, ~_crc);
        return hash;
    }

    /// <summary>Table k holds the CRC of a byte that k zero bytes follow.</summary>
    static ulong[][] MakeTables()
    {
        var tables = new ulong[8][];
        for (var k = 0; k < 8; k++)
        {
            tables[k] = new ulong[256];
            for (var i = 0; i < 256; i++)
            {
                var crc = k == 0 ? (ulong)i : tables[k - 1][i];
                for (var bit = 0; bit < 8; bit++) crc = (crc & 1) == 0 ? crc >> 1 : (crc >> 1) ^ CrcPolynomial.Crc64Nvme.Reflected;
                tables[k][i] = crc;
            }
        }
        return tables;
    }
}

/// <summary>A CRC's generator polynomial, bits reflected, without its highest term.</summary>
public sealed record CrcPolynomial(int Width, ulong Reflected)
{
    public static readonly CrcPolynomial Crc32 = new(32, 0xEDB88320);
    public static readonly CrcPolynomial Crc32C = new(32, 0x82F63B78);
    public static readonly CrcPolynomial Crc64Nvme = new(64, 0x9A6C9329AC4BC9B5);

    /// <summary>
    /// The CRC of two runs of bytes, one after the other, from the CRCs of both and the second's length: the first one
    /// is multiplied by x^(8·length) modulo the polynomial, which is what appending that many zero bytes does.
    /// </summary>
    public ulong Combine(ulong first, ulong second, long secondLength)
    {
        var one = 1UL << (Width - 1);
        var (power, square) = (one, one >> 8);
        for (var n = secondLength; n > 0; n >>= 1)
        {
            if ((n & 1) != 0) power = Multiply(square, power);
            square = Multiply(square, square);
        }
        return Multiply(power, first) ^ second;
    }

    /// <summary>As <see cref="Combine(ulong, ulong, long)"/>, on values as S3 writes them.</summary>
    public string Combine(string first, string second, long secondLength)
    {
        var combined = Combine(Read(first), Read(second), secondLength);
        var bytes = new byte[8];
        BinaryPrimitives.WriteUInt64BigEndian(bytes, combined);
        return Convert.ToBase64String(bytes.AsSpan(8 - Width / 8));
    }

    static ulong Read(string base64) => Convert.FromBase64String(base64).Aggregate(0UL, (value, next) => (value << 8) | next);

    ulong Multiply(ulong a, ulong b)
    {
        var product = 0UL;
        for (var bit = 1UL << (Width - 1); bit != 0; bit >>= 1)
        {
            if ((a & bit) != 0) product ^= b;
            b = (b & 1) == 0 ? b >> 1 : (b >> 1) ^ Reflected;
        }
        return product;
    }
}
