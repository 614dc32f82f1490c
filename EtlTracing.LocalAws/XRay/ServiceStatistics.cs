using System.Text.Json.Nodes;

namespace EtlTracing.LocalAws.XRay;

/// <summary>Counts and times of finished requests. What is still running counts when it ends.</summary>
sealed class ServiceStatistics
{
    /// <summary>Different values kept for a histogram; beyond it values are rounded to fewer digits.</summary>
    const int MaxBuckets = 1000;

    readonly SortedDictionary<double, int> _histogram = [];
    int _digits = 3;
    long _ok, _throttles, _errors, _faults;
    double _seconds;

    public void Add(JsonObject entity)
    {
        if (TraceSummary.Elapsed(entity) is not { } elapsed) return;
        if (entity.Flag("fault")) _faults++;
        else if (entity.Flag("throttle")) _throttles++;
        else if (entity.Flag("error")) _errors++;
        else _ok++;
        _seconds += elapsed;
        Count(elapsed, 1);
        if (_histogram.Count > MaxBuckets) Coarsen();
    }

    public JsonObject ToJson() => new()
    {
        ["OkCount"] = _ok,
        ["ErrorStatistics"] = new JsonObject { ["ThrottleCount"] = _throttles, ["OtherCount"] = _errors, ["TotalCount"] = _throttles + _errors },
        ["FaultStatistics"] = new JsonObject { ["OtherCount"] = _faults, ["TotalCount"] = _faults },
        ["TotalCount"] = _ok + _throttles + _errors + _faults,
        ["TotalResponseTime"] = Math.Round(_seconds, 3),
    };

    public JsonArray Histogram() => [.. _histogram.Select(bucket => new JsonObject { ["Value"] = bucket.Key, ["Count"] = bucket.Value })];

    void Count(double elapsed, int count)
    {
        var value = _digits >= 0 ? Math.Round(elapsed, _digits) : Math.Round(elapsed / 10) * 10;
        _histogram[value] = _histogram.GetValueOrDefault(value) + count;
    }

    void Coarsen()
    {
        if (_digits < 0) return;
        _digits--;
        var finer = _histogram.ToList();
        _histogram.Clear();
        foreach (var (value, count) in finer) Count(value, count);
    }
}
