namespace EtlTracing.Aws;

/// <summary>S3's sequencers tell which of two events of the same key came later: hexadecimal text, the shorter one padded with zeros at its right.</summary>
public static class Sequencers
{
    public static int Compare(string one, string other)
    {
        var length = Math.Max(one.Length, other.Length);
        return string.Compare(one.PadRight(length, '0'), other.PadRight(length, '0'), StringComparison.OrdinalIgnoreCase);
    }
}
