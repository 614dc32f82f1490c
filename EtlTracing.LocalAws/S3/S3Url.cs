using System.Text;

namespace EtlTracing.LocalAws.S3;

static class S3Url
{
    /// <summary>
    /// Keys as S3 writes them in events and in listings with <c>encoding-type=url</c>: a form's encoding (a space is
    /// <c>+</c>) that leaves <c>/</c> alone, so <c>a b/c(1).csv</c> is <c>a+b/c%281%29.csv</c>.
    /// </summary>
    public static string Encode(string key)
    {
        var encoded = new StringBuilder(key.Length + 16);
        foreach (var b in Encoding.UTF8.GetBytes(key))
        {
            var c = (char)b;
            if (c == ' ') encoded.Append('+');
            else if (char.IsAsciiLetterOrDigit(c) || c is '/' or '-' or '_' or '.' or '*') encoded.Append(c);
            else encoded.Append('%').Append(b.ToString("X2", System.Globalization.CultureInfo.InvariantCulture));
        }
        return encoded.ToString();
    }
}
