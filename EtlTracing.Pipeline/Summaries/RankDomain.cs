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
                foreach (var value in values.All) all.Of(group.Text.Span).Add(value);
        foreach (var values in all.Values.Values) values.Rank();
        _parts.Clear();
        _ranks = all;
    }

    public int Rank(ReadOnlySpan<byte> group, long value) => _ranks.Find(group).RankOf(value);

    /// <summary>One thread's share of the values.</summary>
    public readonly struct Part : IDisposable
    {
        readonly RankDomain _domain;
        readonly Groups _groups;

        internal Part(RankDomain domain, Groups groups) => (_domain, _groups) = (domain, groups);

        public void Add(ReadOnlySpan<byte> group, long value) => _groups.Of(group).Add(value);

        public void Dispose() => _domain._parts.Add(_groups);
    }

    internal sealed class Groups
    {
        readonly Dictionary<Utf8Key, RankedValues>.AlternateLookup<ReadOnlySpan<byte>> _lookup;

        public Groups()
        {
            Values = new Dictionary<Utf8Key, RankedValues>(Utf8Key.Comparer);
            _lookup = Values.GetAlternateLookup<ReadOnlySpan<byte>>();
        }

        public Dictionary<Utf8Key, RankedValues> Values { get; }

        public RankedValues Find(ReadOnlySpan<byte> group) => _lookup[group];

        public RankedValues Of(ReadOnlySpan<byte> group)
        {
            if (!_lookup.TryGetValue(group, out var values)) _lookup[group] = values = new RankedValues();
            return values;
        }
    }
}
