using System.Globalization;
using DuckDB.NET.Data;
using EtlTracing.CleanJob;
using EtlTracing.Pipeline;
using EtlTracing.ProcessJob;

namespace EtlTracing.Tests.Pipeline;

/// <summary>Runs the two recipes on files, and reads what they wrote with a reader that is not ours.</summary>
static class Runs
{
    public static PipelineOptions Options { get; } = new() { Today = new DateOnly(2026, 1, 1) };

    /// <summary>Large inputs are streamed; this makes every input one.</summary>
    public static PipelineOptions Streamed { get; } = Options with { StepwiseBytes = 0, BatchBytes = 64 << 10 };

    public static Task<PipelineResult> CleanAsync(string input, string output, PipelineOptions? options = null) => CleanRecipe.Create().RunAsync(
        DataSource.FromFile(input), DataSink.ToFile(output), DataSink.ToFile(output + ".rejected.csv"), options ?? Options, CancellationToken.None);

    public static Task<PipelineResult> ProcessAsync(string input, string output, PipelineOptions? options = null) => ProcessRecipe.Create().RunAsync(
        DataSource.FromFile(input), DataSink.ToFile(output), DataSink.ToFile(output + ".rejected.csv"), options ?? Options, CancellationToken.None);

    /// <summary>Column names and all rows of a Parquet file as text, as DuckDB sees them.</summary>
    public static (List<string> Columns, List<string[]> Rows) ReadParquet(string path)
    {
        using var connection = new DuckDBConnection("DataSource=:memory:");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = $"SELECT * FROM read_parquet('{path}')";
        using var reader = command.ExecuteReader();
        var columns = Enumerable.Range(0, reader.FieldCount).Select(reader.GetName).ToList();
        var rows = new List<string[]>();
        while (reader.Read()) rows.Add([.. Enumerable.Range(0, reader.FieldCount).Select(column => Text(reader.GetValue(column)))]);
        return (columns, rows);
    }

    static string Text(object value) => value switch
    {
        DBNull => "",
        DateTime { TimeOfDay.Ticks: 0 } date => date.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
        DateTime date => date.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture),
        IFormattable formattable => formattable.ToString(null, CultureInfo.InvariantCulture),
        _ => value.ToString()!,
    };
}
