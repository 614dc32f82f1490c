using System.Globalization;
using EtlTracing.LocalAws.S3.Checksums;

namespace EtlTracing.LocalAws.S3;

/// <summary>Checks a completion's list against the parts that are there, and computes the whole's eTag and checksum.</summary>
static class MultipartAssembly
{
    /// <summary>The whole of the listed parts; <paramref name="claimed"/> and <paramref name="claimedSize"/> are its checksum and size as the client has them, or null.</summary>
    public static Assembly Of(StoredUpload upload, IReadOnlyList<ListedPart> listed, IReadOnlyDictionary<int, StoredPart> stored, string? claimed, string? claimedSize)
    {
        var parts = new List<StoredPart>(listed.Count);
        foreach (var wanted in listed)
        {
            if (!stored.TryGetValue(wanted.Number, out var part) || part.ETag != wanted.ETag) throw S3Error.InvalidPart(upload.Id, wanted.Number, wanted.ETag);
            if (wanted.Algorithm is not null && wanted.Algorithm == upload.EffectiveAlgorithm && wanted.Checksum != part.Checksum) throw S3Error.InvalidPart(upload.Id, wanted.Number, wanted.ETag);
            if (wanted.Algorithm is null && upload.Algorithm is not null && upload.ChecksumType == ChecksumAlgorithm.Composite)
                throw S3Error.InvalidRequest($"The upload was created using a {upload.Algorithm.Name.ToLowerInvariant()} checksum. The complete request must include the checksum for each part. It was missing for part {wanted.Number.ToString(CultureInfo.InvariantCulture)} in the request.");
            parts.Add(part);
        }
        foreach (var part in parts.SkipLast(1))
            if (part.Size < S3Limits.MinPart) throw S3Error.EntityTooSmall(part.Size, part.Number, part.ETag);
        var size = parts.Sum(part => part.Size);
        if (claimedSize is not null && claimedSize != size.ToString(CultureInfo.InvariantCulture))
            throw S3Error.InvalidRequest($"The provided 'x-amz-mp-object-size' header value {claimedSize} does not match what was computed: {size.ToString(CultureInfo.InvariantCulture)}");
        if (size > S3Limits.Object) throw S3Error.EntityTooLarge(size, S3Limits.Object);

        var checksum = ChecksumOf(upload, parts);
        // The claim of a composite has the form value-parts, as the answer has.
        if (claimed is not null && claimed != checksum.Value && claimed != checksum.Value.Split('-')[0])
            throw S3Error.BadDigest($"The {checksum.Algorithm.Name.ToLowerInvariant()} you specified did not match the calculated checksum.");
        var md5s = parts.SelectMany(part => Convert.FromHexString(part.ETag)).ToArray();
        return new Assembly(parts, string.Create(CultureInfo.InvariantCulture, $"{Digests.Md5(md5s)}-{parts.Count}"), checksum);
    }

    static Checksum ChecksumOf(StoredUpload upload, List<StoredPart> parts)
    {
        var algorithm = upload.EffectiveAlgorithm;
        if (upload.ChecksumType == ChecksumAlgorithm.FullObject)
        {
            var value = parts[0].Checksum;
            foreach (var part in parts.Skip(1)) value = algorithm.Polynomial!.Combine(value, part.Checksum, part.Size);
            return new Checksum(algorithm, value, ChecksumAlgorithm.FullObject);
        }
        using var hash = algorithm.Start();
        foreach (var part in parts) hash.Append(Convert.FromBase64String(part.Checksum));
        return new Checksum(algorithm, string.Create(CultureInfo.InvariantCulture, $"{Convert.ToBase64String(hash.Finish())}-{parts.Count}"), ChecksumAlgorithm.Composite);
    }
}
