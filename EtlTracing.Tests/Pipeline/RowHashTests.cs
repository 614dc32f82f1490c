using System.Buffers.Binary;
using System.Text;
using EtlTracing.Pipeline.Summaries;

namespace EtlTracing.Tests.Pipeline;

/// <summary>Rows whose hashes are equal are taken for equal, so either half of a hash should do alone for as few rows as these.</summary>
public sealed class RowHashTests
{
    [Fact]
    public void TextsAreNotRunTogether()
    {
        string?[][] rows =
        [
            ["ab", "c"], ["a", "bc"], ["abc", ""], ["", "abc"], ["", ""], [null, null], [null, ""], ["", null], [""], [null], ["\0"], ["\0\0"], ["\0", "\0"],
            ["\0\0\0\0"], ["\0\0\0\0\0\0\0\0"], ["abcabc", "abcabc"], ["abcabcabcabc"], ["abcabcabcabc", null],
        ];
        AssertDistinct([.. rows.Select(row => Hash(row))]);
    }

    [Fact]
    public void TextsOfAnyLengthDifferByAnyByte()
    {
        var hashes = new List<UInt128>();
        for (var length = 0; length <= 40; length++)
        {
            var text = new byte[length];
            hashes.Add(Hash(text));
            for (var place = 0; place < length; place++)
            {
                for (var value = 1; value < 256; value++)
                {
                    text[place] = (byte)value;
                    hashes.Add(Hash(text));
                }

                text[place] = 0;
            }
        }

        AssertDistinct(hashes);
    }

    [Fact]
    public void RowsOnAGridDoNotMeet()
    {
        var hashes = new List<UInt128>();
        for (var x = 0; x < 700; x++)
        {
            for (var y = 0; y < 700; y++)
            {
                var hash = new RowHash();
                hash.Add(40 + x / 1024.0);
                hash.Add(-74 + y / 1024.0);
                hashes.Add(hash.Value);
            }
        }

        AssertDistinct(hashes);
        AssertSpread(hashes);
    }

    [Fact]
    public void CountersDoNotMeet()
    {
        var text = new byte[12];
        var hashes = new List<UInt128>();
        for (var number = 0; number < 500_000; number++)
        {
            BinaryPrimitives.WriteInt32LittleEndian(text.AsSpan(number % 3 * 4), number);
            hashes.Add(Hash(text));
            text.AsSpan().Clear();
        }

        AssertDistinct(hashes);
        AssertSpread(hashes);
    }

    [Fact]
    public void ZeroHasNoSign()
    {
        RowHash plus = default, minus = default, none = default;
        plus.Add(0.0);
        minus.Add(-0.0);
        none.AddNull();
        Assert.Equal(plus.Value, minus.Value);
        Assert.NotEqual(plus.Value, none.Value);
    }

    static void AssertDistinct(List<UInt128> hashes)
    {
        Assert.Equal(hashes.Count, hashes.Select(hash => (ulong)hash).Distinct().Count());
        Assert.Equal(hashes.Count, hashes.Select(hash => (ulong)(hash >> 64)).Distinct().Count());
    }

    /// <summary>Each bit is set in half of the hashes, give or take six standard deviations.</summary>
    static void AssertSpread(List<UInt128> hashes)
    {
        for (var bit = 0; bit < 128; bit++)
        {
            var set = hashes.Count(hash => (hash >> bit & 1) != 0);
            Assert.InRange(set, hashes.Count / 2 - 3 * Math.Sqrt(hashes.Count), hashes.Count / 2 + 3 * Math.Sqrt(hashes.Count));
        }
    }

    static UInt128 Hash(params string?[] texts)
    {
        var hash = new RowHash();
        foreach (var text in texts)
        {
            if (text is null) hash.AddNull();
            else hash.Add(Encoding.UTF8.GetBytes(text));
        }

        return hash.Value;
    }

    static UInt128 Hash(ReadOnlySpan<byte> text)
    {
        var hash = new RowHash();
        hash.Add(text);
        return hash.Value;
    }
}
