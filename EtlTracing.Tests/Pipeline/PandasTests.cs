using System.Diagnostics;
using DuckDB.NET.Data;
using EtlTracing.Samples;
using EtlTracing.Tests.Support;

namespace EtlTracing.Tests.Pipeline;

public sealed class PandasTests
{
    const int Rows = 100_000;

    [PandasFact]
    public async Task AHundredThousandGeneratedRowsEqualWhatPandasMakesOfThemInEveryCell()
    {
        foreach (var seed in new[] { 11, 12, 13 })
        {
            using var folder = new TemporaryFolder();
            await using (var csv = File.Create(folder.File("in.csv"))) SampleWriter.Write(csv, Rows, seed);
            using var pandas = Process.Start(
                new ProcessStartInfo(PandasFactAttribute.Python, [Path.Combine(SharedData.Root!, "peers", "pandas_peer.py"), folder.File("in.csv"), folder.File("expected.csv")])
                {
                    RedirectStandardOutput = true,
                    RedirectStandardError = true,
                    Environment = { ["NOW_YEAR"] = "2026" },
                })!;
            var said = pandas.StandardOutput.ReadToEndAsync();
            var complained = pandas.StandardError.ReadToEndAsync();
            await Runs.CleanAsync(folder.File("in.csv"), folder.File("clean.parquet"));
            await Runs.ProcessAsync(folder.File("clean.parquet"), folder.File("processed.parquet"));
            await pandas.WaitForExitAsync();
            Assert.True(pandas.ExitCode == 0, await complained);
            await said;

            Assert.Equal([], Differences(folder.File("expected.csv"), folder.File("processed.parquet")));
        }
    }

    /// <summary>For each column with different values how many there are, and the rows that only one of the files has.</summary>
    static List<string> Differences(string expected, string actual)
    {
        using var connection = new DuckDBConnection("DataSource=:memory:");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = $"CREATE VIEW a AS SELECT * FROM '{actual}'; CREATE TABLE e AS SELECT * FROM read_csv('{expected}', header=true, all_varchar=true, quote='\"', escape='\"', nullstr='', parallel=false)";
        command.ExecuteNonQuery();
        command.CommandText = "SELECT column_name, column_type FROM (DESCRIBE a)";
        var columns = new List<(string Name, string Type)>();
        using (var reader = command.ExecuteReader())
            while (reader.Read()) columns.Add((reader.GetString(0), reader.GetString(1)));
        Assert.Equal(29, columns.Count);

        var differences = new List<string>();
        foreach (var (name, type) in columns)
        {
            // Integers that pandas keeps as floats read 2020.0.
            var theirs = type is "INTEGER" or "BIGINT" ? $"CAST(CAST(e.{name} AS DOUBLE) AS {type})" : $"CAST(e.{name} AS {type})";
            command.CommandText = $"SELECT count(*) FROM a FULL JOIN e ON a.id = CAST(e.id AS BIGINT) WHERE a.{name} IS DISTINCT FROM {theirs}";
            if ((long)command.ExecuteScalar()! is var count and > 0) differences.Add($"{count} in {name}");
        }

        return differences;
    }
}
