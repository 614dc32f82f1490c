using EtlTracing.Pipeline;
using EtlTracing.Tests.Support;

namespace EtlTracing.Tests.Pipeline;

public sealed class RealDataTests
{
    /// <summary>Both ways of working must agree, so each test is made of both.</summary>
    static readonly PipelineOptions[] s_modes = [Runs.Options, Runs.Streamed];

    [SharedDataFact]
    public async Task CleanedListingsEqualTheCorrectedReferenceInEveryCell()
    {
        foreach (var mode in s_modes)
        {
            using var folder = new TemporaryFolder();
            var result = await Runs.CleanAsync(SharedData.File("airbnb_real.csv"), folder.File("clean.parquet"), mode);

            ExpectedRows.AssertEqual("airbnb_real.clean.expected.csv", folder.File("clean.parquet"));
            Assert.Equal((4003, 3684, 0), (result.RowsRead, result.RowsOut, result.RowsRejected));
            Assert.False(File.Exists(folder.File("clean.parquet.rejected.csv")));
        }
    }

    [SharedDataFact]
    public async Task ProcessedListingsEqualTheCorrectedReferenceInEveryCell()
    {
        foreach (var mode in s_modes)
        {
            using var folder = new TemporaryFolder();
            await Runs.CleanAsync(SharedData.File("airbnb_real.csv"), folder.File("clean.parquet"), mode);
            var result = await Runs.ProcessAsync(folder.File("clean.parquet"), folder.File("processed.parquet"), mode);

            ExpectedRows.AssertEqual("airbnb_real.processed.expected.csv", folder.File("processed.parquet"));
            Assert.Equal((3684, 3684), (result.RowsRead, result.RowsOut));
        }
    }

    [SharedDataFact]
    public async Task StepsDropAsManyRowsAsTheReference()
    {
        foreach (var mode in s_modes)
        {
            using var folder = new TemporaryFolder();
            var result = await Runs.CleanAsync(SharedData.File("airbnb_real.csv"), folder.File("clean.parquet"), mode);

            var rows = result.Steps.ToDictionary(step => step.Name, step => (step.RowsIn, step.RowsOut));
            Assert.Equal((4003, 4003), rows["Remove Duplicates"]);
            Assert.Equal((4003, 3901), rows["Filter Minimum Nights"]);
            Assert.Equal((3901, 3890), rows["Convert Currency price"]);
            Assert.Equal((3890, 3885), rows["Convert Currency service_fee"]);
            Assert.Equal((3885, 3684), rows["Drop Remaining Nulls"]);
            Assert.Equal((3684, 3684), rows["Filter Room Type"]);
        }
    }

    [SharedDataFact]
    public async Task OneGluedRecordIsOneRejectAndChangesNothingElse()
    {
        foreach (var mode in s_modes)
        {
            using var folder = new TemporaryFolder();
            var result = await Runs.CleanAsync(SharedData.File("airbnb_real_glued_record.csv"), folder.File("clean.parquet"), mode);

            Assert.Equal(1, result.RowsRejected);
            Assert.Equal(1, result.Rejects["wrong number of fields"]);
            var rejects = NaiveCsv.Read(await File.ReadAllTextAsync(folder.File("clean.parquet.rejected.csv")));
            Assert.Equal(["line", "rule", "text"], rejects[0]);
            var reject = Assert.Single(rejects.Skip(1));
            Assert.Equal("wrong number of fields", reject[1]);
            var line = (await File.ReadAllLinesAsync(SharedData.File("airbnb_real_glued_record.csv")))[int.Parse(reject[0], null) - 1];
            Assert.Equal(line, reject[2]);
            Assert.Equal(51, NaiveCsv.Read(line)[0].Length);
        }
    }
}
