using System.Globalization;
using System.Text;

namespace EtlTracing.LocalAws.S3;

/// <summary>Query parameters that several operations share.</summary>
static class S3Query
{
    /// <summary>A page size: 0 to the most that S3 gives at once.</summary>
    public static int Count(S3Request request, string name, int most = S3Limits.Page)
    {
        if (request.Query(name) is not { Length: > 0 } text) return most;
        if (!long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value))
            throw S3Error.InvalidArgument($"Provided {name} not an integer or within integer range", name, text);
        if (value is < 0 or > int.MaxValue) throw S3Error.InvalidArgument($"Argument {name} must be an integer between 0 and {int.MaxValue}", name, text);
        return (int)Math.Min(value, most);
    }

    /// <summary>True for <c>encoding-type=url</c>.</summary>
    public static bool UrlEncoding(S3Request request) => request.Query("encoding-type") switch
    {
        null => false,
        var type when type.Equals("url", StringComparison.OrdinalIgnoreCase) => true,
        var type => throw S3Error.InvalidArgument("Invalid Encoding Method specified in Request", "encoding-type", type),
    };

    /// <summary>A number of a part: 1 to 10,000.</summary>
    public static int PartNumber(S3Request request) =>
        int.TryParse(request.Query("partNumber"), NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number is >= 1 and <= S3Limits.Parts
            ? number : throw S3Error.InvalidArgument("Part number must be an integer between 1 and 10000, inclusive", "partNumber", request.Query("partNumber") ?? "");

    public static string WriteToken(string position) => Convert.ToBase64String(Encoding.UTF8.GetBytes("1" + position));

    public static string ReadToken(string token)
    {
        var bytes = new byte[token.Length];
        if (Convert.TryFromBase64String(token, bytes, out var length) && length > 0 && bytes[0] == '1') return Encoding.UTF8.GetString(bytes, 1, length - 1);
        throw S3Error.InvalidArgument("The continuation token provided is incorrect", "continuation-token");
    }
}
