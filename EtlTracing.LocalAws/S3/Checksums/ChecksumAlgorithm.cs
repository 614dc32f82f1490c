using System.IO.Hashing;
using System.Security.Cryptography;

namespace EtlTracing.LocalAws.S3.Checksums;

/// <summary>One of S3's checksum algorithms (https://docs.aws.amazon.com/AmazonS3/latest/userguide/checking-object-integrity.html).</summary>
public sealed class ChecksumAlgorithm
{
    public const string Composite = "COMPOSITE";
    public const string FullObject = "FULL_OBJECT";

    public static readonly ChecksumAlgorithm Crc32 = new("CRC32", 4, CrcPolynomial.Crc32, () => new Crc32Hash());
    public static readonly ChecksumAlgorithm Crc32C = new("CRC32C", 4, CrcPolynomial.Crc32C, () => new Crc32CHash());
    public static readonly ChecksumAlgorithm Crc64Nvme = new("CRC64NVME", 8, CrcPolynomial.Crc64Nvme, () => new Crc64NvmeHash());
    public static readonly ChecksumAlgorithm Sha1 = new("SHA1", 20, null, () => new CryptographicHash(HashAlgorithmName.SHA1));
    public static readonly ChecksumAlgorithm Sha256 = new("SHA256", 32, null, () => new CryptographicHash(HashAlgorithmName.SHA256));
    public static readonly IReadOnlyList<ChecksumAlgorithm> All = [Crc32, Crc32C, Crc64Nvme, Sha1, Sha256];

    readonly Func<RunningHash> _create;

    ChecksumAlgorithm(string name, int bytes, CrcPolynomial? polynomial, Func<RunningHash> create)
    {
        Name = name;
        Bytes = bytes;
        Polynomial = polynomial;
        _create = create;
    }

    /// <summary>As in <c>x-amz-checksum-algorithm</c> and in XML: <c>CRC32</c>.</summary>
    public string Name { get; }
    public int Bytes { get; }

    /// <summary>The header and trailer of a value: <c>x-amz-checksum-crc32</c>.</summary>
    public string Header => "x-amz-checksum-" + Name.ToLowerInvariant();

    /// <summary>The element of a value in XML: <c>ChecksumCRC32</c>.</summary>
    public string Element => "Checksum" + Name;

    /// <summary>Not null for CRCs: those of parts can be combined to the whole object's.</summary>
    public CrcPolynomial? Polynomial { get; }

    public RunningHash Start() => _create();

    public static ChecksumAlgorithm? Find(string? name) => All.FirstOrDefault(algorithm => algorithm.Name.Equals(name, StringComparison.OrdinalIgnoreCase));

    public bool IsValid(string base64) => Convert.TryFromBase64String(base64, new byte[64], out var written) && written == Bytes;

    public override string ToString() => Name;

    sealed class Crc32Hash : RunningHash
    {
        readonly Crc32 _crc = new();
        public override void Append(ReadOnlySpan<byte> bytes) => _crc.Append(bytes);
        public override byte[] Finish()
        {
            var hash = _crc.GetCurrentHash();
            Array.Reverse(hash);
            return hash;
        }
    }

    sealed class CryptographicHash(HashAlgorithmName name) : RunningHash
    {
        readonly IncrementalHash _hash = IncrementalHash.CreateHash(name);
        public override void Append(ReadOnlySpan<byte> bytes) => _hash.AppendData(bytes);
        public override byte[] Finish() => _hash.GetHashAndReset();

        protected override void Dispose(bool disposing)
        {
            if (disposing) _hash.Dispose();
            base.Dispose(disposing);
        }
    }
}

/// <summary>A hash over bytes as they pass.</summary>
public abstract class RunningHash : IDisposable
{
    public abstract void Append(ReadOnlySpan<byte> bytes);

    /// <summary>The value in the byte order that S3 encodes: the most significant first.</summary>
    public abstract byte[] Finish();

    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    protected virtual void Dispose(bool disposing) { }
}
