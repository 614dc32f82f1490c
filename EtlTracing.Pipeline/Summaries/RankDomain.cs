using System.Collections.Concurrent;

namespace EtlTracing.Pipeline.Summaries;

/// <summary>The distinct values of each group, and from them each value's dense rank, the largest first.</summary>
public sealed class RankDomain
{
    readonly ConcurrentBag<Groups> _parts = [];
    Groups _ranks = new();

    /// <summary>A collector that no other thread has until it is disposed.</summary>
    public Part Take() => new(this, _parts.TryTake(out var groups) ? groups : new Groups());

    public void Clear() => _parts.Clear();

    public void Complete()
    {
        var all = new Groups();
        foreach (var part in _parts)
            foreach (var (group, values) in part.Values)
                foreach (var value in values.Keys) all.Of(group)[value] = 0;
        foreach (var values in all.Values.Values)
        {
            var rank = 0;
            foreach (var value in values.Keys.OrderDescending().ToArray()) values[value] = ++rank;
        }

        _parts.Clear();
        _ranks = all;
    }

    public int Rank(ReadOnlySpan<byte> group, long value) => _ranks.Of(group)[value];

    /// <summary>One thread's share of the values.</summary>
    public readonly struct Part : IDisposable
    {
        readonly RankDomain _domain;
        readonly Groups _groups;

        internal Part(RankDomain domain, Groups groups) => (_domain, _groups) = (domain, groups);

        public void Add(ReadOnlySpan<byte> group, long value) => _groups.Of(group)[value] = 0;

        public void Dispose() => _domain._parts.Add(_groups);
    }

    /// <summary>Values with their ranks, by group.</summary>
    internal sealed class Groups
    {
        readonly Dictionary<Utf8Key, Dictionary<long, int>>.AlternateLookup<ReadOnlySpan<byte>> _lookup;

        public Groups()
        {
            Values = new Dictionary<Utf8Key, Dictionary<long, int>>(Utf8Key.Comparer);
            _lookup = Values.GetAlternateLookup<ReadOnlySpan<byte>>();
        }

        public Dictionary<Utf8Key, Dictionary<long, int>> Values { get; }

        public Dictionary<long, int> Of(ReadOnlySpan<byte> group)
        {
            if (!_lookup.TryGetValue(group, out var values)) _lookup[group] = values = [];
            return values;
        }

        public Dictionary<long, int> Of(Utf8Key group) => Of(group.Text.Span);
    }
}
