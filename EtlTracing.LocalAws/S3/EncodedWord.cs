using System.Globalization;
using System.Text;

namespace EtlTracing.LocalAws.S3;

/// <summary>
/// Metadata that isn't ASCII travels as RFC 2047 has it: <c>=?UTF-8?Q?=C3=84_S3?=</c>, or in base64 after <c>?B?</c>. S3 reads
/// both and answers with Q while most characters are ASCII, which is JavaMail's rule.
/// </summary>
static class EncodedWord
{
    const string Start = "=?UTF-8?";
    const string End = "?=";

    public static string Encode(string value)
    {
        var strange = value.EnumerateRunes().Count(IsStrange);
        if (strange == 0) return value;
        var bytes = Encoding.UTF8.GetBytes(value);
        if (strange * 2 >= value.EnumerateRunes().Count()) return $"{Start}B?{Convert.ToBase64String(bytes)}{End}";
        var word = new StringBuilder(Start).Append("Q?");
        foreach (var b in bytes)
        {
            if (b == ' ') word.Append('_');
            else if (b is < 0x20 or >= 0x7F || b is (byte)'=' or (byte)'_' or (byte)'?') word.Append('=').Append(b.ToString("X2", CultureInfo.InvariantCulture));
            else word.Append((char)b);
        }
        return word.Append(End).ToString();
    }

    public static string Decode(string value)
    {
        if (!value.StartsWith(Start, StringComparison.OrdinalIgnoreCase) || !value.EndsWith(End, StringComparison.Ordinal) || value.Length < Start.Length + 4 || value[Start.Length + 1] != '?') return value;
        var text = value[(Start.Length + 2)..^End.Length];
        return value[Start.Length] switch
        {
            'B' or 'b' when Convert.TryFromBase64String(text, new byte[text.Length], out _) => Encoding.UTF8.GetString(Convert.FromBase64String(text)),
            'Q' or 'q' => Quoted(text),
            _ => value,
        };
    }

    static string Quoted(string text)
    {
        var bytes = new List<byte>(text.Length);
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] == '=' && i + 2 < text.Length && byte.TryParse(text.AsSpan(i + 1, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var b))
            {
                bytes.Add(b);
                i += 2;
            }
            else bytes.AddRange(Encoding.UTF8.GetBytes(text[i] == '_' ? " " : text[i].ToString()));
        }
        return Encoding.UTF8.GetString([.. bytes]);
    }

    static bool IsStrange(Rune rune) => rune.Value is >= 0x7F or < ' ' && rune.Value != '\t';
}
