using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;

namespace EtlTracing.LocalAws.StepFunctions.Language;

/// <summary>A state machine as it was written: the states with what every kind of them has, ready to be run.</summary>
public sealed class Definition
{
    static readonly ConditionalWeakTable<string, Definition> s_read = [];

    Definition(JsonObject json)
    {
        Root = new Scope(json);
        TimeoutSeconds = JsonComparison.Number(json["TimeoutSeconds"]);
    }

    public Scope Root { get; }
    public double? TimeoutSeconds { get; }

    /// <summary>Reads a definition that was found valid before.</summary>
    public static Definition Read(string text) => s_read.GetValue(text, valid => new Definition((JsonObject)StateData.Parse(valid)!));
}

/// <summary>A list of states with a beginning: the whole machine, a branch of a Parallel, or what a Map does to each item.</summary>
public sealed class Scope
{
    public Scope(JsonObject json)
    {
        StartAt = json["StartAt"]!.GetValue<string>();
        States = ((JsonObject)json["States"]!).ToDictionary(state => state.Key, state => new State(state.Key, (JsonObject)state.Value!));
    }

    public string StartAt { get; }
    public IReadOnlyDictionary<string, State> States { get; }
}

public sealed class State
{
    public State(string name, JsonObject json)
    {
        Name = name;
        Json = json;
        Type = json["Type"]!.GetValue<string>();
        Next = JsonComparison.Text(json["Next"]);
        Retriers = [.. (json["Retry"] as JsonArray ?? []).Select(one => new Retrier((JsonObject)one!))];
        Catchers = [.. (json["Catch"] as JsonArray ?? []).Select(one => new Catcher((JsonObject)one!))];
        Branches = (json["Branches"] as JsonArray)?.Select(one => new Scope((JsonObject)one!)).ToArray();
        if ((json["ItemProcessor"] ?? json["Iterator"]) is JsonObject processor)
        {
            Processor = new Scope(processor);
            IsDistributed = JsonComparison.Text(processor["ProcessorConfig"]?["Mode"]) == "DISTRIBUTED";
        }
    }

    public string Name { get; }
    public string Type { get; }

    /// <summary>The state as written, for what only its own kind needs. Nobody changes it.</summary>
    public JsonObject Json { get; }

    /// <summary>The state that follows; null where this one ends its branch.</summary>
    public string? Next { get; }
    public IReadOnlyList<Retrier> Retriers { get; }
    public IReadOnlyList<Catcher> Catchers { get; }
    public Scope[]? Branches { get; }
    public Scope? Processor { get; }
    public bool IsDistributed { get; }

    public string? Text(string field) => JsonComparison.Text(Json[field]);
}

/// <summary>One entry of a state's Retry.</summary>
public sealed class Retrier(JsonObject json)
{
    public string[] Errors { get; } = ErrorNames.Of(json);
    public long MaxAttempts { get; } = JsonComparison.Whole(json["MaxAttempts"]) ?? 3;

    readonly double _interval = JsonComparison.Number(json["IntervalSeconds"]) ?? 1;
    readonly double _backoff = JsonComparison.Number(json["BackoffRate"]) ?? 2;
    readonly double _most = JsonComparison.Number(json["MaxDelaySeconds"]) ?? double.MaxValue;
    readonly bool _jitter = JsonComparison.Text(json["JitterStrategy"]) == "FULL";

    /// <summary>How long to wait before the retry that follows <paramref name="used"/> earlier ones.</summary>
    /// <param name="used">Retries this retrier has made in this visit of the state.</param>
    /// <param name="random">0 to 1; with full jitter the delay is anything between nothing and the whole.</param>
    public TimeSpan Delay(int used, double random)
    {
        var seconds = Math.Min(_interval * Math.Pow(_backoff, used), _most);
        if (_jitter) seconds *= random;
        return TimeSpan.FromSeconds(Math.Min(seconds, 366 * 86_400d));
    }
}

/// <summary>One entry of a state's Catch.</summary>
public sealed class Catcher(JsonObject json)
{
    public string[] Errors { get; } = ErrorNames.Of(json);
    public string Next { get; } = json["Next"]!.GetValue<string>();
    public JsonObject Json { get; } = json;
}

/// <summary>Which errors a Retry or Catch is for.</summary>
public static class ErrorNames
{
    public const string All = "States.ALL";
    const string TaskFailed = "States.TaskFailed";

    public static string[] Of(JsonObject json) => [.. ((JsonArray)json["ErrorEquals"]!).Select(name => name!.GetValue<string>())];

    /// <summary>
    /// States.ALL stands for every error but States.DataLimitExceeded and States.Runtime; States.TaskFailed for every one
    /// of a task but States.Timeout; States.Timeout also for a heartbeat that did not come.
    /// </summary>
    public static bool Match(string[] names, StateFailedException failure, bool heartbeat)
    {
        var error = failure.Error;
        if (error == StateFailedException.Runtime) return false;
        foreach (var name in names)
        {
            if (name == error || (heartbeat && name == StateFailedException.HeartbeatTimeout)) return true;
            if (error == StateFailedException.DataLimit && !failure.IsFromWorker) continue;
            if (name == All || (name == TaskFailed && error != StateFailedException.Timeout)) return true;
        }
        return false;
    }
}
