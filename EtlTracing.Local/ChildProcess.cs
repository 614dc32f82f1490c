using System.Diagnostics;
using System.Text.RegularExpressions;

namespace EtlTracing.Local;

/// <summary>How to start one of the system's processes, and how to see that it is up.</summary>
/// <param name="Name">The service's name, as it appears in messages and in the log file's name.</param>
/// <param name="Project">The project whose executable it is.</param>
/// <param name="Ready">Matches the line of standard output that says it is up; its groups are the addresses.</param>
/// <param name="Start">Arguments and environment of the next start, told the last start's ready line (null at first), so that addresses stay.</param>
public sealed record ChildProcessPlan(string Name, string Project, Regex Ready, Func<Match?, ChildProcessStart> Start);

/// <summary>Arguments and environment, added to what this process was given.</summary>
public sealed record ChildProcessStart(IReadOnlyList<string> Arguments, IReadOnlyDictionary<string, string?> Environment);

/// <summary>
/// One process of the system, kept running: when it dies it is started again, after a delay that doubles. Its standard
/// input is a pipe that only we hold, so that it ends when we do, even when we are killed.
/// </summary>
public sealed class ChildProcess : IAsyncDisposable
{
    static readonly TimeSpan s_firstDelay = TimeSpan.FromMilliseconds(250);
    static readonly TimeSpan s_longestDelay = TimeSpan.FromSeconds(10);
    static readonly TimeSpan s_longLife = TimeSpan.FromSeconds(30);

    readonly ChildProcessPlan _plan;
    readonly string _logFile;
    readonly Action<string> _say;
    readonly TaskCompletionSource<Match> _firstReady = new(TaskCreationOptions.RunContinuationsAsynchronously);
    readonly CancellationTokenSource _stopping = new();
    readonly Lock _gate = new();
    Task _supervision = Task.CompletedTask;
    Process? _process;
    volatile Match? _ready;

    ChildProcess(ChildProcessPlan plan, string logFolder, Action<string> say)
    {
        _plan = plan;
        _logFile = Path.Combine(logFolder, plan.Name + ".log");
        _say = say;
    }

    public string Name => _plan.Name;

    /// <summary>The process's id, or null while it is down.</summary>
    public int? ProcessId
    {
        get { lock (_gate) return _process is { HasExited: false } process ? process.Id : null; }
    }

    /// <summary>Starts the process and keeps it running from then on. <see cref="ReadyAsync"/> tells when it is up.</summary>
    public static ChildProcess Start(ChildProcessPlan plan, string logFolder, Action<string> say)
    {
        Directory.CreateDirectory(logFolder);
        var child = new ChildProcess(plan, logFolder, say);
        child._supervision = child.SuperviseAsync();
        return child;
    }

    /// <summary>The ready line's match. Throws <see cref="ChildProcessException"/> when the process ends before it is up.</summary>
    public Task<Match> ReadyAsync(CancellationToken cancellationToken) => _firstReady.Task.WaitAsync(cancellationToken);

    /// <summary>Kills the process as <c>kill -9</c> does; the supervision then starts it again.</summary>
    public void Kill()
    {
        lock (_gate) _process?.Kill();
    }

    /// <summary>Lets the process end by itself by closing its standard input; after <paramref name="patience"/> it is killed.</summary>
    public async Task StopAsync(TimeSpan patience)
    {
        await _stopping.CancelAsync();
        Process? process;
        lock (_gate) process = _process;
        if (process is not null)
        {
            try { process.StandardInput.Close(); }
            catch (IOException) { /* it has ended: the pipe is broken */ }
            using var limit = new CancellationTokenSource(patience);
            try { await process.WaitForExitAsync(limit.Token); }
            catch (OperationCanceledException)
            {
                _say($"{Name} did not end within {patience.TotalSeconds:0} s and was killed");
                process.Kill(entireProcessTree: true);
            }
        }
        await _supervision;
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync(TimeSpan.FromSeconds(10));
        _stopping.Dispose();
    }

    async Task SuperviseAsync()
    {
        var delay = s_firstDelay;
        await using var log = new StreamWriter(_logFile, append: true) { AutoFlush = true };
        while (!_stopping.IsCancellationRequested)
        {
            var started = Stopwatch.GetTimestamp();
            int code;
            using (var process = Launch())
            {
                lock (_gate) _process = process;
                await Task.WhenAll(PumpAsync(process.StandardOutput, log), PumpAsync(process.StandardError, log));
                await process.WaitForExitAsync(CancellationToken.None);
                code = process.ExitCode;
                lock (_gate) _process = null;
            }
            if (_stopping.IsCancellationRequested) return;
            if (_ready is null)
            {
                _firstReady.TrySetException(new ChildProcessException($"{Name} ended with code {code} before it was ready. Its last words:{Environment.NewLine}{LastWords()}"));
                return;
            }
            if (Stopwatch.GetElapsedTime(started) > s_longLife) delay = s_firstDelay;
            _say($"{Name} ended with code {code}; starting it again in {delay.TotalSeconds:0.##} s");
            try { await Task.Delay(delay, _stopping.Token); }
            catch (OperationCanceledException) { return; }
            delay = delay * 2 < s_longestDelay ? delay * 2 : s_longestDelay;
        }
    }

    Process Launch()
    {
        var start = _plan.Start(_ready);
        var info = new ProcessStartInfo(Executable(_plan.Project), start.Arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        foreach (var (key, value) in start.Environment) info.Environment[key] = value;
        return Process.Start(info) ?? throw new ChildProcessException($"{Name} could not be started: {info.FileName}");
    }

    /// <summary>All projects are built into <c>bin/PROJECT/CONFIGURATION</c> side by side.</summary>
    static string Executable(string project)
    {
        var own = new DirectoryInfo(AppContext.BaseDirectory);
        var file = Path.Combine(own.Parent!.Parent!.FullName, project, own.Name, project + (OperatingSystem.IsWindows() ? ".exe" : ""));
        return File.Exists(file) ? file : throw new ChildProcessException($"{project} is not built: expected {file}");
    }

    async Task PumpAsync(StreamReader output, StreamWriter log)
    {
        while (await output.ReadLineAsync() is { } line)
        {
            lock (log) log.WriteLine(line);
            var match = _plan.Ready.Match(line);
            if (!match.Success) continue;
            _ready = match;
            _firstReady.TrySetResult(match);
        }
    }

    string LastWords() => string.Join(Environment.NewLine, File.ReadLines(_logFile).TakeLast(8).Select(line => "  " + line));
}

/// <summary>A process of the system could not be started; the message says which and why.</summary>
public sealed class ChildProcessException(string message) : Exception(message);
