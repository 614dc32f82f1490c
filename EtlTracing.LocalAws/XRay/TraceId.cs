using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace EtlTracing.LocalAws.XRay;

/// <summary>
/// X-Ray's form of a trace id, <c>1-58406520-a006649127e371903a2de979</c>: version, seconds since 1970, 96 random bits
/// (https://docs.aws.amazon.com/xray/latest/devguide/xray-api-sendingdata.html#xray-api-traceids).
/// </summary>
static class TraceId
{
    const int Length = 35;

    public static bool IsValid([NotNullWhen(true)] string? id) =>
        id is { Length: Length } && id.StartsWith("1-", StringComparison.Ordinal) && id[10] == '-' &&
        IsHex(id.AsSpan(2, 8)) && IsHex(id.AsSpan(11));

    /// <summary>The time that is part of a valid id.</summary>
    public static long Seconds(string id) => long.Parse(id.AsSpan(2, 8), NumberStyles.HexNumber, CultureInfo.InvariantCulture);

    public static string FromBytes(ReadOnlySpan<byte> id) => $"1-{Convert.ToHexStringLower(id[..4])}-{Convert.ToHexStringLower(id[4..])}";

    public static byte[] ToBytes(string id) => Convert.FromHexString(string.Concat(id.AsSpan(2, 8), id.AsSpan(11)));

    /// <summary>Segment ids are sixteen hexadecimal digits.</summary>
    public static bool IsSegmentId([NotNullWhen(true)] string? id) => id is { Length: 16 } && IsHex(id);

    static bool IsHex(ReadOnlySpan<char> text) => !text.ContainsAnyExcept(s_hex);

    static readonly System.Buffers.SearchValues<char> s_hex = System.Buffers.SearchValues.Create("0123456789abcdefABCDEF");
}
