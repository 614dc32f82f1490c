using EtlTracing.Traces;

namespace EtlTracing.Viewer.Pages;

/// <param name="Entry">The run.</param>
/// <param name="Times">Of the last runs of the same input, this one last; null where one failed.</param>
/// <param name="Usual">What the input usually takes, where the run goes on and that is known.</param>
public sealed record RunRow(RunEntry Entry, IReadOnlyList<TimeSpan?> Times, TimeSpan? Usual)
{
    public Run Run => Entry.Run;
}

/// <summary>One page of the list, already filtered and sorted.</summary>
public sealed record RunsModel
{
    public const int DefaultSize = 100;
    static readonly string[] s_sorts = ["started", "duration", "rows", "dropped", "rejected"];

    public required IReadOnlyList<RunRow> Rows { get; init; }
    public required int Matching { get; init; }
    public required IReadOnlyDictionary<VerdictKind, int> Counts { get; init; }
    public required int All { get; init; }
    public required VerdictKind? Filter { get; init; }
    public required string Query { get; init; }
    public required string Sort { get; init; }
    public required int Page { get; init; }
    public required int Size { get; init; }
    public required string? Problem { get; init; }
    public required string Bucket { get; init; }
    public required DateTimeOffset Now { get; init; }

    public int Pages => Math.Max(1, (Matching + Size - 1) / Size);
    public bool ByDay => Sort == s_sorts[0];

    public static RunsModel Of(RunCatalog catalog, string bucket, DateTimeOffset now, string? status, string? query, string? sort, int page, int size)
    {
        var entries = catalog.Entries;
        VerdictKind? filter = Enum.TryParse<VerdictKind>(status, ignoreCase: true, out var kind) ? kind : null;
        query = query?.Trim() ?? "";
        sort = s_sorts.Contains(sort) ? sort! : s_sorts[0];
        var matching = Sorted(entries.Where(entry => (filter is null || entry.Kind == filter) && Matches(entry.Run, query)), sort).ToList();
        size = Math.Clamp(size, 1, RunCatalog.MaxRuns);
        page = Math.Clamp(page, 1, Math.Max(1, (matching.Count + size - 1) / size));
        var shown = matching.Skip((page - 1) * size).Take(size).ToList();
        var series = entries.GroupBy(entry => RunCatalog.Series(entry.Run.Input)).ToDictionary(group => group.Key, group => group.ToList());
        return new RunsModel
        {
            Rows = [.. shown.Select(entry => new RunRow(entry, Times(entry, series[RunCatalog.Series(entry.Run.Input)]), entry.Run.IsOver ? null : catalog.UsualBefore(entry.Run).Run))],
            Matching = matching.Count,
            Counts = entries.CountBy(entry => entry.Kind).ToDictionary(),
            All = entries.Count,
            Filter = filter,
            Query = query,
            Sort = sort,
            Page = page,
            Size = size,
            Problem = catalog.Problem,
            Bucket = bucket,
            Now = now,
        };
    }

    /// <summary>The last runs of the same input up to this one, oldest first. The entries come newest first.</summary>
    static List<TimeSpan?> Times(RunEntry entry, List<RunEntry> series)
    {
        var at = series.FindIndex(other => other.Run.Arn == entry.Run.Arn);
        var times = series.Skip(at).Take(Usual.MostRuns + 1).Select(other => other.Run.Status == RunStatus.Succeeded ? other.Duration : null).ToList();
        times.Reverse();
        return times;
    }

    static bool Matches(Run run, string query) =>
        query.Length == 0
        || run.Id.Contains(query, StringComparison.OrdinalIgnoreCase)
        || run.Input.Key?.Contains(query, StringComparison.OrdinalIgnoreCase) == true
        || run.Input.TraceId?.Contains(query, StringComparison.OrdinalIgnoreCase) == true;

    static IEnumerable<RunEntry> Sorted(IEnumerable<RunEntry> entries, string sort) => sort switch
    {
        "duration" => entries.OrderByDescending(entry => entry.Duration),
        "rows" => entries.OrderByDescending(entry => entry.Run.RowsRead),
        "dropped" => entries.OrderByDescending(entry => entry.Run.RowsDropped),
        "rejected" => entries.OrderByDescending(entry => entry.Run.RowsRejected),
        _ => entries,
    };

    /// <summary>The address of this list with something changed.</summary>
    public string Link(string? status = null, string? sort = null, int page = 1)
    {
        var parts = new List<string>();
        var wanted = status ?? Filter?.ToString().ToLowerInvariant();
        if (wanted is not (null or "all")) parts.Add("status=" + wanted);
        if (Query.Length > 0) parts.Add("q=" + Uri.EscapeDataString(Query));
        if ((sort ?? Sort) != s_sorts[0]) parts.Add("sort=" + (sort ?? Sort));
        if (Size != DefaultSize) parts.Add("size=" + Size);
        if (page > 1) parts.Add("page=" + page);
        return parts.Count == 0 ? "/runs" : "/runs?" + string.Join('&', parts);
    }
}
