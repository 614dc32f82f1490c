using EtlTracing.Local;
using EtlTracing.Traces;

namespace EtlTracing.Tests.EndToEnd;

/// <summary>A cloud that fails a tenth of all requests, as a busy one does: retries everywhere, and nothing lost or done twice.</summary>
public sealed class FaultyCloudTests
{
    /// <summary>With ETL_LONG=1 a hundred.</summary>
    static readonly int s_uploads = LongSuite.IsOn ? 100 : 15;

    [Fact]
    public async Task WithEveryTenthRequestFailingAllUploadsSucceedOnceEachWithWholeTraces()
    {
        await using var system = await SystemUnderTest.StartAsync();
        var csv = Listings.Csv(100);
        var names = Enumerable.Range(0, s_uploads).Select(i => $"upload-{i}.csv").ToList();
        foreach (var name in names) await File.WriteAllTextAsync(system.File(name), csv);

        await Faults.SetAsync(system.Local.Endpoint, Faults.Parse("*:*:fail:0.1:7"), CancellationToken.None);
        var runs = await Task.WhenAll(names.Select(async name => await system.RunOfAsync(await system.UploadAsync(system.File(name)))));
        await Faults.SetAsync(system.Local.Endpoint, [], CancellationToken.None);

        Assert.All(runs, run => Assert.True(run.Status == RunStatus.Succeeded, $"{run.Input.Key}: {run.Status} {run.Error} {run.Cause}"));
        Assert.Equal(s_uploads, (await system.ExecutionsAsync()).Count);
        Assert.Equal(names.Select(name => $"processed/{name}.parquet").Order(StringComparer.Ordinal), (await system.KeysAsync(EtlNames.ProcessedPrefix)).Where(key => !key.EndsWith(".groups.parquet", StringComparison.Ordinal)));
        foreach (var run in runs)
        {
            var completeness = Completeness.Of(await system.Local.Runs.ReadAsync(run, CancellationToken.None));
            Assert.True(completeness.IsProven, $"{run.Input.Key}: {completeness.Words}");
        }
    }
}
