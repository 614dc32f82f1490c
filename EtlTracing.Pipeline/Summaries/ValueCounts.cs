using System.Collections.Concurrent;

namespace EtlTracing.Pipeline.Summaries;

/// <summary>
/// How often each value occurs, by keys that sort as the values do. Each thread counts apart, and counts are added up in the end; what the budget has
/// no room for goes to disk sorted.
/// </summary>
public sealed class ValueCounts(MemoryBudget budget, string spillFolder) : IDisposable
{
    readonly ConcurrentBag<Counter> _counters = [];
    readonly SortedRuns<Entry> _runs = new(spillFolder);

    /// <summary>A counter that no other thread has until it is given back.</summary>
    public Counter Take() => _counters.TryTake(out var counter) ? counter : new Counter();

    public void GiveBack(Counter counter)
    {
        var more = counter.Counts.Bytes - counter.Held;
        if (more > 0 && !budget.TryTake(more)) Spill(counter);
        else counter.Held += Math.Max(0, more);
        _counters.Add(counter);
    }

    /// <summary>The two keys in the middle, which are one for an odd number of values; null when there are none.</summary>
    public (long Lower, long Upper)? Middle()
    {
        if (_runs.Any)
            foreach (var counter in _counters) Spill(counter);
        var entries = _runs.Any ? _runs.Merge() : InMemory();
        var values = _counters.Sum(counter => counter.Values);
        if (values == 0) return null;
        long? lower = null;
        var passed = 0L;
        foreach (var (key, count) in entries)
        {
            passed += count;
            if (lower is null && passed > (values - 1) / 2) lower = key;
            if (passed > values / 2) return (lower!.Value, key);
        }

        throw new InvalidOperationException($"{values} values were counted, {passed} found");
    }

    /// <summary>Forgets everything.</summary>
    public void Clear()
    {
        foreach (var counter in _counters) budget.GiveBack(counter.Held);
        _counters.Clear();
        _runs.Dispose();
    }

    public void Dispose() => Clear();

    IEnumerable<Entry> InMemory()
    {
        var all = new KeyCounts();
        foreach (var counter in _counters) all.Add(counter.Counts);
        foreach (var key in all.Keys()) yield return new Entry(key, all.Of(key));
    }

    void Spill(Counter counter)
    {
        var keys = counter.Counts.Keys();
        if (keys.Length > 0) _runs.Add([.. keys.Select(key => new Entry(key, counter.Counts.Of(key)))]);
        counter.Counts.Clear();
        budget.GiveBack(counter.Held);
        counter.Held = 0;
    }

    /// <summary>One thread's counts.</summary>
    public sealed class Counter
    {
        internal KeyCounts Counts { get; } = new();

        internal long Held { get; set; }

        internal long Values { get; private set; }

        public void Add(long key)
        {
            Counts.Add(key, 1);
            Values++;
        }
    }

    readonly record struct Entry(long Key, long Count) : IComparable<Entry>
    {
        public int CompareTo(Entry other) => Key.CompareTo(other.Key);
    }
}

/// <summary>Integers that sort as doubles do.</summary>
public static class SortableKey
{
    public static long Of(double number)
    {
        var bits = BitConverter.DoubleToInt64Bits(number + 0.0);
        return bits < 0 ? bits ^ long.MaxValue : bits;
    }

    public static double ToDouble(long key) => BitConverter.Int64BitsToDouble(key < 0 ? key ^ long.MaxValue : key);
}
