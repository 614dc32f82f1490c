using System.Diagnostics;
using System.Text.Json;

namespace EtlTracing.Tests.Durability;

/// <summary>The real process, with its addresses, so that it can be killed.</summary>
public sealed class LocalAwsProcess : IDisposable
{
    LocalAwsProcess(Process process, Uri endpoint)
    {
        Process = process;
        Endpoint = endpoint;
    }

    public Process Process { get; }
    public Uri Endpoint { get; }

    /// <summary>Starts it on any free ports and waits until it says that it is ready.</summary>
    public static async Task<LocalAwsProcess> StartAsync(string folder, params string[] options)
    {
        var process = Start(["--data", folder, "--port", "0", "--otlp-grpc-port", "0", "--otlp-http-port", "0", .. options]);
        process.ErrorDataReceived += (_, _) => { };
        process.BeginErrorReadLine();
        var line = await process.StandardOutput.ReadLineAsync().WaitAsync(TimeSpan.FromSeconds(60));
        if (line?.StartsWith("ready ", StringComparison.Ordinal) is not true) throw new InvalidOperationException($"expected the ready line, found '{line}'");
        return new LocalAwsProcess(process, new Uri(JsonDocument.Parse(line[6..]).RootElement.GetProperty("endpoint").GetString()!));
    }

    public static Process Start(IEnumerable<string> options)
    {
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "EtlTracing.LocalAws.dll"), .. options])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment.Remove("OTEL_EXPORTER_OTLP_ENDPOINT");
        return Process.Start(start)!;
    }

    /// <summary>As <c>kill -9</c>: no word of warning.</summary>
    public async Task KillAsync()
    {
        Process.Kill();
        await Process.WaitForExitAsync();
    }

    public void Dispose()
    {
        if (!Process.HasExited) Process.Kill();
        Process.Dispose();
    }
}
