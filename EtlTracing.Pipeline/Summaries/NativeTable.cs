using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;

namespace EtlTracing.Pipeline.Summaries;

/// <summary>
/// A table of zeroes outside the collected heap. One that is outgrown is given back at once, where an array as large would lie about until the next full
/// collection.
/// </summary>
sealed unsafe class NativeTable<T> : IDisposable
    where T : unmanaged
{
    T* _items;

    public NativeTable(int length)
    {
        Length = length;
        _items = (T*)NativeMemory.Alloc((nuint)length, (nuint)sizeof(T));
        Items.Clear();
    }

    ~NativeTable() => Free();

    public int Length { get; private set; }

    public Span<T> Items => new(_items, Length);

    /// <summary>Has the processor fetch an item's memory, and waits for nothing.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Prefetch(int index)
    {
        if (Sse.IsSupported) Sse.Prefetch0(_items + index);
    }

    public void Dispose()
    {
        Free();
        GC.SuppressFinalize(this);
    }

    void Free()
    {
        NativeMemory.Free(_items);
        _items = null;
        Length = 0;
    }
}
