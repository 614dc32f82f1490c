using System.Collections.Concurrent;
using System.IO.Hashing;

namespace EtlTracing.Pipeline.Summaries;

/// <summary>
/// The distinct values of each group, and from them each value's dense rank, the largest first. What the budget has no room for goes to disk sorted, and
/// then all ranks are looked up there.
/// </summary>
public sealed class RankDomain(MemoryBudget budget, string spillFolder) : IDisposable
{
    const int GroupBytes = 200;

    readonly ConcurrentBag<Part> _parts = [];
    readonly SortedRuns<RankEntry> _runs = new(spillFolder);
    readonly TextMap<WholeNumberMap> _ranks = new();
    SpilledRanks? _spilled;

    /// <summary>A collector that no other thread has until it is given back.</summary>
    public Part Take() => _parts.TryTake(out var part) ? part : new Part();

    public void GiveBack(Part part)
    {
        var more = -part.Held;
        foreach (var group in part.Groups.Entries) more += group.Value.Bytes + GroupBytes;
        if (more > 0 && !budget.TryTake(more)) Spill(part);
        else part.Held += more;
        _parts.Add(part);
    }

    public void Clear()
    {
        foreach (var part in _parts) budget.GiveBack(part.Held);
        _parts.Clear();
        _runs.Dispose();
    }

    /// <summary>All values are there; their ranks can be asked for.</summary>
    public void Complete()
    {
        if (_runs.Any)
        {
            foreach (var part in _parts) Spill(part);
            _spilled = SpilledRanks.Write(_runs.Merge(), spillFolder);
        }
        else
        {
            foreach (var part in _parts)
            {
                foreach (var group in part.Groups.Entries)
                {
                    var ranks = _ranks.Of(group.Text);
                    foreach (var value in group.Value.Keys()) ranks.At(value) = 1;
                }
            }

            foreach (var group in _ranks.Entries)
            {
                var values = group.Value.Keys();
                for (var index = 0; index < values.Length; index++) group.Value.At(values[index]) = values.Length - index;
            }
        }

        Clear();
    }

    /// <summary>A way to ask for the ranks of one batch, on one thread.</summary>
    public Lookup BeginLookup() => new(this);

    public void Dispose()
    {
        Clear();
        _spilled?.Dispose();
    }

    static UInt128 Hash(ReadOnlySpan<byte> group) => XxHash128.HashToUInt128(group);

    void Spill(Part part)
    {
        var entries = part.Groups.Entries.SelectMany(group => group.Value.Keys().Select(value => new RankEntry(Hash(group.Text), value))).ToArray();
        if (entries.Length > 0) _runs.Add(entries);
        part.Groups.Clear();
        budget.GiveBack(part.Held);
        part.Held = 0;
    }

    /// <summary>One thread's share of the values.</summary>
    public sealed class Part
    {
        internal TextMap<WholeNumberMap> Groups { get; } = new();

        internal long Held { get; set; }

        public void Add(ReadOnlySpan<byte> group, long value) => Of(group).At(value) = 1;

        /// <summary>The group's values: those that have a number there.</summary>
        internal WholeNumberMap Of(ReadOnlySpan<byte> group) => Groups.Of(group);
    }

    /// <summary>Finds ranks; those on disk by the block, so that near values are cheap one after another.</summary>
    public readonly struct Lookup
    {
        readonly RankDomain _domain;
        readonly SpilledRanks.Cursor? _cursor;

        internal Lookup(RankDomain domain) => (_domain, _cursor) = (domain, domain._spilled?.OpenCursor());

        public int RankOf(ReadOnlySpan<byte> group, long value) => Of(group).RankOf(value);

        public GroupRanks Of(ReadOnlySpan<byte> group) => _cursor is null ? new(_domain._ranks.Of(group)) : new(_cursor, Hash(group));
    }

    /// <summary>The ranks of one group's values.</summary>
    public sealed class GroupRanks
    {
        readonly WholeNumberMap? _ranks;
        readonly SpilledRanks.Cursor? _cursor;
        readonly UInt128 _hash;

        internal GroupRanks(WholeNumberMap ranks) => _ranks = ranks;

        internal GroupRanks(SpilledRanks.Cursor cursor, UInt128 hash) => (_cursor, _hash) = (cursor, hash);

        public int RankOf(long value) => _ranks is not null ? _ranks.At(value) : _cursor!.RankOf(new RankEntry(_hash, value));
    }
}

/// <summary>Sorts by group, and within it the largest value first.</summary>
readonly record struct RankEntry(UInt128 Group, long Value) : IComparable<RankEntry>
{
    public int CompareTo(RankEntry other) => Group.CompareTo(other.Group) is var group and not 0 ? group : other.Value.CompareTo(Value);
}
