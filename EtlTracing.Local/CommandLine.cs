using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace EtlTracing.Local;

/// <summary>What the person asked for on the command line.</summary>
public sealed record CommandLine
{
    public const string Help = """
        Runs the whole pipeline on this machine: no Docker, no account, no set-up.

        dotnet run --project EtlTracing.Local -- [FILE...] [options]

        FILE...                uploads these files instead of the bundled sample
          --rows N             uploads a generated sample of N rows instead
          --exit               stops when the uploads are worked on; exit code 1 when a run failed
          --data DIR           keeps state, outputs and logs in DIR (default: .data)
          --port N             S3, Step Functions and X-Ray (default: 4566; 0 takes any free port, here and below)
          --otlp-grpc-port N   OTLP over gRPC (default: 4317)
          --otlp-http-port N   OTLP over HTTP (default: 4318)
          --viewer-port N      the viewer's pages (default: 5080)
          --trigger-port N     the trigger, which takes the upload events (default: 5081)
          --faults SPEC        lets the local cloud delay, fail or cut requests: SERVICE:OPERATION:ACTION[:PROBABILITY[:SEED]],
                               several with commas, as in s3:GetObject:fail:0.1,*:*:delay:0.05

        Looking at what ran, with the system up in another terminal:
          --runs               lists the runs
          --trace ID           prints one run's trace; ID is a run's name or a trace id
          --compare A B        compares two runs, step by step, the largest change first; B may be 'median': of A's earlier runs

          --help               prints this

        Exit codes: 0 all is well, 1 a run failed or the system could not start, 2 the command line is wrong.
        """;

    public IReadOnlyList<string> Files { get; init; } = [];
    public long? Rows { get; init; }
    public bool Exit { get; init; }
    public bool ShowHelp { get; init; }
    public string? Faults { get; init; }
    public bool ListRuns { get; init; }
    public string? Trace { get; init; }
    public (string A, string B)? Compare { get; init; }
    public bool Inspects => ListRuns || Trace is not null || Compare is not null;
    public LocalSystemOptions System { get; init; } = new() { DataFolder = Path.GetFullPath(".data") };

    /// <param name="error">One line that says what was found and what was expected.</param>
    public static bool TryParse(IReadOnlyList<string> args, [NotNullWhen(true)] out CommandLine? line, [NotNullWhen(false)] out string? error)
    {
        var parsed = new CommandLine();
        var files = new List<string>();
        line = null;
        for (var i = 0; i < args.Count; i++)
        {
            var option = args[i];
            if (!option.StartsWith('-'))
            {
                if (Unreadable(option) is { } why)
                {
                    error = why;
                    return false;
                }
                files.Add(option);
                continue;
            }
            var (values, known) = Values(option);
            if (!known)
            {
                error = $"unknown option '{option}': --help lists the known ones";
                return false;
            }
            if (args.Count - i - 1 < values)
            {
                error = $"{option} needs {(values == 1 ? "a value" : $"{values} values")}: --help shows its form";
                return false;
            }
            string Value() => args[++i];
            try
            {
                parsed = parsed.With(option, Value);
            }
            catch (FormatException wrong)
            {
                error = wrong.Message;
                return false;
            }
        }
        if (files.Count > 0 && parsed.Rows is not null)
        {
            error = "files and --rows together: give the one or the other";
            return false;
        }
        line = parsed with { Files = files };
        error = null;
        return true;
    }

    static (int Values, bool Known) Values(string option) => option switch
    {
        "--exit" or "--runs" or "--help" or "-h" or "-?" => (0, true),
        "--rows" or "--data" or "--port" or "--otlp-grpc-port" or "--otlp-http-port" or "--viewer-port" or "--trigger-port" or "--faults" or "--trace" => (1, true),
        "--compare" => (2, true),
        _ => (0, false),
    };

    CommandLine With(string option, Func<string> value) => option switch
    {
        "--exit" => this with { Exit = true },
        "--runs" => this with { ListRuns = true },
        "--rows" => this with { Rows = Number(option, value(), 1, 1_000_000_000_000) },
        "--data" => this with { System = System with { DataFolder = Path.GetFullPath(value()) } },
        "--port" => this with { System = System with { Port = Port(option, value()) } },
        "--otlp-grpc-port" => this with { System = System with { OtlpGrpcPort = Port(option, value()) } },
        "--otlp-http-port" => this with { System = System with { OtlpHttpPort = Port(option, value()) } },
        "--viewer-port" => this with { System = System with { ViewerPort = Port(option, value()) } },
        "--trigger-port" => this with { System = System with { TriggerPort = Port(option, value()) } },
        "--faults" => this with { Faults = Checked(value()) },
        "--trace" => this with { Trace = value() },
        "--compare" => this with { Compare = (value(), value()) },
        _ => this with { ShowHelp = true },
    };

    static string Checked(string faults)
    {
        try
        {
            _ = Local.Faults.Parse(faults);
            return faults;
        }
        catch (FormatException e)
        {
            throw new FormatException($"--faults: {e.Message}");
        }
    }

    static int Port(string option, string text) => (int)Number(option, text, 0, 65535);

    static long Number(string option, string text, long lowest, long highest) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= lowest && number <= highest
            ? number
            : throw new FormatException($"{option} needs a whole number from {lowest} to {highest}, found '{text}'");

    static string? Unreadable(string file)
    {
        if (Directory.Exists(file)) return $"cannot read '{file}': it is a folder, a file was expected";
        try
        {
            using var stream = File.OpenRead(file);
            return null;
        }
        catch (Exception wrong) when (wrong is IOException or UnauthorizedAccessException)
        {
            return $"cannot read '{file}': {wrong.Message}";
        }
    }
}
