using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace EtlTracing.Tests.Support;

/// <summary>Waits on conditions; the bound is for broken code only and says nothing about speed.</summary>
public static class Eventually
{
    static readonly TimeSpan s_bound = TimeSpan.FromSeconds(90);

    /// <summary>Reads again and again until what was read satisfies the condition, and returns it.</summary>
    public static async Task<T> ReadsAsync<T>(Func<Task<T>> read, Func<T, bool> condition, [CallerArgumentExpression(nameof(condition))] string expected = "")
    {
        var start = Stopwatch.GetTimestamp();
        while (true)
        {
            var value = await read();
            if (condition(value)) return value;
            if (Stopwatch.GetElapsedTime(start) > s_bound) throw new TimeoutException($"expected {expected} within {s_bound.TotalSeconds:0} s, last read: {value}");
            await Task.Delay(20);
        }
    }

    public static Task HoldsAsync(Func<bool> condition, [CallerArgumentExpression(nameof(condition))] string expected = "") =>
        ReadsAsync(() => Task.FromResult(condition()), held => held, expected);
}
