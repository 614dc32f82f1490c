using EtlTracing.Traces;

namespace EtlTracing.Tests.Viewer;

public class RunModelTests
{
    static readonly DateTimeOffset s_start = new(2026, 3, 18, 14, 2, 11, TimeSpan.Zero);
    static readonly DateTimeOffset s_now = s_start.AddSeconds(4);

    [Fact]
    public void AllSpansOfAGoodRunAreAccountedFor()
    {
        var completeness = Completeness.Of(FabricatedRuns.Good("a", "input/a.csv", s_start).Detail());

        Assert.True(completeness.IsProven, completeness.Words);
        Assert.Equal($"{completeness.Seen} of {completeness.Seen} spans", completeness.Words);
    }

    [Fact]
    public void AMissingSpanShows()
    {
        var run = FabricatedRuns.Good("a", "input/a.csv", s_start);
        run.Remove(document => (string)document["name"]! == "Fill Null Values");

        var completeness = Completeness.Of(run.Detail());

        Assert.True(completeness.IsPartial);
        Assert.Equal(completeness.Expected, completeness.Seen + 1);
    }

    [Fact]
    public void ALostWorkerLeavesASpanThatNeverClosed()
    {
        var completeness = Completeness.Of(FabricatedRuns.Retried("a", "input/a.csv", s_start).Detail());

        Assert.Equal((1, 0, 0), (completeness.NeverClosed, completeness.Orphans, completeness.SilentAttempts));
    }

    [Fact]
    public void TheVerdictNamesWhatWasSlowestAndHowUnusualItWas()
    {
        var detail = FabricatedRuns.Good("now", "input/a.csv", s_start, slow: 2.1).Detail();

        Assert.Equal(
            "Clean took 73 % of 3.04 s. Correct Review Dates was slowest at 903 ms, 2.1× its usual time.",
            Words(detail, UsualOf(5)));
    }

    [Fact]
    public void WithoutEarlierRunsTheVerdictClaimsNothingAboutThem()
    {
        var detail = FabricatedRuns.Good("now", "input/a.csv", s_start).Detail();

        Assert.Equal("Clean took 68 % of 2.57 s. Read Data was slowest at 450 ms.", Words(detail, Usual.Unknown));
    }

    [Fact]
    public void AFailedRunSaysWhereAndWhy() =>
        Assert.Equal(
            "Failed in Clean: column 'price' is missing; expected price, found: id, name. Nothing was written.",
            Words(FabricatedRuns.Failed("bad", "input/a.csv", s_start).Detail(), Usual.Unknown));

    [Fact]
    public void ARetriedRunSaysWhatTheRetryCost()
    {
        var detail = FabricatedRuns.Retried("again", "input/a.csv", s_start).Detail();

        Assert.Equal("Clean failed once (States.Timeout) and passed on attempt 2; that cost 3.40 s of 5.99 s. The output is whole.", Words(detail, Usual.Unknown));
    }

    [Fact]
    public void ARunningRunSaysWhereItIs() =>
        Assert.Equal(
            "Clean has run for 3.88 s: Remove Duplicates, 51,200 rows so far.",
            Words(FabricatedRuns.Running("live", "input/a.csv", s_start).Detail(), Usual.Unknown));

    [Fact]
    public void TheFunnelExplainsEveryRow()
    {
        var funnel = Funnel.Of(FabricatedRuns.Good("a", "input/a.csv", s_start).Detail())!;

        Assert.Equal((102_606, 94_323, 7, 8_276, 0), (funnel.Read, funnel.Written, funnel.Rejected, funnel.Dropped, funnel.Unexplained));
        Assert.Equal(
            ["field count −5 102601", "unparsable price −2 102599", "Remove Duplicates −508 102091", "Filter Minimum Nights −2524 99567", "Drop Remaining Nulls −5244 94323"],
            funnel.Lines.Select(line => $"{line.Rule} −{line.Rows} {line.Left}"));
    }

    [Fact]
    public void AttemptsStandUnderTheirStateWithTheWaitBetweenThem()
    {
        var rows = Waterfall.Of(FabricatedRuns.Retried("a", "input/a.csv", s_start).Detail(), Usual.Unknown, s_now).Rows;

        var clean = rows.SkipWhile(row => row.Kind != RowKind.State).ToList();
        Assert.Equal(("Clean", 2), (clean[0].Label, clean[0].Attempts));
        Assert.Equal(
            ["Attempt 1 of 2", "Wait before retry", "Attempt 2 of 2"],
            clean.Where(row => row.Level == clean[0].Level + 1 && row.Label != "Process").Take(3).Select(row => row.Label));
        var killed = clean.First(row => row.Label == "etl-clean-job");
        Assert.True(killed.NeverClosed);
        // Its last sign of life is the end of 'Read Data'.
        Assert.Equal(480, killed.Length.TotalMilliseconds, 0.1);
    }

    [Fact]
    public void OnlyCallsAreFoldedAtFirst()
    {
        var rows = Waterfall.Of(FabricatedRuns.Good("a", "input/a.csv", s_start).Detail(), Usual.Unknown, s_now).Rows;

        Assert.All(rows.Where(row => row.Hidden), row => Assert.Equal(SpanRole.Call, row.Span!.Role));
        Assert.Contains(rows, row => row is { Folded: true, Label: "Read Data" });
        Assert.Contains(rows, row => row is { Hidden: false, Label: "Remove Duplicates" });
    }

    [Fact]
    public void TheCriticalPathIsAsLongAsTheRunAndNeverOverlapsItself()
    {
        var detail = FabricatedRuns.Retried("a", "input/a.csv", s_start).Detail();
        var path = CriticalPath.Of(detail.Tree);

        var parts = detail.Tree.All.SelectMany(path.Own).OrderBy(part => part.Start).ToList();

        for (var i = 1; i < parts.Count; i++) Assert.True(parts[i].Start >= parts[i - 1].End);
        var covered = TimeSpan.FromTicks(parts.Sum(part => part.Length.Ticks));
        Assert.InRange(covered / (detail.Tree.End!.Value - detail.Tree.Start!.Value), 0.95, 1.0);
    }

    [Fact]
    public void SharesOfAPassAreNotPaintedAsIfTheirPlaceWereKnown()
    {
        var run = FabricatedRuns.Good("a", "input/a.csv", s_start);
        foreach (var step in FabricatedRuns.CleanSteps) run.Edit(step, document => document["annotations"]!["etl.timing"] = "apportioned");
        var rows = Waterfall.Of(run.Detail(), Usual.Unknown, s_now).Rows;

        Assert.All(rows.Where(row => row.Span?.Apportioned == true), row => Assert.Empty(row.Critical));
        Assert.True(rows.Single(row => row.Label == "Data Cleaning").OnCriticalPath);
    }

    [Fact]
    public void AComparisonNamesTheStepThatMovedTheRun()
    {
        var slow = RunProfile.Of(FabricatedRuns.Good("now", "input/a.csv", s_start, slow: 2.1).Detail());

        var comparison = Comparison.Of(slow, UsualOf(5).Median!);

        Assert.Equal(
            "473 ms slower than its usual 2.57 s. Correct Review Dates accounts for 473 ms of it.",
            comparison.Verdict.ToString());
        Assert.Equal("Correct Review Dates", comparison.ByChange.First().Label);
    }

    [Fact]
    public void ShortQueuesOfRunsAreNoHabit() => Assert.Null(UsualOf(2).Run);

    [Theory]
    [InlineData("input/nyc/listings-2024-03-18.csv", "etl/input/nyc/listings-*.csv")]
    [InlineData("input/nyc/listings-2024-03-17b.csv", "etl/input/nyc/listings-*.csv")]
    [InlineData("input/20240318/a.csv.gz", "etl/input/*/a.csv.gz")]
    [InlineData("input/sample-100000.csv", "etl/input/sample-100000.csv")]
    public void DatesInANameDoNotMakeItAnotherInput(string key, string series) =>
        Assert.Equal(series, RunCatalog.Series(new RunInput("etl", key, null, null, null)));

    static Usual UsualOf(int runs) => new(RunProfile.Median([.. Enumerable.Range(1, runs)
        .Select(day => RunProfile.Of(FabricatedRuns.Good("abc", "input/a.csv", s_start.AddDays(-day)).Detail()))]));

    static string Words(RunDetail detail, Usual usual) => Verdict.Of(detail, usual, Completeness.Of(detail), s_now).ToString();
}
