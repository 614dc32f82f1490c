using System.Globalization;

namespace EtlTracing.LocalAws.Storage;

/// <summary>
/// The bytes of objects and parts, one file each. A file is written once under a name of our own, never a client's, and
/// counts for nothing until a committed transaction names it. So nothing is half visible, whenever the process dies; what
/// a dead process left unnamed is swept away by the next one. Files that are being read outlive their deletion.
/// </summary>
public sealed class ObjectFiles
{
    readonly string _folder;
    readonly long _run;
    readonly Dictionary<string, int> _readers = [];
    readonly HashSet<string> _doomed = [];
    readonly Lock _lock = new();
    long _count;

    /// <param name="folder">Where the files are; made when missing.</param>
    /// <param name="run">A number that no earlier process on this folder had: it tells our files from leftovers.</param>
    public ObjectFiles(string folder, long run)
    {
        _folder = folder;
        _run = run;
        for (var i = 0; i < 256; i++) Directory.CreateDirectory(Path.Combine(folder, i.ToString("x2", CultureInfo.InvariantCulture)));
    }

    /// <summary>A new, empty file, open for writing, and its name.</summary>
    public FileStream Create(out string name)
    {
        var count = Interlocked.Increment(ref _count);
        name = string.Create(CultureInfo.InvariantCulture, $"{count % 256:x2}/{_run:x}-{count:x}");
        // Callers write in big blocks, so the stream needs no buffer of its own.
        return new FileStream(PathOf(name), FileMode.CreateNew, FileAccess.Write, FileShare.Read, bufferSize: 0);
    }

    /// <summary>Opens a file; callers hold a lease on it.</summary>
    public FileStream OpenRead(string name) => new(PathOf(name), FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, bufferSize: 0);

    /// <summary>Keeps files readable until the lease is disposed, even if they are deleted in the meantime.</summary>
    public IDisposable Lease(IReadOnlyCollection<string> names)
    {
        lock (_lock)
            foreach (var name in names) _readers[name] = _readers.GetValueOrDefault(name) + 1;
        return new Held(this, names);
    }

    /// <summary>Deletes files that no committed row names any more, now or when their last reader is done.</summary>
    public void Delete(IReadOnlyCollection<string> names)
    {
        foreach (var name in names)
        {
            lock (_lock)
            {
                if (_readers.ContainsKey(name))
                {
                    _doomed.Add(name);
                    continue;
                }
            }
            File.Delete(PathOf(name));
        }
    }

    /// <summary>Deletes what earlier processes left behind: every file of theirs that <paramref name="isNamed"/> doesn't know.</summary>
    public void Sweep(Func<string, bool> isNamed, CancellationToken cancellationToken)
    {
        var own = string.Create(CultureInfo.InvariantCulture, $"{_run:x}-");
        foreach (var path in Directory.EnumerateFiles(_folder, "*", SearchOption.AllDirectories))
        {
            if (cancellationToken.IsCancellationRequested) return;
            var file = Path.GetFileName(path);
            if (file.StartsWith(own, StringComparison.Ordinal)) continue;
            var name = $"{Path.GetFileName(Path.GetDirectoryName(path))}/{file}";
            if (!isNamed(name)) Delete([name]);
        }
    }

    string PathOf(string name) => Path.Combine(_folder, name);

    void Release(IReadOnlyCollection<string> names)
    {
        foreach (var name in names)
        {
            lock (_lock)
            {
                if (--_readers[name] > 0) continue;
                _readers.Remove(name);
                if (!_doomed.Remove(name)) continue;
            }
            File.Delete(PathOf(name));
        }
    }

    sealed class Held(ObjectFiles files, IReadOnlyCollection<string> names) : IDisposable
    {
        IReadOnlyCollection<string>? _names = names;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _names, null) is { } held) files.Release(held);
        }
    }
}
