namespace EtlTracing.Viewer.Data;

/// <summary>What a column holds, as far as its statistics and a sample tell.</summary>
public sealed record ColumnProfile
{
    /// <summary>Bars of a histogram; what fits a table cell.</summary>
    public const int Bins = 12;

    /// <summary>Distinct values counted before the count is only a lower bound.</summary>
    const int MaxDistinct = 10_000;

    public required string Name { get; init; }
    public required string Type { get; init; }
    public required long Rows { get; init; }

    /// <summary>Of the whole file where the footer says, else of the sample.</summary>
    public required long Nulls { get; init; }
    public required string? Min { get; init; }
    public required string? Max { get; init; }
    public required int Distinct { get; init; }
    public required bool DistinctIsMore { get; init; }

    /// <summary>Counts in equal ranges, or of the most frequent values where there are few; empty for free text.</summary>
    public required IReadOnlyList<(string Label, int Count)> Histogram { get; init; }
    public required bool IsNumber { get; init; }
    public required IReadOnlyList<string?> First { get; init; }

    public static ColumnProfile Of(string name, string type, IReadOnlyList<object?> sample, long rows, long? nulls, object? min, object? max, int firstRows)
    {
        var distinct = new Dictionary<object, int>();
        var more = false;
        long empty = 0;
        object? low = null, high = null;
        foreach (var value in sample)
        {
            if (value is null)
            {
                empty++;
                continue;
            }
            if (value is IComparable comparable)
            {
                if (low is null || comparable.CompareTo(low) < 0) low = value;
                if (high is null || comparable.CompareTo(high) > 0) high = value;
            }
            if (distinct.TryGetValue(value, out var count)) distinct[value] = count + 1;
            else if (distinct.Count < MaxDistinct) distinct[value] = 1;
            else more = true;
        }
        var isNumber = low is not null && Cell.Number(low) is not null;
        return new ColumnProfile
        {
            Name = name,
            Type = type,
            Rows = rows,
            Nulls = nulls ?? empty,
            Min = Cell.Text(min ?? low),
            Max = Cell.Text(max ?? high),
            Distinct = distinct.Count,
            DistinctIsMore = more,
            Histogram = isNumber && distinct.Count > 2 ? Ranges(sample, Cell.Number(low!)!.Value, Cell.Number(high!)!.Value)
                : distinct.Count is > 0 and <= Bins && !more ? [.. distinct.OrderBy(pair => Cell.Text(pair.Key), StringComparer.Ordinal).Select(pair => (Cell.Text(pair.Key)!, pair.Value))]
                : [],
            IsNumber = isNumber,
            First = [.. sample.Take(firstRows).Select(Cell.Text)],
        };
    }

    static List<(string, int)> Ranges(IReadOnlyList<object?> sample, double low, double high)
    {
        if (!double.IsFinite(low) || !double.IsFinite(high) || high <= low) return [];
        var counts = new int[Bins];
        foreach (var value in sample)
            if (value is not null && Cell.Number(value) is { } number && double.IsFinite(number))
                counts[Math.Clamp((int)((number - low) / (high - low) * Bins), 0, Bins - 1)]++;
        var width = (high - low) / Bins;
        return [.. counts.Select((count, i) => ($"{Cell.Text(low + i * width)} to {Cell.Text(low + (i + 1) * width)}", count))];
    }
}

/// <summary>Values of Parquet as text and as numbers.</summary>
static class Cell
{
    static readonly System.Globalization.CultureInfo s_culture = System.Globalization.CultureInfo.InvariantCulture;

    public static string? Text(object? value) => value switch
    {
        null => null,
        string text => text,
        bool flag => flag ? "true" : "false",
        double number => number.ToString("0.######", s_culture),
        float number => number.ToString("0.######", s_culture),
        DateTime { TimeOfDay.Ticks: 0 } date => date.ToString("yyyy-MM-dd", s_culture),
        DateTime time => time.ToString("yyyy-MM-dd HH:mm:ss", s_culture),
        DateOnly date => date.ToString("yyyy-MM-dd", s_culture),
        byte[] bytes => Convert.ToHexStringLower(bytes.AsSpan(0, Math.Min(bytes.Length, 16))),
        IFormattable other => other.ToString(null, s_culture),
        _ => value.ToString(),
    };

    /// <summary>Null for what has no place on a line of numbers. Dates have one.</summary>
    public static double? Number(object value) => value switch
    {
        double or float or decimal or long or int or short or sbyte or byte or ushort or uint or ulong => Convert.ToDouble(value, s_culture),
        DateTime time => time.Ticks / (double)TimeSpan.TicksPerSecond,
        DateOnly date => date.DayNumber,
        _ => null,
    };
}
