using System.Buffers;
using System.Security.Cryptography;
using EtlTracing.LocalAws.S3.Checksums;

namespace EtlTracing.LocalAws.S3;

/// <summary>MD5 and a checksum of bytes that are stored already.</summary>
public sealed record Digests(string ETag, string Checksum)
{
    /// <summary>In lower case hex: an eTag. MD5 is what S3's protocol has here, and protects nothing.</summary>
#pragma warning disable CA5351
    public static string Md5(ReadOnlySpan<byte> bytes) => Convert.ToHexStringLower(MD5.HashData(bytes));
#pragma warning restore CA5351

    public static async Task<Digests> OfAsync(Stream bytes, ChecksumAlgorithm algorithm, CancellationToken cancellationToken)
    {
        using var md5 = IncrementalHash.CreateHash(HashAlgorithmName.MD5);
        using var hash = algorithm.Start();
        var block = ArrayPool<byte>.Shared.Rent(256 * 1024);
        try
        {
            for (int read; (read = await bytes.ReadAsync(block, cancellationToken)) > 0;)
            {
                md5.AppendData(block, 0, read);
                hash.Append(block.AsSpan(0, read));
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(block);
        }
        return new Digests(Convert.ToHexStringLower(md5.GetHashAndReset()), Convert.ToBase64String(hash.Finish()));
    }
}
