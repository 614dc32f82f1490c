using System.Globalization;
using System.Text;
using EtlTracing.Pipeline.Batches;

namespace EtlTracing.Pipeline.Reading;

/// <summary>Finds the whole difference between an input's beginning and a contract before any work is done.</summary>
static class ContractCheck
{
    /// <summary>Records looked at for the types.</summary>
    const int Sample = 1000;

    const int Examples = 3;

    /// <summary>For each of the contract's columns its place in the header, -1 where it isn't there and need not be.</summary>
    public static int[] Match(string name, Contract contract, IReadOnlyList<string> header, RecordBlock? first)
    {
        string[] names = [.. header.Select(Contract.Standardize)];
        var differences = new List<string>();
        differences.AddRange(contract.Columns.Where(column => column.Used && !names.Contains(column.Name)).Select(column => $"missing column '{column.Name}'"));
        var known = contract.Columns.Select(column => column.Name).ToHashSet();
        differences.AddRange(header.Where(column => !known.Contains(Contract.Standardize(column))).Select(column => $"unexpected column '{column}'"));
        differences.AddRange(names.GroupBy(name => name).Where(same => same.Count() > 1).Select(same => $"column '{same.Key}' stands there {same.Count()} times"));
        var matched = new int[contract.Columns.Count];
        for (var index = 0; index < matched.Length; index++) matched[index] = Array.IndexOf(names, contract.Columns[index].Name);
        if (first is not null) differences.AddRange(WrongTypes(contract, matched, first));
        return differences.Count == 0 ? matched : throw new SchemaMismatchException($"{name} does not have the columns it should: {string.Join("; ", differences)}");
    }

    static IEnumerable<string> WrongTypes(Contract contract, int[] matched, RecordBlock first)
    {
        var flawed = new HashSet<int>();
        foreach (var (record, _) in first.Flaws) flawed.Add(record);
        for (var index = 0; index < matched.Length; index++)
        {
            var column = contract.Columns[index];
            if (matched[index] < 0 || !column.Used || column.Type == ColumnType.Text) continue;
            var wrong = new List<string>();
            int values = 0, failed = 0;
            for (var record = 0; record < Math.Min(first.Records, Sample); record++)
            {
                if (flawed.Contains(record)) continue;
                var text = FieldReader.Text(first, record, matched[index]);
                if (FieldText.IsMissing(text)) continue;
                values++;
                if (FieldReader.Fits(text, column.Type)) continue;
                failed++;
                if (wrong.Count < Examples)
                    wrong.Add(string.Create(CultureInfo.InvariantCulture, $"'{Encoding.UTF8.GetString(text)}' in line {first.FirstLine + first.Origins[record].Line}"));
            }

            // Single bad values reject their rows; a column of them is another column.
            if (failed * 2 > values)
                yield return $"wrong type in column '{column.Name}': expected {Expected(column.Type)}, found {string.Join(", ", wrong)}";
        }
    }

    static string Expected(ColumnType type) => type switch
    {
        ColumnType.Date => "a date as month/day/year",
        ColumnType.Number => "a number",
        _ => "a whole number",
    };
}
