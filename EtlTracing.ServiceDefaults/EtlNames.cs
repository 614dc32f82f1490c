namespace EtlTracing;

/// <summary>
/// Names that every part of the system agrees on. This file is compiled into each project that needs it, so that
/// the launcher, the AppHost and the deployment cannot drift apart from the processes they start.
/// </summary>
static class EtlNames
{
    public const string Bucket = "etl";
    public const string StateMachine = "etl-workflow";
    public const string CleanActivity = "etl-clean";
    public const string ProcessActivity = "etl-process";

    public const string CleanState = "Clean";
    public const string ProcessState = "Process";

    public const string TriggerService = "etl-trigger";
    public const string CleanJobService = "etl-clean-job";
    public const string ProcessJobService = "etl-process-job";
    public const string ViewerService = "etl-viewer";

    public const string LocalRegion = "us-east-2";
    public const string LocalAccount = "000000000000";

    public const string InputPrefix = "input/";
    public const string CleanPrefix = "clean/";
    public const string ProcessedPrefix = "processed/";
    public const string RejectedPrefix = "rejected/";

    /// <summary>Where the trigger takes events: the path of the Lambda Web Adapter's pass-through.</summary>
    public const string EventsPath = "/events";
}

/// <summary>Environment variables of our own. All others are the standard ones of AWS and OpenTelemetry.</summary>
static class EtlEnvironment
{
    public const string Bucket = "ETL_BUCKET";
    public const string StateMachineArn = "ETL_STATE_MACHINE_ARN";
    public const string ActivityArn = "ETL_ACTIVITY_ARN";

    /// <summary>Largest share of rejected rows that a run survives, 0..1; default 0.05.</summary>
    public const string MaxRejects = "ETL_MAX_REJECTS";

    /// <summary>Bytes that duplicate keys, medians and ranks may hold before they spill to disk; default 128 MB.</summary>
    public const string Memory = "ETL_MEMORY";

    /// <summary>Tasks that one job process works on at a time; default 1.</summary>
    public const string Concurrency = "ETL_CONCURRENCY";

    /// <summary>With <see cref="TaskInput"/>: the job runs this one task and exits.</summary>
    public const string TaskToken = "ETL_TASK_TOKEN";
    public const string TaskInput = "ETL_TASK_INPUT";

    /// <summary>Seconds between heartbeats of a job; default 10. Keep below a third of the state's HeartbeatSeconds.</summary>
    public const string HeartbeatSeconds = "ETL_HEARTBEAT_SECONDS";

    /// <summary>Seconds that a stopping job works on before it hands its task back; default 10.</summary>
    public const string GraceSeconds = "ETL_GRACE_SECONDS";

    /// <summary>When 1, the process ignores SIGINT and ends when its standard input ends: its parent is gone.</summary>
    public const string StopOnStdinEnd = "ETL_STOP_ON_STDIN_END";
}

/// <summary>Span attributes of our own; the rest follow OpenTelemetry's semantic conventions.</summary>
static class EtlAttributes
{
    public const string Run = "etl.run";
    public const string Input = "etl.input";
    public const string Operation = "etl.operation";
    public const string Step = "etl.step";
    public const string Attempt = "etl.attempt";
    public const string RowsIn = "etl.rows.in";
    public const string RowsOut = "etl.rows.out";
    public const string RowsRejected = "etl.rows.rejected";
    public const string ParentSource = "etl.parent.source";
    public const string Spans = "etl.spans";

    /// <summary>X-Ray annotations: the list in otel-agent-config.yaml's indexed_attributes, and the local cloud's.</summary>
    public static readonly string[] Indexed =
        [Run, Input, Operation, Step, Attempt, RowsIn, RowsOut, RowsRejected, ParentSource, Spans];

    public const string BytesRead = "etl.bytes.read";
    public const string BytesWritten = "etl.bytes.written";
    public const string BusyMilliseconds = "etl.busy_ms";
    public const string Timing = "etl.timing";

    /// <summary>Unix seconds at which an in-progress segment was sent: the last sign of life of a job that is killed.</summary>
    public const string Seen = "etl.seen";
}
