using EtlTracing.Traces;

namespace EtlTracing.Tests.Viewer;

public class SegmentTreeTests
{
    const string Trace = "\"trace_id\":\"1-65f84a33-000000000000000000000000\"";

    static readonly DateTimeOffset s_start = new(2026, 3, 18, 14, 2, 11, TimeSpan.Zero);

    [Fact]
    public void AKilledJobIsAJobAlthoughNoWorkflowsSegmentHasCome()
    {
        var tree = SegmentTree.Parse(["""{"id":"0000000000000001","name":"etl-clean-job","start_time":1700000000,"in_progress":true,"annotations":{"etl.attempt":1}}"""]);

        Assert.Equal(SpanRole.Job, Assert.Single(tree.All).Role);
    }

    [Fact]
    public void AGoodRunHasTheShapeOfTheWork()
    {
        var tree = FabricatedRuns.Good("8f21c0", "input/nyc/a.csv", s_start).Detail().Tree;

        var expected = new List<string>
        {
            "1 etl-trigger Segment", "2 StartExecution Call", "3 etl-workflow Workflow",
            "4 Clean State", "5 etl-clean-job Job", "6 Read Data Group", "7 GetObject Call", "6 Data Cleaning Group",
        };
        expected.AddRange(FabricatedRuns.CleanSteps.Select(step => $"7 {step} Step"));
        expected.AddRange(["6 Write Data Group", "7 PutObject Call", "4 Process State", "5 etl-process-job Job", "6 Read Data Group", "7 GetObject Call", "6 Data Processing Group"]);
        expected.AddRange(FabricatedRuns.ProcessSteps.Select(step => $"7 {step} Step"));
        expected.AddRange(["6 Write Data Group", "7 PutObject Call"]);
        Assert.Equal(expected, tree.All.Select(span => $"{Level(span)} {span.Label} {span.Role}"));
    }

    [Fact]
    public void TheOrderOfDocumentsDoesNotMatter()
    {
        var run = FabricatedRuns.Retried("5d09aa", "input/nyc/a.csv", s_start);

        var shuffled = SegmentTree.Parse(run.Documents.Reverse());

        Assert.Equal(run.Detail().Tree.All.Select(span => span.Key), shuffled.All.Select(span => span.Key));
    }

    [Fact]
    public void NestedSubsegmentsBecomeSpansOfTheirOwn()
    {
        var tree = SegmentTree.Parse([
            $$"""{"id":"a","name":"etl-workflow","origin":"AWS::StepFunctions::StateMachine",{{Trace}},"start_time":1.0,"end_time":3.0,"subsegments":[{"id":"b","name":"Clean","start_time":1.5,"in_progress":true,"subsegments":[{"id":"c","name":"Glue","namespace":"aws","aws":{"operation":"StartJobRun"},"start_time":1.6,"end_time":1.7}]}]}""",
        ]);

        Assert.Equal(["etl-workflow", "etl-workflow.clean", "etl-workflow.clean.startjobrun"], tree.All.Select(span => span.Key));
        Assert.Null(tree.All[1].End);
    }

    [Fact]
    public void ACompleteDocumentReplacesTheOneInProgressWhicheverCameFirst()
    {
        var open = $$"""{"id":"a","name":"job",{{Trace}},"start_time":1.0,"in_progress":true}""";
        var closed = $$"""{"id":"a","name":"job",{{Trace}},"start_time":1.0,"end_time":1.25}""";

        foreach (var documents in new[] { new[] { open, closed }, [closed, open] })
        {
            var span = Assert.Single(SegmentTree.Parse(documents).All);
            Assert.Equal(TimeSpan.FromMilliseconds(250), span.Duration);
        }
    }

    [Fact]
    public void AParentThatNeverArrivedLeavesItsChildAsARootAndIsCounted()
    {
        var tree = SegmentTree.Parse([$$"""{"id":"b","name":"job","parent_id":"a",{{Trace}},"start_time":1.0,"end_time":2.0}"""]);

        Assert.Equal(1, tree.Orphans);
        Assert.Single(tree.Roots);
    }

    [Fact]
    public void ACircleOfParentsIsBrokenInsteadOfFollowed()
    {
        var tree = SegmentTree.Parse([
            $$"""{"id":"a","name":"one","parent_id":"b",{{Trace}},"start_time":1.0,"end_time":2.0}""",
            $$"""{"id":"b","name":"two","parent_id":"a",{{Trace}},"start_time":1.0,"end_time":2.0}""",
            $$"""{"id":"c","name":"three","parent_id":"c",{{Trace}},"start_time":1.0,"end_time":2.0}""",
        ]);

        Assert.Equal(3, tree.All.Count);
    }

    [Fact]
    public void WhatIsNoSegmentIsCountedAndLeftOut()
    {
        var tree = SegmentTree.Parse(["", "null", "[]", "{\"id\":7}", "{\"id\":\"a\",\"start_time\":\"soon\"}", "{broken"]);

        Assert.Empty(tree.All);
        Assert.Equal(6, tree.Unreadable);
    }

    [Fact]
    public void AttributesAreFoundWithDotsOrUnderscoresInAnnotationsAndMetadata()
    {
        var tree = SegmentTree.Parse([
            $$$"""{"id":"a","name":"job",{{{Trace}}},"start_time":1.0,"end_time":2.0,"annotations":{"etl_rows_in":12,"etl.rows.out":9},"metadata":{"default":{"etl.bytes.read":77} } }""",
        ]);

        var span = tree.All[0];
        Assert.Equal((12L, 9L, 77L), (span.Number("etl.rows.in"), span.Number("etl.rows.out"), span.Number("etl.bytes.read")));
    }

    [Fact]
    public void WhatXRayInfersFromACallIsNotShownTwiceUnlessWorkHangsBelowIt()
    {
        var run = FabricatedRuns.Good("a", "input/a.csv", s_start);
        var before = run.Detail().Tree.All.Count;
        var call = run.Call("0000000000000001", "S3", "GetObject", 0.01, 0.02);
        run.Add(call, "S3", 0.01, 0.02, segment: true, more: document => document["inferred"] = true);
        var glue = run.Add("0000000000000001", "Glue", 0.03, 0.04, segment: true, more: document => document["inferred"] = true);
        run.Add(glue, "job", 0.03, 0.04, segment: true);

        var tree = run.Detail().Tree;

        Assert.Equal(before + 3, tree.All.Count);
        Assert.Equal(2, tree.Jobs.Count());
    }

    [Fact]
    public void StepsHaveTheSameKeyInEveryAttemptToBeComparedBy()
    {
        var tree = FabricatedRuns.Retried("5d09aa", "input/nyc/a.csv", s_start).Detail().Tree;

        var readings = tree.All.Where(span => span.Name == "Read Data").ToList();
        Assert.Equal(["etl-clean-job.read-data", "etl-clean-job~2.read-data", "etl-process-job.read-data"], readings.Select(span => span.Key));
        Assert.Equal(["etl-clean-job.read-data", "etl-clean-job.read-data", "etl-process-job.read-data"], readings.Select(span => span.StepKey));
    }

    [Fact]
    public void KeysAreSafeAndUniqueWhateverTheNames()
    {
        var tree = SegmentTree.Parse([
            $$"""{"id":"a","name":"<script>alert(1)</script>",{{Trace}},"start_time":1.0,"end_time":2.0}""",
            $$"""{"id":"b","name":"../../x?y#z","type":"subsegment","parent_id":"a",{{Trace}},"start_time":1.0,"end_time":2.0}""",
            $$"""{"id":"c","name":"…","type":"subsegment","parent_id":"a",{{Trace}},"start_time":1.1,"end_time":2.0}""",
            $$"""{"id":"d","name":"…","type":"subsegment","parent_id":"a",{{Trace}},"start_time":1.2,"end_time":2.0}""",
        ]);

        Assert.Equal(
            ["script-alert-1-script", "script-alert-1-script.x-y-z", "script-alert-1-script.span", "script-alert-1-script.span~2"],
            tree.All.Select(span => span.Key));
    }

    static int Level(Span span)
    {
        var level = 1;
        for (var at = span.Parent; at is not null; at = at.Parent) level++;
        return level;
    }
}
