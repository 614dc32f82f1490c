using System.Globalization;

namespace EtlTracing.Traces;

/// <summary>Numbers as people read them; the same in pages and terminal.</summary>
public static class Units
{
    static readonly CultureInfo s_culture = CultureInfo.InvariantCulture;

    public static string Time(TimeSpan span)
    {
        var ms = span.TotalMilliseconds;
        return Math.Abs(ms) switch
        {
            < 0.95 => "< 1 ms",
            < 9.95 => string.Create(s_culture, $"{ms:0.#} ms"),
            < 999.5 => string.Create(s_culture, $"{ms:0} ms"),
            < 9_995 => string.Create(s_culture, $"{ms / 1000:0.00} s"),
            < 59_950 => string.Create(s_culture, $"{ms / 1000:0.0} s"),
            < 3_600_000 => string.Create(s_culture, $"{(int)span.TotalMinutes} min {Math.Abs(span.Seconds)} s"),
            _ => string.Create(s_culture, $"{(int)span.TotalHours} h {Math.Abs(span.Minutes)} min"),
        };
    }

    /// <summary>The same in the fewest letters, for the inside of a circle.</summary>
    public static string Short(TimeSpan span) => span.TotalMilliseconds switch
    {
        < 59_950 => Time(span),
        < 3_597_000 => string.Create(s_culture, $"{span.TotalMinutes:0.0} min"),
        _ => string.Create(s_culture, $"{span.TotalHours:0.0} h"),
    };

    public static string Change(TimeSpan span) =>
        Math.Abs(span.TotalMilliseconds) < 0.95 ? "same" : (span < TimeSpan.Zero ? "−" : "+") + Time(span.Duration());

    public static string Count(long number) => number.ToString("#,0", s_culture).Replace('-', '−');

    public static string Change(long number) => number == 0 ? "same" : (number > 0 ? "+" : "") + Count(number);

    public static string Bytes(long bytes) => bytes switch
    {
        < 1000 => $"{bytes} B",
        < 999_950 => string.Create(s_culture, $"{bytes / 1e3:0.0} kB"),
        < 999_950_000 => string.Create(s_culture, $"{bytes / 1e6:0.0} MB"),
        _ => string.Create(s_culture, $"{bytes / 1e9:0.00} GB"),
    };

    public static string Ratio(double ratio) => string.Create(s_culture, $"{ratio:0.0}×");

    public static string Share(double share) => share switch
    {
        0 => "0 %",
        < 0.0001 => "< 0.01 %",
        < 0.1 => string.Create(s_culture, $"{share * 100:0.00} %"),
        _ => string.Create(s_culture, $"{share * 100:0} %"),
    };

    /// <summary>'1 run', '2 runs'.</summary>
    public static string Of(long count, string one, string? many = null) => $"{Count(count)} {(count == 1 ? one : many ?? one + "s")}";

    public static string Plus(TimeSpan offset) => string.Create(s_culture, $"+{offset.TotalSeconds:0.000} s");

    public static string Instant(DateTimeOffset time) => time.UtcDateTime.ToString("d MMM yyyy HH:mm:ss", s_culture) + " UTC";

    public static string Iso(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", s_culture);
}
