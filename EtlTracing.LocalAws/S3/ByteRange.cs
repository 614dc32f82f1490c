using System.Globalization;

namespace EtlTracing.LocalAws.S3;

/// <summary>A part of an object's bytes.</summary>
public readonly record struct ByteRange(long Start, long Count)
{
    public long End => Start + Count - 1;

    /// <summary>
    /// Reads <c>bytes=0-99</c>, <c>bytes=100-</c> or <c>bytes=-100</c>. Null, so the whole object, for anything else: HTTP has
    /// servers ignore what they can't read, and S3 gives several ranges no answer of their own.
    /// </summary>
    /// <exception cref="S3Exception">InvalidRange, when the range begins behind the end.</exception>
    public static ByteRange? Parse(string? header, long size)
    {
        if (header is null || !header.StartsWith("bytes=", StringComparison.OrdinalIgnoreCase)) return null;
        var text = header.AsSpan(6).Trim();
        var dash = text.IndexOf('-');
        if (dash < 0 || text.Contains(',')) return null;
        var from = text[..dash].Trim();
        var to = text[(dash + 1)..].Trim();
        long last = long.MaxValue;
        if (to.Length > 0 && !Number(to, out last)) return null;
        if (from.Length == 0)
        {
            if (to.Length == 0) return null;
            if (last == 0 || size == 0) throw S3Error.InvalidRange(header, size);
            var count = Math.Min(last, size);
            return new ByteRange(size - count, count);
        }
        if (!Number(from, out var first) || last < first) return null;
        return first < size ? new ByteRange(first, Math.Min(last, size - 1) - first + 1) : throw S3Error.InvalidRange(header, size);
    }

    /// <summary>A range of a copy's source, which must be <c>bytes=first-last</c> and inside of it.</summary>
    public static ByteRange ParseCopySource(string header, long size)
    {
        var text = header.StartsWith("bytes=", StringComparison.Ordinal) ? header[6..].Split('-') : [];
        if (text is not [var from, var to] || !Number(from, out var first) || !Number(to, out var last) || last < first)
            throw S3Error.InvalidArgument("The x-amz-copy-source-range value must be of the form bytes=first-last where first and last are the zero-based offsets of the first and last bytes to copy", "x-amz-copy-source-range", header);
        if (first >= size) throw S3Error.InvalidRequest("The specified copy range is invalid for the source object size");
        return last < size ? new ByteRange(first, last - first + 1)
            : throw S3Error.InvalidArgument($"Range specified is not valid for source object of size: {size.ToString(CultureInfo.InvariantCulture)}", "x-amz-copy-source-range", header);
    }

    static bool Number(ReadOnlySpan<char> text, out long value)
    {
        if (long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out value)) return true;
        // More digits than a long has: still a number, far behind any end.
        value = long.MaxValue;
        return text.Length > 18 && !text.ContainsAnyExceptInRange('0', '9');
    }
}
