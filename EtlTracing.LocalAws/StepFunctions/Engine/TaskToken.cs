using System.Security.Cryptography;

namespace EtlTracing.LocalAws.StepFunctions.Engine;

/// <summary>What a worker proves itself with. A token that this service can't have made is told from one that is over.</summary>
public static class TaskToken
{
    const int Random = 48;

    public static string Make()
    {
        Span<byte> bytes = stackalloc byte[4 + Random + 8];
        "AQEA"u8.CopyTo(bytes);
        RandomNumberGenerator.Fill(bytes.Slice(4, Random));
        Sum(bytes[..(4 + Random)], bytes[(4 + Random)..]);
        return Convert.ToBase64String(bytes);
    }

    public static bool IsOurs(string token)
    {
        Span<byte> bytes = stackalloc byte[4 + Random + 8];
        if (token.Length > 100 || !Convert.TryFromBase64String(token, bytes, out var length) || length != bytes.Length) return false;
        Span<byte> sum = stackalloc byte[8];
        Sum(bytes[..(4 + Random)], sum);
        return bytes[(4 + Random)..].SequenceEqual(sum);
    }

    static void Sum(ReadOnlySpan<byte> bytes, Span<byte> sum) => SHA256.HashData(bytes).AsSpan(0, 8).CopyTo(sum);
}
