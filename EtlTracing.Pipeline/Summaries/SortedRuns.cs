namespace EtlTracing.Pipeline.Summaries;

/// <summary>An external sort: runs that each fit memory go to disk sorted, and come back merged, equal entries next to each other.</summary>
sealed class SortedRuns<T>(string folder) : IDisposable
    where T : unmanaged, IComparable<T>
{
    readonly Lock _lock = new();
    readonly List<SpillFile<T>> _runs = [];

    public bool Any => _runs.Count > 0;

    /// <summary>Sorts the entries and puts them away. Any thread may.</summary>
    public void Add(T[] entries)
    {
        Array.Sort(entries);
        var run = new SpillFile<T>(folder);
        run.Add(entries);
        run.Flush();
        lock (_lock) _runs.Add(run);
    }

    public IEnumerable<T> Merge()
    {
        var heads = new PriorityQueue<IEnumerator<T>, T>();
        foreach (var run in _runs)
        {
            var entries = run.ReadAll().GetEnumerator();
            if (entries.MoveNext()) heads.Enqueue(entries, entries.Current);
        }

        while (heads.TryPeek(out var next, out var entry))
        {
            yield return entry;
            if (next.MoveNext()) heads.DequeueEnqueue(next, next.Current);
            else heads.Dequeue();
        }
    }

    public void Dispose()
    {
        foreach (var run in _runs) run.Dispose();
        _runs.Clear();
    }
}
