using EtlTracing.Local;
using Spectre.Console.Testing;

namespace EtlTracing.Tests.Viewer;

/// <summary>The terminal's words, from the same model as the pages.</summary>
public sealed class InspectionTests : IAsyncLifetime
{
    static readonly DateTimeOffset s_start = DateTimeOffset.UtcNow.AddHours(-1);

    FakeCloud _cloud = null!;

    public async Task InitializeAsync()
    {
        _cloud = await FakeCloud.StartAsync();
        for (var day = 1; day <= 4; day++) _cloud.Put(FabricatedRuns.Good($"ab{day}", "input/nyc/a.csv", s_start.AddDays(-day)));
        _cloud.Put(
            FabricatedRuns.Good("abc", "input/nyc/a.csv", s_start, slow: 2.1),
            FabricatedRuns.Failed("bad", "input/nyc/a.csv", s_start.AddMinutes(1)),
            FabricatedRuns.Retried("lost", "input/nyc/b.csv", s_start.AddMinutes(2)),
            FabricatedRuns.Running("live", "input/nyc/c.csv", DateTimeOffset.UtcNow));
    }

    public async Task DisposeAsync() => await _cloud.DisposeAsync();

    [Fact]
    public async Task TheListSaysWhatStandsOut()
    {
        var output = await RunAsync("--runs");

        foreach (var words in new[] { "Clean, Remove Duplicates, 51,200 rows so far", "Failed in Clean: column 'price' is missing", "Clean lost its worker once and passed on attempt 2", "Correct Review Dates was slowest at", "8,276", "8 runs" })
            Assert.Contains(words, output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ATraceShowsWhatWasUnusualWhatFailedAndWhereRowsWereLost()
    {
        var slow = await RunAsync("--trace", "abc");
        var failed = await RunAsync("--trace", "bad");
        var lost = await RunAsync("--trace", "lost");

        Assert.Contains("Correct Review Dates  903 ms, 2.1× usual  99,567 rows", slow, StringComparison.Ordinal);
        Assert.Contains("102,606 rows read, −5 rejected: field count, −2 rejected: unparsable price, −508 Remove Duplicates", slow, StringComparison.Ordinal);
        Assert.Equal(2, failed.Split("column 'price' is missing").Length - 1);
        Assert.Contains("Process  not reached", failed, StringComparison.Ordinal);
        Assert.Contains("etl-clean-job  > 480 ms, never closed", lost, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AComparisonStartsWithTheLargestChangeAndTakesTheMedian()
    {
        var output = await RunAsync("--compare", "abc", "median");

        Assert.StartsWith("473 ms slower than its usual 2.57 s. Correct Review Dates accounts for 473 ms of it; row counts are the same.", output, StringComparison.Ordinal);
        Assert.True(output.IndexOf("+473 ms", StringComparison.Ordinal) < output.IndexOf("Read Data in etl-clean-job", StringComparison.Ordinal), output);
    }

    async Task<string> RunAsync(params string[] args)
    {
        Assert.True(CommandLine.TryParse(args, out var line, out var error), error);
        using var console = new TestConsole().Width(220);
        using var inspection = new Inspection(new Uri(_cloud.Url), console, TimeProvider.System);
        var code = await inspection.RunAsync(line, default);
        Assert.True(code == 0, console.Output);
        return console.Output;
    }
}
