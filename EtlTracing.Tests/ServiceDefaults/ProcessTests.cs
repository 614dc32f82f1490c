using System.Net;
using EtlTracing.Tests.Support;
using EtlTracing.Trigger;

namespace EtlTracing.Tests.ServiceDefaults;

public class ProcessTests
{
    [Fact]
    public async Task AProcessWhoseParentIsGoneStopsAndAnInterruptIsItsParentsBusiness()
    {
        await using var process = Start(stopOnStdinEnd: true);
        var address = await process.ListeningAsync();
        using var http = new HttpClient { BaseAddress = address };

        await process.SignalAsync("INT");

        Assert.Equal("Healthy", await http.GetStringAsync("/alive"));
        Assert.Equal(HttpStatusCode.OK, (await http.GetAsync("/health")).StatusCode);
        process.EndInput();
        Assert.Equal(0, await process.ExitCodeAsync());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task ATerminatedProcessStopsInOrder(bool stopOnStdinEnd)
    {
        await using var process = Start(stopOnStdinEnd);
        await process.ListeningAsync();

        await process.SignalAsync("TERM");

        Assert.Equal(0, await process.ExitCodeAsync());
    }

    static ServiceProcess Start(bool stopOnStdinEnd) => ServiceProcess.Start(typeof(RunStarter).Assembly, new Dictionary<string, string>
    {
        ["AWS_ENDPOINT_URL"] = "http://127.0.0.1:9",
        ["ETL_STATE_MACHINE_ARN"] = "arn:aws:states:us-east-2:000000000000:stateMachine:etl-workflow",
        ["ETL_STOP_ON_STDIN_END"] = stopOnStdinEnd ? "1" : "",
    });
}
