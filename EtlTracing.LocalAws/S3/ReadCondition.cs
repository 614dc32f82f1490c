using System.Globalization;

namespace EtlTracing.LocalAws.S3;

/// <summary>If-Match and its kin on a read, in HTTP's order of precedence (RFC 9110, 13.2.2).</summary>
static class ReadCondition
{
    /// <summary>True when the client has this very object already: 304. A date that is still to come is no condition.</summary>
    /// <exception cref="S3Exception">PreconditionFailed.</exception>
    public static bool IsNotModified(S3Request request, StoredObject stored, DateTimeOffset now)
    {
        if (request.Header("If-Match") is { } match)
        {
            if (!Matches(match, stored)) throw S3Error.PreconditionFailed("If-Match");
        }
        else if (Date(request.Header("If-Unmodified-Since")) is { } unmodified && Seconds(stored) > unmodified) throw S3Error.PreconditionFailed("If-Unmodified-Since");
        if (request.Header("If-None-Match") is { } noneMatch) return Matches(noneMatch, stored);
        return Date(request.Header("If-Modified-Since")) is { } modified && Seconds(stored) <= modified && modified <= now;
    }

    /// <summary>The conditions of a copy on its source; all of them answer 412.</summary>
    public static void CheckCopySource(S3Request request, StoredObject source, DateTimeOffset now)
    {
        const string prefix = "x-amz-copy-source-";
        if (request.Header(prefix + "if-match") is { } match)
        {
            if (!Matches(match, source)) throw S3Error.PreconditionFailed(prefix + "If-Match");
        }
        else if (Date(request.Header(prefix + "if-unmodified-since")) is { } unmodified && Seconds(source) > unmodified) throw S3Error.PreconditionFailed(prefix + "If-Unmodified-Since");
        if (request.Header(prefix + "if-none-match") is { } noneMatch)
        {
            if (Matches(noneMatch, source)) throw S3Error.PreconditionFailed(prefix + "If-None-Match");
        }
        else if (Date(request.Header(prefix + "if-modified-since")) is { } modified && Seconds(source) <= modified && modified <= now) throw S3Error.PreconditionFailed(prefix + "If-Modified-Since");
    }

    static bool Matches(string header, StoredObject stored) =>
        header.Split(',', StringSplitOptions.TrimEntries).Any(tag => tag == "*" || (tag.StartsWith("W/", StringComparison.Ordinal) ? tag[2..] : tag).Trim('"') == stored.ETag);

    static DateTimeOffset? Date(string? header) =>
        DateTimeOffset.TryParse(header, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var date) ? date : null;

    static DateTimeOffset Seconds(StoredObject stored) => DateTimeOffset.FromUnixTimeSeconds(stored.Modified.ToUnixTimeSeconds());
}
