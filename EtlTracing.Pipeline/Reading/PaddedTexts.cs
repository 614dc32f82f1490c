using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using EtlTracing.Pipeline.Batches;

namespace EtlTracing.Pipeline.Reading;

/// <summary>Memory for a column's texts, one after another, which grows as they come.</summary>
static class PaddedTexts
{
    /// <summary>Bytes behind a text, where it is read from as where it is put, that may be touched.</summary>
    public const int Slack = 64;

    const int GuessedLength = 16;

    public static byte[] Rent(Batch batch) => batch.Rent(batch.Rows * GuessedLength + Slack);

    /// <summary>Sees to it that so many bytes fit behind the first <paramref name="length"/> ones.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Reserve(Batch batch, ref byte[] bytes, int length, int more)
    {
        if (bytes.Length - length < more + Slack) bytes = Grow(batch, bytes, length, more);
    }

    /// <summary>
    /// Most texts are short, and two vectors are moved faster than their length is looked at. What is moved too much lies in the slack, and is somebody's
    /// to overwrite.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Copy(ReadOnlySpan<byte> text, ref byte target)
    {
        if (text.Length > Slack)
        {
            text.CopyTo(MemoryMarshal.CreateSpan(ref target, text.Length));
            return;
        }

        ref var source = ref MemoryMarshal.GetReference(text);
        var (low, high) = (Vector256.LoadUnsafe(ref source), Vector256.LoadUnsafe(ref source, Slack / 2));
        low.StoreUnsafe(ref target);
        high.StoreUnsafe(ref target, Slack / 2);
    }

    /// <summary>Copies the text with each doubled quotation mark once, a vector at a time; returns the length of what is there then.</summary>
    public static int Unescape(ReadOnlySpan<byte> text, ref byte target)
    {
        ref var source = ref MemoryMarshal.GetReference(text);
        int at = 0, length = 0;
        while (at < text.Length)
        {
            var some = Vector256.LoadUnsafe(ref source, (nuint)at);
            some.StoreUnsafe(ref target, (nuint)length);
            var marks = Vector256.Equals(some, Vector256.Create((byte)'"')).ExtractMostSignificantBits();
            var mark = BitOperations.TrailingZeroCount(marks);
            if (mark >= Math.Min(Vector256<byte>.Count, text.Length - at))
            {
                (at, length) = (at + Vector256<byte>.Count, length + Vector256<byte>.Count);
                continue;
            }

            // The next vector goes over what stands behind the first mark of the two.
            (at, length) = (at + mark + 2, length + mark + 1);
        }

        return length - (at - text.Length);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    static byte[] Grow(Batch batch, byte[] bytes, int length, int more)
    {
        var larger = batch.Rent(Math.Max(bytes.Length * 2, length + more + Slack));
        bytes.AsSpan(0, length).CopyTo(larger);
        return larger;
    }
}
