using EtlTracing.Aws.Traces;
using EtlTracing.Jobs;
using EtlTracing.Tests.Support;
using Microsoft.Extensions.Logging;

namespace EtlTracing.Tests.Jobs;

/// <summary>Where an account's segments go is asked once, when a job starts.</summary>
public class TraceDestinationTests
{
    [Fact]
    public async Task TransactionSearchIsSaidInOneLineAndParentsAreNotLookedUp()
    {
        var (parents, log, asked) = await StartAsync(200, """{"Destination":"CloudWatchLogs","Status":"ACTIVE"}""");

        Assert.Equal("/GetTraceSegmentDestination", asked);
        Assert.True(parents.Disabled);
        var said = Assert.Single(log.Lines);
        Assert.Equal(LogLevel.Warning, said.Level);
        Assert.StartsWith("Transaction Search is on:", said.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', said.Message);
    }

    [Theory]
    [InlineData(200, """{"Destination":"XRay","Status":"ACTIVE"}""")]
    [InlineData(403, """{"Message":"not authorized"}""")]
    public async Task ParentsAreLookedUpElsewhereAndWhereTheAccountDoesNotSay(int status, string answer)
    {
        var (parents, log, _) = await StartAsync(status, answer);

        Assert.False(parents.Disabled);
        Assert.DoesNotContain(log.Lines, said => said.Level > LogLevel.Debug);
    }

    static async Task<(ParentLookup Parents, CollectedLog<TraceDestination> Log, string Asked)> StartAsync(int status, string answer)
    {
        await using var server = await ScriptedServer.StartAsync(_ => (status, answer));
        using var xray = server.XRay();
        var parents = new ParentLookup(xray, TimeProvider.System, new Random(1));
        var log = new CollectedLog<TraceDestination>();
        using var destination = new TraceDestination(xray, parents, log);
        await destination.StartAsync(CancellationToken.None);
        await destination.ExecuteTask!;
        return (parents, log, Assert.Single(server.Requests).Path);
    }
}
