using System.Globalization;
using System.Text.RegularExpressions;

namespace EtlTracing.Tests.Pipeline;

/// <summary>What the corrected reference made of the real rows, to be compared cell by cell.</summary>
static class ExpectedRows
{
    /// <param name="expectedFile">A CSV file of <see cref="SharedData"/>.</param>
    /// <param name="actualFile">Path of a Parquet file.</param>
    /// <param name="withoutNames">Listings that the input did not have; the others' ids are their new places in the file.</param>
    public static void AssertEqual(string expectedFile, string actualFile, params string[] withoutNames)
    {
        var all = NaiveCsv.Read(File.ReadAllText(SharedData.File(expectedFile)));
        var expected = all.Where(row => !withoutNames.Contains(row[1])).ToList();
        Assert.Equal(withoutNames.Length, all.Count - expected.Count);
        for (var row = 1; row < expected.Count; row++) expected[row][0] = row.ToString(CultureInfo.InvariantCulture);
        var (columns, rows) = Runs.ReadParquet(actualFile);
        Assert.Equal(expected[0], columns);
        Assert.Equal(expected.Count - 1, rows.Count);
        for (var row = 0; row < rows.Count; row++)
            for (var column = 0; column < columns.Count; column++)
                Assert.True(
                    Normalize(expected[row + 1][column]) == Normalize(rows[row][column]),
                    $"row {row + 1}, {columns[column]}: expected {expected[row + 1][column]}, found {rows[row][column]}");
    }

    /// <summary>The reference keeps integers as floats where there were nulls once: <c>2020.0</c>, <c>224.0/3684</c>; booleans beside texts as True.</summary>
    static string Normalize(string value) => Regex.Replace(value, @"^(-?\d+)\.0(?=$|/)", "$1");
}
