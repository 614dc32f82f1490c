using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using EtlTracing.LocalAws;
using EtlTracing.Tests.Support;
using Microsoft.Data.Sqlite;

namespace EtlTracing.Tests.Durability;

public sealed class HostTests
{
    [Fact]
    public async Task ABusyPortIsNamedWithItsOption()
    {
        using var folder = new TemporaryFolder();
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var port = ((IPEndPoint)taken.LocalEndpoint).Port;

        var (code, error) = await RunAsync("--data", folder.Path, "--port", "0", "--otlp-grpc-port", $"{port}", "--otlp-http-port", "0");

        Assert.Equal((2, $"port {port} on 127.0.0.1 is taken by another process: free it, or choose another with --otlp-grpc-port N (0 takes any free port)\n"), (code, error));
    }

    [Theory]
    [InlineData("--nonsense")]
    [InlineData("--port")]
    [InlineData("--port", "x")]
    [InlineData("--port", "70000")]
    [InlineData("--host", "nowhere")]
    public async Task WrongOptionsGetOneLine(params string[] options)
    {
        var (code, error) = await RunAsync(options);

        Assert.Equal(2, code);
        Assert.Equal($"option '{options[0]}' is unknown, or its value is missing or wrong; --help lists them all\n", error);
    }

    [Fact]
    public async Task DataOfAnotherVersionAndOfAnotherOwnerAreRefusedByName()
    {
        using var folder = new TemporaryFolder();
        using (var running = await LocalAwsProcess.StartAsync(folder.Path))
        {
            var (busy, busyError) = await RunAsync("--data", folder.Path, "--port", "0", "--otlp-grpc-port", "0", "--otlp-http-port", "0");
            Assert.Equal(2, busy);
            Assert.Contains(folder.Path, busyError, StringComparison.Ordinal);
            await running.KillAsync();
        }
        using (var connection = new SqliteConnection($"Data Source={Path.Combine(folder.Path, "s3", "s3.db")};Pooling=False"))
        {
            connection.Open();
            using var command = connection.CreateCommand();
            command.CommandText = "PRAGMA user_version=99";
            command.ExecuteNonQuery();
        }

        var (code, error) = await RunAsync("--data", folder.Path, "--port", "0", "--otlp-grpc-port", "0", "--otlp-http-port", "0");

        Assert.Equal(2, code);
        Assert.Contains("s3.db was written by version 99", error, StringComparison.Ordinal);
        Assert.Equal(1, error.Count(c => c == '\n'));
    }

    [Fact]
    public async Task AChildOfALauncherEndsWithItsStandardInput()
    {
        using var folder = new TemporaryFolder();
        using var cloud = await LocalAwsProcess.StartAsync(folder.Path, "--stop-on-stdin-end");
        await SignalAsync(cloud.Process, "INT");
        using var http = new HttpClient();
        Assert.Equal("""{"status":"ready"}""", await http.GetStringAsync(new Uri(cloud.Endpoint, "/_localaws/health")));

        cloud.Process.StandardInput.Close();

        await cloud.Process.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(60));
        Assert.Equal(0, cloud.Process.ExitCode);
    }

    [Fact]
    public async Task SigtermEndsItWithoutError()
    {
        using var folder = new TemporaryFolder();
        using var cloud = await LocalAwsProcess.StartAsync(folder.Path);

        await SignalAsync(cloud.Process, "TERM");

        await cloud.Process.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(60));
        Assert.Equal(0, cloud.Process.ExitCode);
    }

    [Fact]
    public async Task AnUnsignedXRayRequestIsNoBucketAndOtlpsPathsAreNoneOnTheServicesPort()
    {
        using var folder = new TemporaryFolder();
        await using var cloud = await LocalCloud.StartAsync(new LocalCloudOptions { DataDirectory = folder.Path, Port = 0, OtlpGrpcPort = 0, OtlpHttpPort = 0 });
        using var http = new HttpClient { BaseAddress = cloud.Endpoint };

        Assert.Contains("Traces", await (await http.PostAsync("/Traces", new StringContent("""{"TraceIds":[]}"""))).Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Contains("InvalidBucketName", await (await http.PostAsync("/v1/traces", new ByteArrayContent([]))).Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    static async Task SignalAsync(Process process, string signal)
    {
        using var kill = Process.Start("kill", [$"-{signal}", $"{process.Id}"]);
        await kill.WaitForExitAsync();
    }

    static async Task<(int Code, string Error)> RunAsync(params string[] options)
    {
        using var process = LocalAwsProcess.Start(options);
        var error = await process.StandardError.ReadToEndAsync().WaitAsync(TimeSpan.FromSeconds(60));
        await process.WaitForExitAsync();
        return (process.ExitCode, error);
    }
}
