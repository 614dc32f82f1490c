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
        var places = header.Select((column, place) => (Name: Contract.Standardize(column), place)).ToLookup(column => column.Name, column => column.place);
        var differences = new List<string>();
        differences.AddRange(contract.Columns.Where(column => column.Used && !places.Contains(column.Name)).Select(column => $"missing column '{column.Name}'"));
        var known = contract.Columns.Select(column => column.Name).ToHashSet();
        differences.AddRange(header.Where(column => !known.Contains(Contract.Standardize(column))).Select(column => $"unexpected column '{column}'"));
        differences.AddRange(places.Where(place => place.Count() > 1).Select(place => $"column '{place.Key}' stands there {place.Count()} times"));
        var matched = contract.Columns.Select(column => places.Contains(column.Name) ? places[column.Name].First() : -1).ToArray();
        if (first is not null) differences.AddRange(WrongTypes(contract, matched, first));
        return differences.Count == 0 ? matched : throw new SchemaMismatchException($"{name} does not have the columns it should: {string.Join("; ", differences)}");
    }

    static IEnumerable<string> WrongTypes(Contract contract, int[] matched, RecordBlock first)
    {
        var flawed = first.Flaws.Select(flaw => flaw.Record).ToHashSet();
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
