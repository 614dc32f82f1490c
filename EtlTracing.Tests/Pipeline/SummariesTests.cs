using System.Text;
using CsCheck;
using EtlTracing.Pipeline.Summaries;

namespace EtlTracing.Tests.Pipeline;

public sealed class SummariesTests
{
    /// <summary>No memory at all, hardly any, and plenty: on disk, on both, in memory.</summary>
    static readonly Gen<long> s_budgets = Gen.OneOf(0L, 5_000L, 1L << 30);

    [Fact]
    public void MediansAreThoseOfSorting()
    {
        Gen.Select(Gen.Double[-1e6, 1e6].Array[0, 300], Gen.Int[1, 50], s_budgets).Sample((values, share, budget) =>
        {
            using var counts = new ValueCounts(new MemoryBudget(budget), Path.GetTempPath());
            foreach (var part in values.Chunk(share))
            {
                var counter = counts.Take();
                foreach (var value in part) counter.Add(SortableKey.Of(value));
                counts.GiveBack(counter);
            }

            var sorted = values.Order().ToArray();
            var middle = counts.Middle();
            if (sorted.Length == 0) return middle is null;
            return SortableKey.ToDouble(middle!.Value.Lower) == sorted[(sorted.Length - 1) / 2] && SortableKey.ToDouble(middle.Value.Upper) == sorted[sorted.Length / 2];
        });
    }

    [Fact]
    public void RanksAreThoseOfSorting()
    {
        Gen.Select(Gen.Select(Gen.OneOf("x", "y", ""), Gen.Long[-3, 6000]).Array[0, 300], Gen.Int[1, 50], s_budgets).Sample((rows, share, budget) =>
        {
            using var domain = new RankDomain(new MemoryBudget(budget), Path.GetTempPath());
            foreach (var chunk in rows.Chunk(share))
            {
                var part = domain.Take();
                foreach (var (group, value) in chunk) part.Add(Encoding.UTF8.GetBytes(group), value);
                domain.GiveBack(part);
            }

            domain.Complete();
            var lookup = domain.BeginLookup();
            var expected = rows.Select(row => rows.Where(other => other.Item1 == row.Item1).Select(other => other.Item2).Distinct().Count(value => value > row.Item2) + 1);
            return rows.Select(row => lookup.RankOf(Encoding.UTF8.GetBytes(row.Item1), row.Item2)).SequenceEqual(expected);
        });
    }

    [Fact]
    public void DuplicatesAreThoseOfADictionary()
    {
        Gen.Select(Gen.ULong[0, 400].Array[0, 600], s_budgets, Gen.OneOf(0L, 100, 5_000, 150_000)).Sample((values, budget, expectedKeys) =>
        {
            using var keys = new DuplicateKeys(new MemoryBudget(budget), Path.GetTempPath(), expectedKeys);
            var found = new List<long>();
            for (var row = 0; row < values.Length; row++)
                if (!keys.Add(Spread(values[row]), row)) found.Add(row);
            found.AddRange(keys.Complete());

            var seen = new HashSet<ulong>();
            var expected = Enumerable.Range(0, values.Length).Where(row => !seen.Add(values[row])).Select(row => (long)row);
            return found.Order().SequenceEqual(expected);
        });
    }

    [Fact]
    public void RowsOfASetComeInOrder()
    {
        Gen.Long[0, 100_000].Array[0, 300].Sample(rows =>
        {
            var set = new RowSet();
            foreach (var row in rows) set.Add(row);
            var found = new List<long>();
            for (var row = set.Next(0); row != long.MaxValue; row = set.Next(row + 1)) found.Add(row);
            return found.SequenceEqual(rows.Distinct().Order());
        });
    }

    /// <summary>All in few parts of the table, so that these grow and spill.</summary>
    static RowHash Spread(ulong value) => new(low: value * 0x9E3779B97F4A7C15, high: value & 1);
}
