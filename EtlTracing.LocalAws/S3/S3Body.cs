using System.Globalization;
using EtlTracing.LocalAws.S3.Checksums;

namespace EtlTracing.LocalAws.S3;

/// <summary>What an upload's body turned out to be; <see cref="Claimed"/> is the algorithm of the client's own checksum.</summary>
sealed record S3Upload(Intake Intake, ChecksumAlgorithm? Claimed) : IDisposable
{
    public void Dispose() => Intake.Dispose();
}

/// <summary>Reads bodies, undoing their wire form and checking them against every length and digest that the client gave.</summary>
static class S3Body
{
    const string Streaming = "STREAMING-";

    /// <summary>An object's or a part's bytes, into a file. The checksums of <paramref name="wanted"/> are computed besides the client's.</summary>
    public static async Task<S3Upload> ReceiveAsync(S3Request request, S3Store store, long limit, Func<ChecksumAlgorithm?, ChecksumAlgorithm> wanted)
    {
        var sha256 = request.Header("x-amz-content-sha256");
        var chunked = IsChunked(request, sha256);
        var length = Length(request, chunked);
        if (length > limit) throw S3Error.EntityTooLarge(length, limit);
        var md5 = ContentMd5(request);
        var (claimed, value) = ClaimedChecksum(request);
        List<ChecksumAlgorithm> algorithms = [wanted(claimed)];
        if (claimed is not null) algorithms.Add(claimed);
        var payloadHash = sha256?.Length == 64 && sha256.All(char.IsAsciiHexDigit) ? sha256 : null;
        if (payloadHash is not null) algorithms.Add(ChecksumAlgorithm.Sha256);

        var decoder = chunked ? new AwsChunkedStream(request.Context.Request.Body, ChunkSignatures.Of(request)) : null;
        await using var body = decoder ?? request.Context.Request.Body;
        var intake = await Intake.ReadAsync(store.Files, body, algorithms, length, _ => S3Error.IncompleteBody(), request.Aborted);
        try
        {
            if (intake.Size != length) throw S3Error.IncompleteBody();
            if (md5 is not null && md5 != intake.ETag) throw S3Error.BadMd5(md5, Convert.ToBase64String(Convert.FromHexString(intake.ETag)));
            if (payloadHash is not null && Convert.ToHexStringLower(Convert.FromBase64String(intake.Checksums[ChecksumAlgorithm.Sha256])) is var computed && !computed.Equals(payloadHash, StringComparison.OrdinalIgnoreCase))
                throw S3Error.Sha256Mismatch(payloadHash, computed);
            if (claimed is not null)
            {
                value ??= decoder?.Trailers.GetValueOrDefault(claimed.Header) ?? throw new S3Exception(400, "MalformedTrailerError", "The request contained trailing data that was not well-formed or did not conform to our published schema.");
                if (!claimed.IsValid(value)) throw S3Error.InvalidRequest($"Value for {claimed.Header} trailing header is invalid.");
                if (intake.Checksums[claimed] != value) throw S3Error.BadDigest($"The {claimed.Name} you specified did not match the calculated checksum.");
            }
            return new S3Upload(intake, claimed);
        }
        catch
        {
            intake.Dispose();
            throw;
        }
    }

    /// <summary>A body that is small by its nature (XML), checked like any other.</summary>
    public static async Task<MemoryStream> SmallAsync(S3Request request, bool digestRequired = false)
    {
        var sha256 = request.Header("x-amz-content-sha256");
        var chunked = IsChunked(request, sha256);
        if (request.Context.Request.ContentLength > S3Limits.Xml) throw S3Error.MaxMessageLengthExceeded(S3Limits.Xml);
        var md5 = ContentMd5(request);
        var (claimed, value) = ClaimedChecksum(request);
        if (digestRequired && md5 is null && claimed is null) throw S3Error.InvalidRequest("Missing required header for this request: Content-MD5 OR x-amz-checksum-*");
        var decoder = chunked ? new AwsChunkedStream(request.Context.Request.Body, ChunkSignatures.Of(request)) : null;
        await using var body = decoder ?? request.Context.Request.Body;
        var read = new MemoryStream();
        var block = new byte[16 * 1024];
        for (int count; (count = await body.ReadAsync(block, request.Aborted)) > 0;)
        {
            read.Write(block, 0, count);
            if (read.Length > S3Limits.Xml) throw S3Error.MaxMessageLengthExceeded(S3Limits.Xml);
        }
        var bytes = read.GetBuffer().AsSpan(0, (int)read.Length);
        if (md5 is not null && Digests.Md5(bytes) is var found && md5 != found) throw S3Error.BadMd5(md5, Convert.ToBase64String(Convert.FromHexString(found)));
        if (sha256?.Length == 64 && sha256.All(char.IsAsciiHexDigit) && Hex(System.Security.Cryptography.SHA256.HashData(bytes)) is var computed && !computed.Equals(sha256, StringComparison.OrdinalIgnoreCase))
            throw S3Error.Sha256Mismatch(sha256, computed);
        if (claimed is not null)
        {
            using var hash = claimed.Start();
            hash.Append(bytes);
            value ??= decoder?.Trailers.GetValueOrDefault(claimed.Header);
            if (value != Convert.ToBase64String(hash.Finish())) throw S3Error.BadDigest($"The {claimed.Name} you specified did not match the calculated checksum.");
        }
        read.Position = 0;
        return read;
    }

    static string Hex(byte[] bytes) => Convert.ToHexStringLower(bytes);

    static bool IsChunked(S3Request request, string? sha256)
    {
        if (sha256?.StartsWith(Streaming, StringComparison.Ordinal) is true)
        {
            if (sha256 is not ("STREAMING-UNSIGNED-PAYLOAD-TRAILER" or "STREAMING-AWS4-HMAC-SHA256-PAYLOAD" or "STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER"))
                throw S3Error.NotImplemented(sha256);
            return true;
        }
        return request.HasHeaderToken("Content-Encoding", "aws-chunked") && request.Header("x-amz-decoded-content-length") is not null;
    }

    static long Length(S3Request request, bool chunked)
    {
        if (chunked)
            return long.TryParse(request.Header("x-amz-decoded-content-length"), NumberStyles.None, CultureInfo.InvariantCulture, out var decoded) ? decoded : throw S3Error.MissingContentLength();
        if (request.Context.Request.ContentLength is { } length) return length;
        throw request.Header("Transfer-Encoding") is not null ? S3Error.HeaderNotImplemented("Transfer-Encoding") : S3Error.MissingContentLength();
    }

    /// <summary>In lower case hex; null when there is none.</summary>
    static string? ContentMd5(S3Request request)
    {
        if (request.Header("Content-MD5") is not { } given) return null;
        var bytes = new byte[64];
        return Convert.TryFromBase64String(given, bytes, out var length) && length == 16 ? Hex(bytes[..16]) : throw S3Error.InvalidDigest(given);
    }

    /// <summary>The client's checksum: by header with its value, or announced for the trailer with none yet.</summary>
    static (ChecksumAlgorithm? Algorithm, string? Value) ClaimedChecksum(S3Request request)
    {
        var byHeader = ChecksumAlgorithm.All.Where(algorithm => request.Header(algorithm.Header) is not null).ToList();
        if (byHeader.Count > 1) throw S3Error.InvalidRequest("Expecting a single x-amz-checksum- header. Multiple checksum Types are not allowed.");
        var trailer = request.Header("x-amz-trailer");
        var byTrailer = trailer is null ? null : ChecksumAlgorithm.All.FirstOrDefault(algorithm => algorithm.Header.Equals(trailer.Trim(), StringComparison.OrdinalIgnoreCase))
            ?? throw S3Error.InvalidRequest("The value specified in the x-amz-trailer header is not supported");
        if (byTrailer is not null && byHeader.Count > 0) throw S3Error.InvalidRequest("Expecting a single x-amz-checksum- header. Multiple checksum Types are not allowed.");
        var announced = request.Header("x-amz-sdk-checksum-algorithm");
        if (announced is not null)
        {
            var named = ChecksumAlgorithm.Find(announced) ?? throw S3Error.InvalidRequest("Value for x-amz-sdk-checksum-algorithm header is invalid.");
            if (byHeader.Count == 0 && byTrailer is null && request.Header("Content-MD5") is null)
                throw S3Error.InvalidRequest("x-amz-sdk-checksum-algorithm specified, but no corresponding x-amz-checksum-* or x-amz-trailer headers were found.");
            if ((byTrailer ?? byHeader.FirstOrDefault() ?? named) != named) throw S3Error.InvalidRequest("Value for x-amz-sdk-checksum-algorithm header is invalid.");
        }
        if (byTrailer is not null) return (byTrailer, null);
        if (byHeader.Count == 0) return (null, null);
        var value = request.Header(byHeader[0].Header)!;
        return byHeader[0].IsValid(value) ? (byHeader[0], value) : throw S3Error.InvalidRequest($"Value for {byHeader[0].Header} header is invalid.");
    }
}
