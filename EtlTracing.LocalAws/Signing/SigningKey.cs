using System.Security.Cryptography;
using System.Text;

namespace EtlTracing.LocalAws.Signing;

/// <summary>The key that a secret gives for a day, region and service, and the chain of strings it signs.</summary>
public sealed class SigningKey
{
    readonly byte[] _key;
    readonly SignedRequest _request;

    public SigningKey(AccessKey key, SignedRequest request)
    {
        _request = request;
        _key = Encoding.UTF8.GetBytes("AWS4" + key.Secret);
        foreach (var part in request.Scope.Split('/')) _key = HMACSHA256.HashData(_key, Encoding.UTF8.GetBytes(part));
    }

    /// <summary>The string to sign of a whole request.</summary>
    public string StringToSign(string canonicalRequest) =>
        $"{SignedRequest.Algorithm}\n{_request.Date}\n{_request.Scope}\n{Hash(Encoding.UTF8.GetBytes(canonicalRequest))}";

    /// <summary>The string to sign of a piece of a body that follows <paramref name="previous"/>'s.</summary>
    public string StringToSign(string kind, string previous, params ReadOnlySpan<string> hashes) =>
        $"{SignedRequest.Algorithm}-{kind}\n{_request.Date}\n{_request.Scope}\n{previous}\n{string.Join('\n', hashes)}";

    public string Sign(string text) => Convert.ToHexStringLower(HMACSHA256.HashData(_key, Encoding.UTF8.GetBytes(text)));

    public static string Hash(ReadOnlySpan<byte> bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));

    public static bool Same(string one, string? other) =>
        other is not null && CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(one), Encoding.UTF8.GetBytes(other));
}
