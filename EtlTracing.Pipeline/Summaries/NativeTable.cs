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
    readonly NativeTable<T>? _whole;
    T* _items;

    public NativeTable(int length)
    {
        Length = length;
        _items = (T*)LargePages.Alloc((nuint)length * (nuint)sizeof(T));
        Items.Clear();
    }

    NativeTable(NativeTable<T> whole, int start, int length)
    {
        _whole = whole;
        _items = whole._items + start;
        Length = length;
        GC.SuppressFinalize(this);
    }

    ~NativeTable() => Free();

    public int Length { get; private set; }

    /// <summary>Whether the memory is another table's.</summary>
    public bool IsPart => _whole is not null;

    public Span<T> Items => new(_items, Length);

    /// <summary>A part of the table that passes for one; it must not be used when the whole was disposed.</summary>
    public NativeTable<T> Part(int start, int length) => new(this, start, length);

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
        if (!IsPart) LargePages.Free(_items);
        _items = null;
        Length = 0;
    }
}

/// <summary>Memory in pages of 2 MB, where the system has them and it is as large: whoever goes all over it then finds the pages' addresses at hand.</summary>
static unsafe partial class LargePages
{
    const nuint PageBytes = 2 << 20;

    /// <summary>Linux's advice to use them, from linux/mman.h.</summary>
    const int HugePage = 14;

    public static void* Alloc(nuint bytes)
    {
        if (bytes < PageBytes) return NativeMemory.AlignedAlloc(bytes, 64);
        var memory = NativeMemory.AlignedAlloc(bytes, PageBytes);
        if (OperatingSystem.IsLinux()) _ = Advise(memory, bytes, HugePage);
        return memory;
    }

    public static void Free(void* memory) => NativeMemory.AlignedFree(memory);

    /// <summary>A refusal changes nothing.</summary>
    [LibraryImport("libc", EntryPoint = "madvise")]
    private static partial int Advise(void* memory, nuint bytes, int advice);
}
