using EtlTracing.Pipeline;
using EtlTracing.Pipeline.Batches;
using EtlTracing.Pipeline.Steps;
using EtlTracing.Tests.Support;
using static EtlTracing.Pipeline.Reading.Contract;

namespace EtlTracing.Tests.Pipeline;

/// <summary>A recipe of another dataset: weather stations, with a step of its own.</summary>
public sealed class RecipeTests
{
    const string Readings = "Station,Day,Rain mm,Grade\nA,1/2/2024,4.5,x\nA,1/2/2024,4.5,x\nB,1/3/2024,,long grade\nB,1/4/24,16,\nC,1/5/2024,100,y\n";

    static Recipe Rainfall() => Recipe.ForText("Rainfall", Of(Text("station"), Date("day"), Number("rain_mm"), Text("grade")))
        .StandardizeColumnNames()
        .RemoveDuplicates("station", "rain_mm", "grade")
        .FixSkewness("rain_mm")
        .FilterNumbers("Filter Floods", "rain_mm", roots => roots < 9)
        .FillNulls(("grade", "none"))
        .Then(new Shout("station"));

    [Fact]
    public async Task StepsComposeToAnotherRecipe()
    {
        foreach (var options in new[] { Runs.Options, Runs.Streamed with { BatchBytes = 64 } })
        {
            using var folder = new TemporaryFolder();
            await File.WriteAllTextAsync(folder.File("in.csv"), Readings);
            var result = await Rainfall().RunAsync(
                DataSource.FromFile(folder.File("in.csv")), DataSink.ToFile(folder.File("out.parquet")), DataSink.ToFile(folder.File("rejects.csv")), options, CancellationToken.None);

            var (columns, rows) = Runs.ReadParquet(folder.File("out.parquet"));
            Assert.Equal(["station", "day", "rain_mm", "grade"], columns);
            Assert.Equal(
                [["A!", "2024-01-02", "2.1213203435596424", "x"], ["B!", "2024-01-03", "4", "long grade"], ["B!", "2024-01-04", "4", "none"]],
                rows);
            Assert.Equal((5, 3), (result.RowsRead, result.RowsOut));
        }
    }

    /// <summary>Steps of the engine's own put new columns over old ones; what others change in a frame counts all the same.</summary>
    [Fact]
    public async Task ValuesChangedInTheFrameAreSeenByLaterSteps()
    {
        using var folder = new TemporaryFolder();
        await File.WriteAllTextAsync(folder.File("in.csv"), Readings);
        var recipe = Recipe.ForText("Doubled", Of(Text("station"), Date("day"), Number("rain_mm"), Text("grade")))
            .StandardizeColumnNames()
            .Then(new Double("rain_mm"))
            .FilterNumbers("Filter Floods", "rain_mm", rain => rain < 100);
        foreach (var options in new[] { Runs.Options, Runs.Streamed })
        {
            await recipe.RunAsync(
                DataSource.FromFile(folder.File("in.csv")), DataSink.ToFile(folder.File("out.parquet")), DataSink.ToFile(folder.File("rejects.csv")), options, CancellationToken.None);

            Assert.Equal(["9", "9", "32"], Runs.ReadParquet(folder.File("out.parquet")).Rows.Select(row => row[2]));
        }
    }

    /// <summary>They need not be there, so no step and no output may count on them.</summary>
    [Fact]
    public async Task ColumnsThatAreNotUsedAreNotInTheOutput()
    {
        using var folder = new TemporaryFolder();
        await File.WriteAllTextAsync(folder.File("in.csv"), Readings);
        var recipe = Recipe.ForText("Used", Of(Text("station"), Unused("day"), Number("rain_mm"), Unused("grade"), Unused("wind"))).StandardizeColumnNames();
        foreach (var options in new[] { Runs.Options, Runs.Streamed })
        {
            await recipe.RunAsync(
                DataSource.FromFile(folder.File("in.csv")), DataSink.ToFile(folder.File("out.parquet")), DataSink.ToFile(folder.File("rejects.csv")), options, CancellationToken.None);

            Assert.Equal(["station", "rain_mm"], Runs.ReadParquet(folder.File("out.parquet")).Columns);
        }
    }

    [Fact]
    public void AStepOnAColumnThatIsNotThereIsToldByName()
    {
        var schema = new Schema([new Column("station", ColumnType.Text)]);

        var missing = Assert.Throws<ArgumentException>(() => new Shout("city").Change(schema));

        Assert.StartsWith("no column 'city' here; there are: station", missing.Message, StringComparison.Ordinal);
    }

    /// <summary>A step that writes into a column.</summary>
    sealed class Double(string column) : RowStep("Double")
    {
        public override IEnumerable<string> Reads(Schema schema) => [column];

        public override IEnumerable<string> Writes(Schema schema) => [column];

        public override void Apply(Batch batch)
        {
            var numbers = (Microsoft.Data.Analysis.PrimitiveDataFrameColumn<double>)batch.Frame.Columns[column];
            for (var row = 0; row < batch.Rows; row++) numbers[row] *= 2;
        }
    }

    /// <summary>A step as a user writes one, with the data frame's own verbs.</summary>
    sealed class Shout(string column) : RowStep("Shout")
    {
        public override IEnumerable<string> Reads(Schema schema) => [column];

        public override IEnumerable<string> Writes(Schema schema) => [column];

        public override Schema Change(Schema schema) => schema.With(column, changed => changed);

        public override void Apply(Batch batch)
        {
            var shouted = ((Microsoft.Data.Analysis.ArrowStringDataFrameColumn)batch.Frame.Columns[column]).Apply(text => text + "!");
            shouted.SetName(column);
            batch.Frame.Columns[batch.Frame.Columns.IndexOf(column)] = shouted;
        }
    }
}
