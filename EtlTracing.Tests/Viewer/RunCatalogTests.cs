using EtlTracing.Traces;
using Microsoft.Extensions.Time.Testing;

namespace EtlTracing.Tests.Viewer;

public sealed class RunCatalogTests : IAsyncLifetime
{
    static readonly DateTimeOffset s_start = new(2026, 3, 18, 14, 2, 11, TimeSpan.Zero);

    readonly FakeTimeProvider _time = new(s_start.AddHours(1));
    FakeCloud _cloud = null!;
    RunCatalog _catalog = null!;

    public async Task InitializeAsync()
    {
        _cloud = await FakeCloud.StartAsync();
        var clients = _cloud.Clients();
        _catalog = new RunCatalog(new RunReader(clients.Workflows, clients.Traces, FabricatedRun.StateMachineArn, _time), _time);
    }

    public async Task DisposeAsync()
    {
        _catalog.Dispose();
        await _cloud.DisposeAsync();
    }

    [Fact]
    public async Task ATraceThatCouldNotBeReadIsReadAgainButNotWithEveryPage()
    {
        _cloud.Put(FabricatedRuns.Good("r1", "input/nyc/a.csv", s_start));
        _cloud.Denied["BatchGetTraces"] = true;
        await RefreshAsync(TimeSpan.Zero);
        Assert.Equal("Its trace cannot be read", Entry.StandsOut);

        await RefreshAsync(TimeSpan.FromSeconds(1));
        Assert.Single(_cloud.Calls, "BatchGetTraces");

        _cloud.Denied.Clear();
        await RefreshAsync(TimeSpan.FromSeconds(20));
        Assert.Equal((TraceState.Found, ""), (Entry.Digest!.Trace, Entry.StandsOut));
    }

    [Fact]
    public async Task ARefusalIsNotAskedForAgainForEachRun()
    {
        _cloud.Put(Enumerable.Range(0, 40).Select(i => FabricatedRuns.Good($"r{i}", "input/nyc/a.csv", s_start.AddMinutes(-i))));
        _cloud.Denied["BatchGetTraces"] = true;

        await RefreshAsync(TimeSpan.Zero);

        Assert.Single(_cloud.Calls, "BatchGetTraces");
    }

    [Fact]
    public async Task ARunThatIsNotListedAnyMoreIsFoundByItsTrace()
    {
        var run = FabricatedRuns.Good("r1", "input/nyc/a.csv", s_start);
        run.Edit("etl-trigger", document => document["annotations"] = new System.Text.Json.Nodes.JsonObject { ["etl.run"] = "r1" });
        _cloud.Put(run);

        var found = await _catalog.ReadAsync(run.TraceId, default);

        Assert.Equal(("r1", RunStatus.Succeeded), (found!.Run.Id, found.Run.Status));
        Assert.Null(await _catalog.ReadAsync("1-00000000-000000000000000000000000", default));
    }

    [Fact]
    public async Task ARunWhoseInputNamesNoTraceHasThatOfItsHeader()
    {
        var run = FabricatedRuns.Good("r1", "input/nyc/a.csv", s_start);
        run.TraceHeader = $"Root={run.TraceId};Sampled=1";
        _cloud.Put(run);
        await RefreshAsync(TimeSpan.Zero);

        Assert.Equal((run.TraceId, TraceState.Found), (Entry.Run.Input.TraceId, Entry.Digest!.Trace));
    }

    [Fact]
    public async Task TheListAndTheRunsPageSayTheSameTime()
    {
        var run = FabricatedRuns.Good("r1", "input/nyc/a.csv", s_start);
        _cloud.Put(run);
        await RefreshAsync(TimeSpan.Zero);

        Assert.Equal((await _catalog.ReadAsync("r1", default))!.Length(_time.GetUtcNow()), Entry.Duration);
    }

    RunEntry Entry => Assert.Single(_catalog.Entries);

    Task RefreshAsync(TimeSpan later)
    {
        _time.Advance(later);
        return _catalog.RefreshAsync(default);
    }
}
