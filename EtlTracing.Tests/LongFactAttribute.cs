namespace EtlTracing.Tests;

/// <summary>A test of minutes: run with <c>ETL_LONG=1</c> only.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class LongFactAttribute : FactAttribute
{
    public LongFactAttribute()
    {
        if (!LongSuite.IsOn) Skip = "takes minutes; runs with ETL_LONG=1";
    }
}

/// <summary>What takes minutes is done when somebody asks for it: <c>ETL_LONG=1</c>.</summary>
public static class LongSuite
{
    public static bool IsOn { get; } = Environment.GetEnvironmentVariable("ETL_LONG") == "1";
}
