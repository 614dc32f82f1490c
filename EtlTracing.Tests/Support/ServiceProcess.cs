using System.Collections.Concurrent;
using System.Diagnostics;
using System.Reflection;

namespace EtlTracing.Tests.Support;

/// <summary>One of the system's executables as a process of its own, its standard input held open.</summary>
public sealed class ServiceProcess : IAsyncDisposable
{
    readonly Process _process;
    readonly ConcurrentQueue<string> _lines = new();

    ServiceProcess(Process process) => _process = process;

    public IReadOnlyList<string> Lines => [.. _lines];
    public int Id => _process.Id;
    public bool HasExited => _process.HasExited;

    /// <param name="assembly">A type of the executable's assembly tells which.</param>
    public static ServiceProcess Start(Assembly assembly, IReadOnlyDictionary<string, string> environment)
    {
        var start = new ProcessStartInfo("dotnet", [assembly.Location]) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var (name, value) in environment) start.Environment[name] = value;
        start.Environment["AWS_ACCESS_KEY_ID"] = start.Environment["AWS_SECRET_ACCESS_KEY"] = "test";
        start.Environment["AWS_REGION"] = EtlNames.LocalRegion;
        start.Environment["ASPNETCORE_URLS"] = "http://127.0.0.1:0";
        var process = new Process { StartInfo = start };
        var service = new ServiceProcess(process);
        process.OutputDataReceived += (_, line) => service.Add(line.Data);
        process.ErrorDataReceived += (_, line) => service.Add(line.Data);
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return service;
    }

    /// <summary>The address of the line that says where it listens.</summary>
    public async Task<Uri> ListeningAsync()
    {
        const string Listening = "Now listening on: ";
        await Eventually.HoldsAsync(() => HasExited || _lines.Any(line => line.Contains(Listening, StringComparison.Ordinal)));
        var found = _lines.FirstOrDefault(line => line.Contains(Listening, StringComparison.Ordinal)) ?? throw new InvalidOperationException(string.Join('\n', _lines));
        return new Uri(found[(found.IndexOf(Listening, StringComparison.Ordinal) + Listening.Length)..].Trim());
    }

    public void EndInput() => _process.StandardInput.Close();

    public async Task SignalAsync(string name)
    {
        using var kill = Process.Start("kill", ["-s", name, $"{Id}"]);
        await kill.WaitForExitAsync();
    }

    public async Task<int> ExitCodeAsync()
    {
        await _process.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(90));
        return _process.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited) _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    void Add(string? line)
    {
        if (line is not null) _lines.Enqueue(line);
    }
}
