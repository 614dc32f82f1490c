using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using EtlTracing.Tests.Support;

namespace EtlTracing.Tests.EndToEnd;

/// <summary>The launcher as a person calls it: arguments, exit codes, messages, and nothing left behind.</summary>
public sealed class LocalCommandTests
{
    static readonly string[] s_freePorts = ["--port", "0", "--otlp-grpc-port", "0", "--otlp-http-port", "0", "--viewer-port", "0", "--trigger-port", "0"];

    [Fact]
    public async Task ExitRunsTheSampleAndPrintsTheTraceAndTheOutputs()
    {
        using var folder = new TemporaryFolder();

        var (code, output) = await RunAsync(["--exit", "--rows", "500", "--data", folder.Path, .. s_freePorts]);

        Assert.True(code == 0, output);
        Assert.Contains("succeeded", output, StringComparison.Ordinal);
        Assert.Contains("etl-clean-job", output, StringComparison.Ordinal);
        Assert.Contains("Remove Duplicates", output, StringComparison.Ordinal);
        Assert.Contains("s3://etl/processed/", output, StringComparison.Ordinal);
        Assert.Empty(ProcessesWith(folder.Path));
    }

    [Fact]
    public async Task AFailedRunExitsWith1AndSaysErrorCauseAndSpan()
    {
        using var folder = new TemporaryFolder();
        var file = folder.File("bad.csv");
        await File.WriteAllTextAsync(file, "a,b\n1,2\n");

        var (code, output) = await RunAsync([file, "--exit", "--data", folder.Path, .. s_freePorts]);

        Assert.True(code == 1, output);
        Assert.Contains("SchemaMismatch", output, StringComparison.Ordinal);
        Assert.Contains("price", output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("unknown option '--frob'", "--frob")]
    [InlineData("--rows needs a whole number", "--rows", "many")]
    [InlineData("--data needs a value", "--data")]
    [InlineData("cannot read 'no-such-file.csv'", "no-such-file.csv")]
    public async Task AWrongCommandLineIsOneClearLineAndExitCode2(string expected, params string[] arguments)
    {
        var (code, output) = await RunAsync(arguments);

        Assert.Equal(2, code);
        Assert.Contains(expected, Assert.Single(output.Trim().Split('\n')), StringComparison.Ordinal);
    }

    [Fact]
    public async Task HelpNamesEveryOption()
    {
        var (code, output) = await RunAsync(["--help"]);

        Assert.Equal(0, code);
        foreach (var option in new[] { "--exit", "--rows", "--data", "--port", "--otlp-grpc-port", "--otlp-http-port", "--viewer-port", "--trigger-port", "--faults", "--runs", "--trace", "--compare", "--help" })
            Assert.Contains(option, output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ABusyPortIsToldByNumberAndOption()
    {
        using var holder = new TcpListener(IPAddress.Loopback, 0);
        holder.Start();
        var port = ((IPEndPoint)holder.LocalEndpoint).Port.ToString(System.Globalization.CultureInfo.InvariantCulture);
        using var folder = new TemporaryFolder();

        var (code, output) = await RunAsync(["--exit", "--data", folder.Path, .. s_freePorts, "--otlp-grpc-port", port]);

        Assert.Equal(1, code);
        Assert.Contains($"port {port} (OTLP over gRPC)", output, StringComparison.Ordinal);
        Assert.Contains("--otlp-grpc-port", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task NoProcessOutlivesAKilledLauncher()
    {
        using var folder = new TemporaryFolder();
        using var launcher = Start(["--rows", "200", "--data", folder.Path, .. s_freePorts]);
        _ = launcher.StandardError.ReadToEndAsync();
        await WaitForLineAsync(launcher, "Press Ctrl+C");
        Assert.NotEmpty(ProcessesWith(folder.Path));

        launcher.Kill();

        await Eventually.HoldsAsync(() => ProcessesWith(folder.Path).Length == 0);
    }

    [Fact]
    public async Task SigtermStopsEverythingInOrderWithExitCode0()
    {
        using var folder = new TemporaryFolder();
        using var launcher = Start(["--rows", "200", "--data", folder.Path, .. s_freePorts]);
        _ = launcher.StandardError.ReadToEndAsync();
        await WaitForLineAsync(launcher, "Press Ctrl+C");

        using (var kill = Process.Start("kill", ["-TERM", launcher.Id.ToString(System.Globalization.CultureInfo.InvariantCulture)])) await kill.WaitForExitAsync();
        await launcher.WaitForExitAsync().WaitAsync(TimeSpan.FromMinutes(1));

        Assert.Equal(0, launcher.ExitCode);
        Assert.Empty(ProcessesWith(folder.Path));
    }

    static Process Start(IEnumerable<string> arguments)
    {
        var file = Path.Combine(new DirectoryInfo(AppContext.BaseDirectory).Parent!.Parent!.FullName, "EtlTracing.Local", new DirectoryInfo(AppContext.BaseDirectory).Name, "EtlTracing.Local");
        var info = new ProcessStartInfo(file, arguments) { RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true };
        // Inherited by every child, so that a test can find those of its own launcher.
        info.Environment["ETL_TEST_ARGUMENTS"] = string.Join(' ', info.ArgumentList);
        return Process.Start(info)!;
    }

    static async Task<(int Code, string Output)> RunAsync(IEnumerable<string> arguments)
    {
        using var process = Start(arguments);
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync().WaitAsync(TimeSpan.FromMinutes(4));
        return (process.ExitCode, await output + await errors);
    }

    static async Task WaitForLineAsync(Process process, string expected)
    {
        var seen = new List<string>();
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        while (await process.StandardOutput.ReadLineAsync(limit.Token) is { } line)
        {
            seen.Add(line);
            if (!line.Contains(expected, StringComparison.Ordinal)) continue;
            _ = process.StandardOutput.ReadToEndAsync(CancellationToken.None);
            return;
        }
        Assert.Fail($"expected a line with '{expected}', found:\n{string.Join('\n', seen)}");
    }

    /// <summary>Ids of the processes whose environment names the folder.</summary>
    static int[] ProcessesWith(string folder) =>
    [
        .. Directory.EnumerateDirectories("/proc").Select(Path.GetFileName).Where(name => int.TryParse(name, out _)).Select(int.Parse!)
            .Where(id => id != Environment.ProcessId && Mentions(id, folder)),
    ];

    static bool Mentions(int id, string folder)
    {
        try
        {
            return File.ReadAllText($"/proc/{id}/environ").Contains(folder, StringComparison.Ordinal);
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
