using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace EtlTracing.Pipeline.Reading;

/// <summary>One field of each of a block's records. Bounds are what the tokenizer wrote, so that they are not checked again.</summary>
readonly ref struct FieldColumn(RecordBlock block, int field)
{
    readonly ref int _bounds = ref block.Bounds[field];
    readonly ref byte _text = ref MemoryMarshal.GetArrayDataReference(block.Bytes);
    readonly int _stride = block.Stride;
    readonly byte _quote = block.Quote;

    /// <summary>The field's text as written, without its quotation marks.</summary>
    /// <param name="record">Less than there are in the block.</param>
    /// <param name="quoted">It stands in quotation marks, so that those inside are doubled.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ReadOnlySpan<byte> Read(int record, out bool quoted)
    {
        ref var bounds = ref Unsafe.Add(ref _bounds, record * _stride);
        ref var text = ref Unsafe.Add(ref _text, bounds);
        var length = Unsafe.Add(ref bounds, 1) - 1 - bounds;

        // In a sound record no other field has one.
        quoted = length != 0 && text == _quote;
        return quoted ? MemoryMarshal.CreateReadOnlySpan(ref Unsafe.Add(ref text, 1), length - 2) : MemoryMarshal.CreateReadOnlySpan(ref text, length);
    }
}
