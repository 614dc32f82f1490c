using BenchmarkDotNet.Attributes;
using EtlTracing.CleanJob;
using EtlTracing.Pipeline;
using EtlTracing.Pipeline.Reading;
using EtlTracing.Pipeline.Steps;
using EtlTracing.Pipeline.Summaries;
using EtlTracing.Samples;

namespace EtlTracing.Benchmarks;

/// <summary>The engine's parts apart: what reading costs, what writing adds, and the summaries by the million.</summary>
public class Micro
{
    const int Values = 1_000_000;

    static readonly Contract s_text = Contract.Of(SampleWriter.Header.Split(',').Select(column => Contract.Text(Contract.Standardize(column))));

    readonly PipelineOptions _options = new() { Today = new DateOnly(2026, 1, 1), StepwiseBytes = 0 };
    readonly long[] _prices = new long[Values];
    readonly RowHash[] _keys = new RowHash[Values];
    byte[] _csv = [];

    [GlobalSetup]
    public void Setup()
    {
        var csv = new MemoryStream();
        SampleWriter.Write(csv, rows: 50_000, seed: 1);
        _csv = csv.ToArray();
        var random = new Random(1);
        for (var index = 0; index < Values; index++)
        {
            _prices[index] = random.Next(50, 1400);
            _keys[index] = new RowHash(low: (ulong)random.NextInt64(), high: (ulong)random.NextInt64());
        }
    }

    /// <summary>All columns as texts, and then no row is left to write.</summary>
    [Benchmark]
    public Task<PipelineResult> Reader() => RunAsync(Recipe.ForText("Read", s_text).FilterTextLength("Drop All", "id", longerThan: 100));

    /// <summary>What it takes more than the reader is the writer.</summary>
    [Benchmark]
    public Task<PipelineResult> ReaderAndWriter() => RunAsync(Recipe.ForText("Copy", s_text));

    [Benchmark]
    public Task<PipelineResult> Cleaning() => RunAsync(CleanRecipe.Create());

    [Benchmark]
    public int Duplicates()
    {
        using var keys = new DuplicateKeys(new MemoryBudget(1L << 30), Path.GetTempPath());
        var found = 0;
        for (var row = 0; row < _keys.Length; row++)
            if (!keys.Add(_keys[row], row)) found++;
        return found;
    }

    [Benchmark]
    public (long, long)? Median()
    {
        using var counts = new ValueCounts(new MemoryBudget(1L << 30), Path.GetTempPath());
        var counter = counts.Take();
        foreach (var price in _prices) counter.Add(price);
        counts.GiveBack(counter);
        return counts.Middle();
    }

    [Benchmark]
    public long Ranks()
    {
        using var domain = new RankDomain(new MemoryBudget(1L << 30), Path.GetTempPath());
        var part = domain.Take();
        foreach (var price in _prices) part.Add(default, price);
        domain.GiveBack(part);
        domain.Complete();
        var lookup = domain.BeginLookup();
        var sum = 0L;
        foreach (var price in _prices) sum += lookup.RankOf(default, price);
        return sum;
    }

    Task<PipelineResult> RunAsync(Recipe recipe) => recipe.RunAsync(
        new DataSource("csv", _csv.Length, (offset, _) => ValueTask.FromResult<Stream>(new MemoryStream(_csv, (int)offset, _csv.Length - (int)offset))),
        new DataSink("out", _ => ValueTask.FromResult<OutputStream>(new NoOutput())),
        new DataSink("rejects", _ => ValueTask.FromResult<OutputStream>(new NoOutput())),
        _options,
        CancellationToken.None);

    sealed class NoOutput : OutputStream
    {
        public override void Write(byte[] buffer, int offset, int count) { }

        public override void Write(ReadOnlySpan<byte> buffer) { }

        public override ValueTask<string?> CompleteAsync(CancellationToken cancellationToken) => ValueTask.FromResult<string?>(null);
    }
}
