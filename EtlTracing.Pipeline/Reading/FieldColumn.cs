using System.Runtime.CompilerServices;

namespace EtlTracing.Pipeline.Reading;

/// <summary>One field of each of a block's records.</summary>
readonly ref struct FieldColumn(RecordBlock block, int field)
{
    readonly ReadOnlySpan<int> _bounds = block.Bounds.AsSpan(field);
    readonly ReadOnlySpan<byte> _text = block.Bytes;
    readonly int _stride = block.Stride;
    readonly byte _quote = block.Quote;

    /// <summary>The field's text as written, without its quotation marks.</summary>
    /// <param name="quoted">It stands in quotation marks, so that those inside are doubled.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ReadOnlySpan<byte> Read(int record, out bool quoted)
    {
        var bounds = _bounds.Slice(record * _stride, 2);
        var text = _text[bounds[0]..(bounds[1] - 1)];

        // In a sound record no other field has one.
        quoted = !text.IsEmpty && text[0] == _quote;
        return quoted ? text[1..^1] : text;
    }
}
