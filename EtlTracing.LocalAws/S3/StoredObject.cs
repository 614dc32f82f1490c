using EtlTracing.LocalAws.S3.Checksums;

namespace EtlTracing.LocalAws.S3;

/// <summary>An object as its readers see it. <see cref="Headers"/> are the system and user headers it was stored with, names in lower case.</summary>
public sealed record StoredObject
{
    public required long Id { get; init; }
    public required string Bucket { get; init; }
    public required string Key { get; init; }
    public required long Size { get; init; }

    /// <summary>Without quotes.</summary>
    public required string ETag { get; init; }
    public required DateTimeOffset Modified { get; init; }
    public required IReadOnlyDictionary<string, string> Headers { get; init; }
    public Checksum? Checksum { get; init; }

    /// <summary>How many parts a multipart upload had; 0 for an object that was put whole.</summary>
    public int Parts { get; init; }

    public string QuotedETag => $"\"{ETag}\"";
    public string StorageClass => Headers.GetValueOrDefault("x-amz-storage-class", "STANDARD");
}

/// <summary>A checksum's value in base64, and whether it covers the object (FULL_OBJECT) or its parts' checksums (COMPOSITE).</summary>
public sealed record Checksum(ChecksumAlgorithm Algorithm, string Value, string Type)
{
    public override string ToString() => $"{Algorithm.Name} {Type} {Value}";

    public static Checksum? Parse(string? text) =>
        text?.Split(' ') is [var name, var type, var value] && ChecksumAlgorithm.Find(name) is { } algorithm ? new Checksum(algorithm, value, type) : null;
}

/// <summary>A file with some of an object's bytes. Objects that were put whole have one, multipart objects one a part, empty ones none.</summary>
public sealed record Piece(int Number, string File, long Size, string ETag, string? Checksum);
