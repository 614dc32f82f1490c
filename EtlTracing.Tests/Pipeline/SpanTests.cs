using System.Collections.Concurrent;
using System.Diagnostics;
using EtlTracing.Pipeline;
using EtlTracing.Pipeline.Batches;
using EtlTracing.Pipeline.Steps;
using EtlTracing.Samples;
using EtlTracing.Tests.Support;
using static EtlTracing.Pipeline.Reading.Contract;

namespace EtlTracing.Tests.Pipeline;

public sealed class SpanTests
{
    [Fact]
    public async Task BothWaysOfWorkingTellTheSameTree()
    {
        using var folder = new TemporaryFolder();
        await using (var csv = File.Create(folder.File("in.csv"))) SampleWriter.Write(csv, rows: 2000, seed: 5);

        var stepwise = await RecordAsync(() => Runs.CleanAsync(folder.File("in.csv"), folder.File("out.parquet")));
        var streamed = await RecordAsync(() => Runs.CleanAsync(folder.File("in.csv"), folder.File("out.parquet"), Runs.Streamed));

        var expected = Tree(stepwise);
        Assert.Equal(["Read Data", "Data Cleaning", "Write Data"], stepwise.Where(span => span.Parent?.OperationName == "job").OrderBy(span => span.StartTimeUtc).Select(span => span.OperationName));
        Assert.Equal(16, stepwise.Count(span => span.Parent?.OperationName == "Data Cleaning"));
        Assert.Equal(expected, Tree(streamed));
        Assert.All(streamed, span => Assert.Equal("apportioned", span.GetTagItem("etl.timing")));
        Assert.All(stepwise, span => Assert.Null(span.GetTagItem("etl.timing")));
        Assert.All(streamed.Concat(stepwise), span => Assert.True(span.GetTagItem("etl.rows.in") is long && span.GetTagItem("etl.rows.out") is long));
    }

    [Fact]
    public async Task TheSlowStepIsNamedFirstInBothWaysOfWorking()
    {
        var recipe = Recipe.ForText("Slow", Of(Integer("n")))
            .Then(new Wait("Quick", TimeSpan.Zero))
            .Then(new Wait("Slow Step", TimeSpan.FromMilliseconds(30)))
            .Then(new Wait("Quicker", TimeSpan.Zero));
        using var folder = new TemporaryFolder();
        await File.WriteAllTextAsync(folder.File("in.csv"), "n\n" + string.Join('\n', Enumerable.Range(0, 200)));
        foreach (var options in new[] { Runs.Options with { BatchBytes = 256 }, Runs.Streamed with { BatchBytes = 256 } })
        {
            var spans = await RecordAsync(() => recipe.RunAsync(
                DataSource.FromFile(folder.File("in.csv")), DataSink.ToFile(folder.File("out.parquet")), DataSink.ToFile(folder.File("rejects.csv")), options, CancellationToken.None));

            var slowest = spans.Where(span => span.Parent?.OperationName == "Slow").MaxBy(span => span.Duration)!;
            Assert.Equal("Slow Step", slowest.OperationName);
            Assert.Equal("Slow Step", spans.Where(span => span.Parent?.OperationName == "Slow").MaxBy(span => (double)span.GetTagItem("etl.busy_ms")!)!.OperationName);
        }
    }

    [Fact]
    public async Task AStepThatFailsIsTheSpanThatSaysSo()
    {
        var recipe = Recipe.ForText("Failing", Of(Integer("n"))).Then(new Wait("Fine", TimeSpan.Zero)).Then(new Break());
        using var folder = new TemporaryFolder();
        await File.WriteAllTextAsync(folder.File("in.csv"), "n\n1\n2\n");
        foreach (var options in new[] { Runs.Options, Runs.Streamed })
        {
            var spans = await RecordAsync(() => Assert.ThrowsAsync<InvalidTimeZoneException>(() => recipe.RunAsync(
                DataSource.FromFile(folder.File("in.csv")), DataSink.ToFile(folder.File("out.parquet")), DataSink.ToFile(folder.File("rejects.csv")), options, CancellationToken.None)));

            var failed = spans.Single(span => span.OperationName == "Break");
            Assert.Equal(ActivityStatusCode.Error, failed.Status);
            Assert.Contains(failed.Events, happened => happened.Name == "exception");
            Assert.Equal(ActivityStatusCode.Unset, spans.Single(span => span.OperationName == "Fine").Status);
            Assert.False(File.Exists(folder.File("out.parquet")));
        }
    }

    static string[] Tree(List<Activity> spans) =>
        [.. spans.Select(span => $"{span.Parent?.OperationName} > {span.OperationName}: {span.GetTagItem("etl.rows.in")} -> {span.GetTagItem("etl.rows.out")}").Order(StringComparer.Ordinal)];

    /// <summary>The spans of the engine that end while the work is done, under a span named job.</summary>
    static async Task<List<Activity>> RecordAsync(Func<Task> work)
    {
        using var source = new ActivitySource("test " + Guid.NewGuid());
        var ended = new ConcurrentQueue<Activity>();
        using var listener = new ActivityListener
        {
            ShouldListenTo = candidate => candidate.Name == source.Name || candidate.Name == "EtlTracing.Pipeline",
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = ended.Enqueue,
        };
        ActivitySource.AddActivityListener(listener);
        using var job = source.StartActivity("job")!;
        await work();
        job.Stop();
        return [.. ended.Where(span => span.TraceId == job.TraceId && span != job)];
    }

    /// <summary>Takes its time for every batch.</summary>
    sealed class Wait(string name, TimeSpan time) : RowStep(name)
    {
        public override void Apply(Batch batch) => SpinWait.SpinUntil(() => false, time);
    }

    sealed class Break() : RowStep("Break")
    {
        public override void Apply(Batch batch) => throw new InvalidTimeZoneException("broken on purpose");
    }
}
