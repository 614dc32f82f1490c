namespace EtlTracing.Tests;

/// <summary>A test of minutes: run with <c>ETL_LONG=1</c> only.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class LongFactAttribute : FactAttribute
{
    public LongFactAttribute()
    {
        if (Environment.GetEnvironmentVariable("ETL_LONG") != "1") Skip = "takes minutes; runs with ETL_LONG=1";
    }
}
