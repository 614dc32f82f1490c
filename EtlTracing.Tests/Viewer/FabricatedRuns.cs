using System.Text.Json.Nodes;

namespace EtlTracing.Tests.Viewer;

/// <summary>The runs that the tests look at: a good one, one with a lost worker, one with bad data, one that goes on.</summary>
public static class FabricatedRuns
{
    public static readonly string[] CleanSteps =
    [
        "Standardize Column Names", "Drop Columns", "Remove Duplicates", "Fill Null Values", "Filter Minimum Nights", "Convert Currency price",
        "Convert Currency service_fee", "Fix Skewness price", "Fix Skewness minimum_nights", "Correct Review Dates", "Drop Remaining Nulls", "Final Data Types",
    ];

    public static readonly string[] ProcessSteps =
        ["Calculate Minimum Total Spend", "Calculate Cost Per Night", "Rank Cost In Neighborhood", "Rank Cost Overall", "Rank Reviews"];

    const long Read = 102_606, Rejected = 7, AfterDuplicates = 102_091, AfterNights = 99_567, Written = 94_323;

    /// <param name="id">The execution's name.</param>
    /// <param name="key">The input.</param>
    /// <param name="start">When the event came.</param>
    /// <param name="slow">How many times its usual time the step 'Correct Review Dates' takes.</param>
    public static FabricatedRun Good(string id, string key, DateTimeOffset start, double slow = 1)
    {
        var run = new FabricatedRun(id, key, start);
        var (workflow, entered) = Begin(run);
        var clean = run.Add(workflow, "Clean", 0.1, 0);
        var end = Clean(run, clean, 0.12, slow);
        run.SetEnd(clean, end + 0.01);
        Task(run, "Clean", entered, 0.1, 0.12, end, JobJson("clean", run.Key));
        var process = run.Add(workflow, "Process", end + 0.02, 0);
        var last = Process(run, process, end + 0.04);
        run.SetEnd(process, last + 0.01);
        Task(run, "Process", run.Events.Count, end + 0.02, end + 0.04, last, JobJson("process", run.Key));
        Finish(run, workflow, last + 0.05);
        return run;
    }

    /// <summary>The first attempt's worker dies within 'Remove Duplicates'; the second attempt is good.</summary>
    public static FabricatedRun Retried(string id, string key, DateTimeOffset start)
    {
        var run = new FabricatedRun(id, key, start);
        var (workflow, entered) = Begin(run);
        var first = run.Add(workflow, "Clean", 0.1, 2.5, more: document =>
        {
            document["fault"] = true;
            document["cause"] = FabricatedRun.Fault("States.Timeout", "The worker sent no heartbeat for 2 seconds.");
        });
        var job = run.Add(first, "etl-clean-job", 0.12, null, segment: true, more: document =>
            document["annotations"] = new JsonObject { ["etl.operation"] = "Clean", ["etl.step"] = "Remove Duplicates", ["etl.rows.in"] = 40_000 });
        var reading = run.Add(job, "Read Data", 0.13, 0.6);
        run.Call(reading, "S3", "GetObject", 0.14, 0.4, run.Key);
        var state = run.Event("TaskStateEntered", entered, 0.1, "stateEnteredEventDetails", new JsonObject { ["name"] = "Clean" });
        var scheduled = run.Event("ActivityScheduled", state, 0.1, "activityScheduledEventDetails", new JsonObject { ["resource"] = "etl-clean" });
        var started = run.Event("ActivityStarted", scheduled, 0.12, "activityStartedEventDetails", new JsonObject { ["workerName"] = "worker-1" });
        var failed = run.Event("ActivityTimedOut", started, 2.5, "activityTimedOutEventDetails", new JsonObject { ["error"] = "States.Timeout", ["cause"] = "The worker sent no heartbeat for 2 seconds." });
        var second = run.Add(workflow, "Clean", 3.5, 0);
        var end = Clean(run, second, 3.52, 1);
        run.SetEnd(second, end + 0.01);
        var again = run.Event("ActivityScheduled", failed, 3.5, "activityScheduledEventDetails", new JsonObject { ["resource"] = "etl-clean" });
        Started(run, again, 3.52, end, JobJson("clean", run.Key));
        var process = run.Add(workflow, "Process", end + 0.02, 0);
        var last = Process(run, process, end + 0.04);
        run.SetEnd(process, last + 0.01);
        Task(run, "Process", run.Events.Count, end + 0.02, end + 0.04, last, JobJson("process", run.Key));
        Finish(run, workflow, last + 0.05);
        return run;
    }

    public static FabricatedRun Failed(string id, string key, DateTimeOffset start, string? cause = null)
    {
        cause ??= "column 'price' is missing; expected price, found: id, name\nmissing: price (decimal, required)\nunexpected: cost";
        var run = new FabricatedRun(id, key, start);
        var (workflow, entered) = Begin(run);
        var state = run.Add(workflow, "Clean", 0.1, 1.0, more: Faulty);
        var job = run.Add(state, "etl-clean-job", 0.12, 0.98, segment: true, more: document =>
        {
            document["annotations"] = new JsonObject { ["etl.operation"] = "Clean", ["etl.spans"] = 3 };
            Faulty(document);
        });
        var reading = run.Add(job, "Read Data", 0.13, 0.9, more: Faulty);
        run.Call(reading, "S3", "GetObject", 0.14, 0.4, run.Key);
        var enteredState = run.Event("TaskStateEntered", entered, 0.1, "stateEnteredEventDetails", new JsonObject { ["name"] = "Clean" });
        var scheduled = run.Event("ActivityScheduled", enteredState, 0.1, "activityScheduledEventDetails", new JsonObject { ["resource"] = "etl-clean" });
        var started = run.Event("ActivityStarted", scheduled, 0.12, "activityStartedEventDetails", new JsonObject { ["workerName"] = "worker-1" });
        run.Event("ActivityFailed", started, 1.0, "activityFailedEventDetails", new JsonObject { ["error"] = "SchemaMismatch", ["cause"] = cause });
        // The workflow's Fail state passes on what it caught.
        run.Add(workflow, "Failed", 1.01, 1.02, more: document =>
        {
            document["fault"] = true;
            document["cause"] = FabricatedRun.Fault("SchemaMismatch", cause);
        });
        (run.Status, run.StopAfter, run.Error, run.Cause) = ("FAILED", 1.04, "SchemaMismatch", cause);
        run.SetEnd(workflow, 1.04);
        return run;

        void Faulty(JsonObject document)
        {
            document["fault"] = true;
            document["cause"] = FabricatedRun.Fault("SchemaMismatchException", cause);
        }
    }

    /// <summary>Clean is in 'Remove Duplicates', with rows so far.</summary>
    public static FabricatedRun Running(string id, string key, DateTimeOffset start, long rows = 51_200)
    {
        var run = new FabricatedRun(id, key, start);
        var (workflow, entered) = Begin(run);
        var state = run.Add(workflow, "Clean", 0.1, null);
        var job = run.Add(state, "etl-clean-job", 0.12, null, segment: true, more: document =>
            document["annotations"] = new JsonObject { ["etl.operation"] = "Clean", ["etl.step"] = "Remove Duplicates", ["etl.rows.in"] = rows });
        run.Add(job, "Read Data", 0.13, 0.6);
        var enteredState = run.Event("TaskStateEntered", entered, 0.1, "stateEnteredEventDetails", new JsonObject { ["name"] = "Clean" });
        var scheduled = run.Event("ActivityScheduled", enteredState, 0.1, "activityScheduledEventDetails", new JsonObject { ["resource"] = "etl-clean" });
        run.Event("ActivityStarted", scheduled, 0.12, "activityStartedEventDetails", new JsonObject { ["workerName"] = "worker-1" });
        return run;
    }

    static (string Workflow, long Entered) Begin(FabricatedRun run)
    {
        var trigger = run.Add(null, "etl-trigger", -0.05, 0.06, segment: true);
        var start = run.Call(trigger, "SFN", "StartExecution", -0.03, 0.05);
        var workflow = run.Add(start, "etl-workflow", 0.0, null, segment: true, more: document => document["origin"] = "AWS::StepFunctions::StateMachine");
        return (workflow, run.Event("ExecutionStarted", 0, 0));
    }

    static double Clean(FabricatedRun run, string state, double at, double slow)
    {
        var job = run.Add(state, "etl-clean-job", at, 0, segment: true, more: document => document["annotations"] = new JsonObject
        {
            ["etl.operation"] = "Clean",
            ["etl.spans"] = CleanSteps.Length + 6,
            ["etl.rows.in"] = Read,
            ["etl.rows.out"] = Written,
            ["etl.rows.rejected"] = Rejected,
        });
        var reading = run.Step(job, "Read Data", at + 0.01, at + 0.46, Read, Read - Rejected);
        run.Call(reading, "S3", "GetObject", at + 0.02, at + 0.26, run.Key);
        var group = run.Step(job, "Data Cleaning", at + 0.46, 0, Read - Rejected, Written);
        var t = at + 0.46;
        foreach (var step in CleanSteps)
        {
            var (rowsIn, rowsOut) = Rows(step);
            var length = (step == "Correct Review Dates" ? 0.43 * slow : 0.05) * (1 + (run.Id.Length % 3) * 0.01);
            run.Step(group, step, t, t + length, rowsIn, rowsOut);
            t += length;
        }
        run.SetEnd(group, t);
        var writing = run.Step(job, "Write Data", t, t + 0.3, Written, Written);
        run.Call(writing, "S3", "PutObject", t + 0.05, t + 0.29, "clean/" + run.Key[6..] + ".parquet");
        run.SetEnd(job, t + 0.31);
        return t + 0.31;
    }

    static double Process(FabricatedRun run, string state, double at)
    {
        var job = run.Add(state, "etl-process-job", at, 0, segment: true, more: document => document["annotations"] = new JsonObject
        {
            ["etl.operation"] = "Process",
            ["etl.spans"] = ProcessSteps.Length + 6,
            ["etl.rows.in"] = Written,
            ["etl.rows.out"] = Written,
        });
        var reading = run.Step(job, "Read Data", at + 0.01, at + 0.15, Written, Written);
        run.Call(reading, "S3", "GetObject", at + 0.02, at + 0.12, "clean/" + run.Key[6..] + ".parquet");
        var group = run.Step(job, "Data Processing", at + 0.15, 0, Written, Written);
        var t = at + 0.15;
        foreach (var step in ProcessSteps)
        {
            run.Step(group, step, t, t + 0.04, Written, Written);
            t += 0.04;
        }
        run.SetEnd(group, t);
        var writing = run.Step(job, "Write Data", t, t + 0.2, Written, Written);
        run.Call(writing, "S3", "PutObject", t + 0.02, t + 0.19, "processed/" + run.Key[6..] + ".parquet");
        run.SetEnd(job, t + 0.21);
        return t + 0.21;
    }

    static (long In, long Out) Rows(string step) => Array.IndexOf(CleanSteps, step) switch
    {
        < 2 => (Read - Rejected, Read - Rejected),
        2 => (Read - Rejected, AfterDuplicates),
        3 => (AfterDuplicates, AfterDuplicates),
        4 => (AfterDuplicates, AfterNights),
        < 10 => (AfterNights, AfterNights),
        10 => (AfterNights, Written),
        _ => (Written, Written),
    };

    static void Task(FabricatedRun run, string state, long previous, double scheduled, double started, double ended, JsonObject output)
    {
        var entered = run.Event("TaskStateEntered", previous, scheduled, "stateEnteredEventDetails", new JsonObject { ["name"] = state });
        Started(run, run.Event("ActivityScheduled", entered, scheduled, "activityScheduledEventDetails", new JsonObject { ["resource"] = state }), started, ended, output);
    }

    static void Started(FabricatedRun run, long scheduled, double started, double ended, JsonObject output)
    {
        var taken = run.Event("ActivityStarted", scheduled, started, "activityStartedEventDetails", new JsonObject { ["workerName"] = "worker-1" });
        run.Event("ActivitySucceeded", taken, ended, "activitySucceededEventDetails", new JsonObject { ["output"] = output.ToJsonString() });
    }

    static void Finish(FabricatedRun run, string workflow, double at)
    {
        run.SetEnd(workflow, at);
        (run.Status, run.StopAfter) = ("SUCCEEDED", at);
        var output = JsonNode.Parse(run.Input)!.AsObject();
        output["clean"] = JobJson("clean", run.Key);
        output["process"] = JobJson("process", run.Key);
        run.Output = output;
    }

    public static JsonObject JobJson(string job, string key)
    {
        var clean = job == "clean";
        var file = key[6..];
        JsonArray steps = clean
            ? [.. CleanSteps.Select(step => new JsonObject { ["name"] = step, ["rows_in"] = Rows(step).In, ["rows_out"] = Rows(step).Out })]
            : [.. ProcessSteps.Select(step => new JsonObject { ["name"] = step, ["rows_in"] = Written, ["rows_out"] = Written })];
        return new JsonObject
        {
            ["output_key"] = $"{(clean ? "clean" : "processed")}/{file}.parquet",
            ["output_etag"] = "e" + job,
            ["rows_read"] = clean ? Read : Written,
            ["rows_out"] = Written,
            ["rows_rejected"] = clean ? Rejected : 0,
            ["rejects"] = clean ? new JsonObject { ["field count"] = 5, ["unparsable price"] = 2 } : new JsonObject(),
            ["rejected_key"] = clean ? $"rejected/{file}.csv" : null,
            ["bytes_read"] = clean ? 26_400_000 : 4_100_000,
            ["bytes_written"] = clean ? 4_100_000 : 5_600_000,
            ["steps"] = steps,
            ["superseded"] = false,
        };
    }
}
