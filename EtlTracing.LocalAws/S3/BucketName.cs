using System.Net;
using System.Net.Sockets;

namespace EtlTracing.LocalAws.S3;

/// <summary>S3's rules for names (https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html).</summary>
static class BucketName
{
    public static bool IsValid(string name) =>
        name.Length is >= 3 and <= 63
        && name.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c is '-' or '.')
        && char.IsAsciiLetterOrDigit(name[0]) && char.IsAsciiLetterOrDigit(name[^1])
        && !name.Contains("..", StringComparison.Ordinal)
        && !(name.Count(c => c == '.') == 3 && IPAddress.TryParse(name, out var address) && address.AddressFamily == AddressFamily.InterNetwork);

    /// <summary>Names that S3 keeps for itself; they are valid but can't be created.</summary>
    public static bool IsReserved(string name) =>
        name.StartsWith("xn--", StringComparison.Ordinal) || name.StartsWith("sthree-", StringComparison.Ordinal) || name.StartsWith("amzn-s3-demo-", StringComparison.Ordinal)
        || name.EndsWith("-s3alias", StringComparison.Ordinal) || name.EndsWith("--ol-s3", StringComparison.Ordinal) || name.EndsWith(".mrap", StringComparison.Ordinal)
        || name.EndsWith("--x-s3", StringComparison.Ordinal) || name.EndsWith("--table-s3", StringComparison.Ordinal);
}
