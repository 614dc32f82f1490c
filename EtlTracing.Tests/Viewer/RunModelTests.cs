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
    public void AStepsDelayThatMadeNoDifferenceIsNotTheVerdict()
    {
        var run = FabricatedRuns.Good("now", "input/a.csv", s_start);
        // 100 ms late in a run of 2.6 s: twice and more of its 40 ms, less than a twentieth of the run.
        run.Edit("Rank Reviews", document => document["end_time"] = (double)document["start_time"]! + 0.145);

        Assert.Equal("Clean took 68 % of 2.57 s. Read Data was slowest at 450 ms; the run was as fast as usual (2.57 s).", Words(run.Detail(), UsualOf(5)));
    }

    [Fact]
    public void AnUnusualStepIsNotCalledTheSlowestWhereAnotherTookLonger()
    {
        var run = FabricatedRuns.Good("now", "input/a.csv", s_start);
        run.Edit("Rank Reviews", document => document["end_time"] = (double)document["start_time"]! + 0.24);

        Assert.Equal("Clean took 68 % of 2.57 s. Rank Reviews took 240 ms, 6.0× its usual time.", Words(run.Detail(), UsualOf(5)));
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

        Assert.Equal("Clean lost its worker once and passed on attempt 2; that cost 3.40 s of 5.99 s. The output is whole.", Words(detail, Usual.Unknown));
    }

    [Fact]
    public void AFailStateIsNoAttemptOfAnything()
    {
        var tree = FabricatedRuns.Failed("bad", "input/a.csv", s_start).Detail().Tree;

        Assert.Equal([("Clean", 1)], ExecutionHistory.Attempts(tree).Select(attempt => (attempt.State, attempt.Number)));
    }

    [Fact]
    public void AnAttemptEndsWithItsExecutionAndARedriveBeginsAnother()
    {
        var run = FabricatedRuns.Running("stopped", "input/a.csv", s_start);
        var aborted = run.Event("ExecutionAborted", 0, 3);
        var redriven = run.Event("ExecutionRedriven", aborted, 9);
        run.Event("ActivityScheduled", redriven, 9.1);

        Assert.Equal([("Clean", 1, "Aborted"), ("Clean", 2, null)], run.Detail().Attempts.Select(attempt => (attempt.State, attempt.Number, attempt.Error)));
    }

    [Fact]
    public void ACauseDoesNotRepeatTheInputsKeyAndIsCutBetweenWords()
    {
        var missing = string.Join("; ", Enumerable.Range(100, 40).Select(i => $"missing column 'column_{i}'"));

        var words = Words(FabricatedRuns.Failed("bad", "input/nyc/a.csv", s_start, $"input/nyc/a.csv does not have the columns it should: {missing}").Detail(), Usual.Unknown);

        Assert.StartsWith("Failed in Clean: the input does not have the columns it should: missing column 'column_100';", words, StringComparison.Ordinal);
        Assert.EndsWith("missing column 'column_103'; missing column … Nothing was written.", words, StringComparison.Ordinal);
    }

    [Fact]
    public void AStepThatBothJobsHaveSaysWhoseItIs()
    {
        var run = FabricatedRuns.Good("now", "input/a.csv", s_start);
        var writing = SegmentTree.Parse(run.Documents).All.Last(span => span.Name == "Write Data");
        run.Edit("Write Data", document => document["end_time"] = (string)document["id"]! == writing.Id ? (double)document["start_time"]! + 1 : document["end_time"]!.DeepClone());

        Assert.Equal("Clean took 68 % of 2.57 s. Write Data in Process was slowest at 1.00 s.", Words(run.Detail(), Usual.Unknown));
    }

    [Fact]
    public void AFailureIsToldOnceAndWhatWasNotReachedIsNamed()
    {
        var rows = Waterfall.Of(FabricatedRuns.Failed("bad", "input/a.csv", s_start).Detail(), UsualOf(5), s_now).Rows;

        Assert.Equal([("Read Data", "SchemaMismatchException")], rows.Where(row => row.Failure is not null).Select(row => (row.Label, row.Failure!.Value.Type)));
        Assert.Equal(["13 usual steps", "Process"], rows.Where(row => row.Kind == RowKind.NotReached).Select(row => row.Label));
        Assert.All(rows.GroupBy(row => (row.Level, row.SetSize)), siblings => Assert.All(siblings, row => Assert.InRange(row.Position, 1, row.SetSize)));
    }

    [Fact]
    public void AKilledJobIsDrawnToItsLastSignOfLife()
    {
        var run = FabricatedRuns.Retried("a", "input/a.csv", s_start);
        var killed = SegmentTree.Parse(run.Documents).Jobs.First();
        run.Edit("etl-clean-job", document =>
        {
            if ((string)document["id"]! == killed.Id) document["metadata"] = new System.Text.Json.Nodes.JsonObject { ["default"] = new System.Text.Json.Nodes.JsonObject { ["etl.seen"] = run.Start + 1.62 } };
        });
        run.Edit("Clean", document =>
        {
            if (document["cause"] is { } cause) cause["exceptions"]![0]!["message"] = "";
        });

        var rows = Waterfall.Of(run.Detail(), Usual.Unknown, s_now).Rows;

        Assert.Equal(1500, rows.First(row => row.NeverClosed).Length.TotalMilliseconds, 0.1);
        Assert.Equal("The worker was last heard of in Remove Duplicates, at 40,000 rows.", rows.Single(row => row.Failure is not null).Failure!.Value.Cause);
    }

    [Fact]
    public void TheMapShowsBytesOnItsEdgesAndWhatWasNeverWritten()
    {
        var good = FabricatedRuns.Good("a", "input/a.csv", s_start);
        good.Edit("etl-clean-job", document => document["metadata"] = new System.Text.Json.Nodes.JsonObject { ["default"] = new System.Text.Json.Nodes.JsonObject { ["etl.bytes.read"] = 26_400_000, ["etl.bytes.written"] = 4_100_000 } });

        Assert.Equal(["read 26.4 MB", "write 4.1 MB"], TraceMap.Of(good.Detail(), s_now).Edges.Where(edge => edge.From == "j:etl-clean-job").Select(edge => edge.Label));
        Assert.Equal(
            ["j:etl-process-job not reached", "b:clean/ nothing written", "b:processed/ nothing written"],
            TraceMap.Of(FabricatedRuns.Failed("bad", "input/a.csv", s_start).Detail(), s_now).Nodes.Where(node => node.NotReached).Select(node => $"{node.Key} {node.Note}"));
    }

    [Theory]
    [InlineData(536, "536 ms")]
    [InlineData(59_940, "59.9 s")]
    [InlineData(138_000, "2.3 min")]
    [InlineData(9_000_000, "2.5 h")]
    public void ACircleHoldsAShortTime(long milliseconds, string words) => Assert.Equal(words, Units.Short(TimeSpan.FromMilliseconds(milliseconds)));

    [Fact]
    public void ARunningRunSaysWhereItIs() =>
        Assert.Equal(
            "Clean has run for 3.88 s: Remove Duplicates, 51,200 rows so far.",
            Words(FabricatedRuns.Running("live", "input/a.csv", s_start).Detail(), Usual.Unknown));

    [Fact]
    public void ARunningRunSaysHowLongItsInputUsuallyTakes() =>
        Assert.Equal(
            "Clean has run for 3.88 s: Remove Duplicates, 51,200 rows so far; the whole run usually takes 2.57 s.",
            Words(FabricatedRuns.Running("live", "input/a.csv", s_start).Detail(), UsualOf(5)));

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
