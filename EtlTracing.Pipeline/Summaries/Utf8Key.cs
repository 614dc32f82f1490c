using System.IO.Hashing;

namespace EtlTracing.Pipeline.Summaries;

/// <summary>A text as a dictionary's key, looked up by the bytes of a batch without making a string of them.</summary>
public readonly record struct Utf8Key(ReadOnlyMemory<byte> Text)
{
    public static IEqualityComparer<Utf8Key> Comparer { get; } = new ByBytes();

    sealed class ByBytes : IEqualityComparer<Utf8Key>, IAlternateEqualityComparer<ReadOnlySpan<byte>, Utf8Key>
    {
        public bool Equals(Utf8Key one, Utf8Key other) => one.Text.Span.SequenceEqual(other.Text.Span);

        public int GetHashCode(Utf8Key key) => GetHashCode(key.Text.Span);

        public bool Equals(ReadOnlySpan<byte> text, Utf8Key key) => text.SequenceEqual(key.Text.Span);

        public int GetHashCode(ReadOnlySpan<byte> text) => (int)XxHash3.HashToUInt64(text);

        public Utf8Key Create(ReadOnlySpan<byte> text) => new(text.ToArray());
    }
}
