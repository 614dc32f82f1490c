using System.Buffers;
using System.Security.Cryptography;
using EtlTracing.LocalAws.S3.Checksums;
using EtlTracing.LocalAws.Storage;

namespace EtlTracing.LocalAws.S3;

/// <summary>Bytes that came in: in a file of their own, hashed as they passed. Deleted again unless someone keeps them.</summary>
public sealed class Intake : IDisposable
{
    const int BlockSize = 256 * 1024;

    readonly ObjectFiles _files;
    bool _kept;

    Intake(ObjectFiles files) => _files = files;

    /// <summary>Null when there was no byte.</summary>
    public string? File { get; private set; }
    public long Size { get; private set; }

    /// <summary>MD5 in lower case hex: the eTag of what was put whole, and of a part.</summary>
    public string ETag { get; private set; } = "";

    /// <summary>Values in base64 of the algorithms that were asked for.</summary>
    public IReadOnlyDictionary<ChecksumAlgorithm, string> Checksums { get; private set; } = new Dictionary<ChecksumAlgorithm, string>();

    /// <summary>Reads <paramref name="body"/> to its end. Memory is one block, whatever the size.</summary>
    public static async Task<Intake> ReadAsync(ObjectFiles files, Stream body, IEnumerable<ChecksumAlgorithm> algorithms, long limit, Func<long, Exception> tooLarge, CancellationToken cancellationToken)
    {
        var intake = new Intake(files);
        var hashes = algorithms.Distinct().ToDictionary(algorithm => algorithm, algorithm => algorithm.Start());
        var block = ArrayPool<byte>.Shared.Rent(BlockSize);
        using var md5 = IncrementalHash.CreateHash(HashAlgorithmName.MD5);
        FileStream? file = null;
        try
        {
            int read;
            while ((read = await body.ReadAtLeastAsync(block.AsMemory(0, BlockSize), BlockSize, throwOnEndOfStream: false, cancellationToken)) > 0)
            {
                intake.Size += read;
                if (intake.Size > limit) throw tooLarge(intake.Size);
                if (file is null)
                {
                    file = files.Create(out var name);
                    intake.File = name;
                }
                var bytes = block.AsSpan(0, read);
                file.Write(bytes);
                md5.AppendData(bytes);
                foreach (var hash in hashes.Values) hash.Append(bytes);
            }
            intake.ETag = Convert.ToHexStringLower(md5.GetHashAndReset());
            intake.Checksums = hashes.ToDictionary(pair => pair.Key, pair => Convert.ToBase64String(pair.Value.Finish()));
            return intake;
        }
        catch
        {
            file?.Dispose();
            intake.Dispose();
            throw;
        }
        finally
        {
            file?.Dispose();
            foreach (var hash in hashes.Values) hash.Dispose();
            ArrayPool<byte>.Shared.Return(block);
        }
    }

    /// <summary>A committed row names the file now.</summary>
    public void Keep() => _kept = true;

    public void Dispose()
    {
        if (!_kept && File is not null) _files.Delete([File]);
    }
}
