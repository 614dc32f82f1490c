using EtlTracing.Tests.Pipeline;
using EtlTracing.Traces;

namespace EtlTracing.Tests.EndToEnd;

/// <summary>The real rows from their upload to the last output, through all processes.</summary>
public sealed class RealDataTests
{
    [SharedDataFact]
    public async Task BothOutputsOfTheRealRowsEqualTheCorrectedReferenceInEveryCell()
    {
        await using var system = await SystemUnderTest.StartAsync();

        var run = await system.RunAsync(SharedData.File("airbnb_real.csv"));

        Assert.True(run.Status == RunStatus.Succeeded, $"{run.Status} {run.Error} {run.Cause}");
        ExpectedRows.AssertEqual("airbnb_real.clean.expected.csv", await SaveAsync(system, "clean/airbnb_real.csv.parquet"));
        ExpectedRows.AssertEqual("airbnb_real.processed.expected.csv", await SaveAsync(system, "processed/airbnb_real.csv.parquet"));
        Assert.Empty(await system.KeysAsync(EtlNames.RejectedPrefix));
    }

    [SharedDataFact]
    public async Task TheGluedRecordIsRejectedWithLineRuleAndTextAndAllElseIsEqual()
    {
        await using var system = await SystemUnderTest.StartAsync();

        var run = await system.RunAsync(SharedData.File("airbnb_real_glued_record.csv"));

        Assert.True(run.Status == RunStatus.Succeeded, $"{run.Status} {run.Error} {run.Cause}");
        Assert.Equal((4002, 3682, 1), (run.RowsRead, run.RowsOut, run.RowsRejected));
        ExpectedRows.AssertEqual("airbnb_real.clean.expected.csv", await SaveAsync(system, "clean/airbnb_real_glued_record.csv.parquet"),
            withoutNames: ["Midcentury Minimalist 1BR in Prime Williamsburg", "Basement suite in Bushwick, 4 minutes from the M!"]);
        using var rejects = new StreamReader(await system.ReadAsync("rejected/airbnb_real_glued_record.csv.csv"));
        var record = NaiveCsv.Read(await rejects.ReadToEndAsync())[1];
        // The 1437th record; texts before it hold line breaks, so an editor finds it in line 1441.
        var line = (await File.ReadAllLinesAsync(SharedData.File("airbnb_real_glued_record.csv")))[1440];
        Assert.Equal(["1441", "wrong number of fields", line], record);
    }

    static async Task<string> SaveAsync(SystemUnderTest system, string key)
    {
        var file = system.File("output.parquet");
        await using var output = File.Create(file);
        await (await system.ReadAsync(key)).CopyToAsync(output);
        return file;
    }
}
