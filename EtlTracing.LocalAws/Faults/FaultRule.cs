using System.Text.RegularExpressions;

namespace EtlTracing.LocalAws.Faults;

/// <summary>What happens to a request that a rule picks.</summary>
public enum FaultKind
{
    /// <summary>It is answered as usual, later.</summary>
    Delay,

    /// <summary>It isn't carried out; the service's own error answers it.</summary>
    Fail,

    /// <summary>The connection is closed without an answer, before the request is carried out.</summary>
    Cut,

    /// <summary>It is carried out, and the connection is closed instead of the answer: the client can't know.</summary>
    CutAfter,
}

/// <summary>Which requests fail, how, and how often. Patterns have <c>*</c> and <c>?</c>.</summary>
public sealed record FaultRule
{
    public required FaultKind Kind { get; init; }

    /// <summary><c>s3</c>, <c>states</c> or <c>xray</c>.</summary>
    public string Service { get; init; } = "*";

    /// <summary>The AWS operation: <c>PutObject</c>, <c>SendTaskSuccess</c>.</summary>
    public string Operation { get; init; } = "*";

    /// <summary>The object's key, for S3.</summary>
    public string Key { get; init; } = "*";

    /// <summary>The share of matching requests that it happens to, 0..1.</summary>
    public double Probability { get; init; } = 1;

    /// <summary>Equal seeds pick the same requests, counted among those that match.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>How often at most; null for no limit.</summary>
    public int? Times { get; init; }

    public int DelayMilliseconds { get; init; } = 1000;

    /// <summary>Status and code of the error; the default is what AWS answers when it is overloaded.</summary>
    public int Status { get; init; } = 503;
    public string? Code { get; init; }

    public bool Matches(string service, string operation, string key) => Fits(Service, service) && Fits(Operation, operation) && Fits(Key, key);

    /// <summary>What is wrong with the rule; null for nothing.</summary>
    public string? Problem() =>
        Probability is < 0 or > 1 or double.NaN ? $"probability must be from 0 to 1, not {Probability}"
        : DelayMilliseconds is < 0 or > 600_000 ? $"delayMilliseconds must be from 0 to 600000, not {DelayMilliseconds}"
        : Status is < 400 or > 599 ? $"status must be from 400 to 599, not {Status}"
        : Times < 0 ? $"times must not be negative, and is {Times}"
        : null;

    static bool Fits(string pattern, string value) => pattern == "*"
        || Regex.IsMatch(value, "^" + Regex.Escape(pattern).Replace("\\*", ".*", StringComparison.Ordinal).Replace("\\?", ".", StringComparison.Ordinal) + "$", RegexOptions.Singleline | RegexOptions.NonBacktracking);
}

/// <summary>A fault that happened.</summary>
public sealed record FaultRecord(DateTimeOffset Time, FaultKind Kind, string Service, string Operation, string Key, string? Trace);
