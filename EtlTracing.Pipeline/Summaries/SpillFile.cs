using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace EtlTracing.Pipeline.Summaries;

/// <summary>Entries of fixed size on disk, written in order and read in order or by place. The file goes with the object, and with the process.</summary>
sealed class SpillFile<T>(string folder) : IDisposable
    where T : unmanaged
{
    const int BufferBytes = 64 << 10;

    readonly FileStream _file = new(Path.Combine(folder, $"etl-{Path.GetRandomFileName()}.spill"), new FileStreamOptions
    {
        Access = FileAccess.ReadWrite,
        BufferSize = BufferBytes,
        Mode = FileMode.CreateNew,
        Options = FileOptions.DeleteOnClose,
    });

    public long Count { get; private set; }

    public void Add(in T entry) => Add(new ReadOnlySpan<T>(in entry));

    public void Add(ReadOnlySpan<T> entries)
    {
        _file.Write(MemoryMarshal.AsBytes(entries));
        Count += entries.Length;
    }

    /// <summary>Must be called between writing and reading.</summary>
    public void Flush() => _file.Flush();

    /// <summary>Entries from <paramref name="first"/> on, as many as there are and fit; any number of threads may read at once.</summary>
    public int Read(long first, Span<T> entries)
    {
        var bytes = MemoryMarshal.AsBytes(entries[..(int)Math.Min(entries.Length, Math.Max(0, Count - first))]);
        var read = 0;
        while (read < bytes.Length)
        {
            var more = RandomAccess.Read(_file.SafeFileHandle, bytes[read..], first * Unsafe.SizeOf<T>() + read);
            if (more == 0) throw new EndOfStreamException($"{_file.Name} ends early");
            read += more;
        }

        return bytes.Length / Unsafe.SizeOf<T>();
    }

    public IEnumerable<T> ReadAll()
    {
        var buffer = new T[BufferBytes / Unsafe.SizeOf<T>()];
        for (var first = 0L; first < Count;)
        {
            var read = Read(first, buffer);
            for (var index = 0; index < read; index++) yield return buffer[index];
            first += read;
        }
    }

    public void Dispose() => _file.Dispose();
}
