using System.Globalization;
using Microsoft.Extensions.Configuration;

namespace EtlTracing.Jobs;

/// <summary>What a job process is told by its environment; see <see cref="EtlEnvironment"/>.</summary>
public sealed record JobSettings
{
    /// <summary>Null in one-task mode.</summary>
    public string? ActivityArn { get; init; }

    /// <summary>The name of the job's segments.</summary>
    public required string ServiceName { get; init; }
    public int Concurrency { get; init; } = 1;
    public TimeSpan HeartbeatInterval { get; init; } = TimeSpan.FromSeconds(10);
    public double MaxRejects { get; init; } = 0.05;
    public long Memory { get; init; } = 128L << 20;

    /// <summary>How long a stopping process works on before it hands its task back.</summary>
    public TimeSpan Grace { get; init; } = TimeSpan.FromSeconds(10);

    public static JobSettings From(IConfiguration settings, string applicationName)
    {
        var defaults = new JobSettings { ServiceName = settings["OTEL_SERVICE_NAME"] ?? applicationName };
        return defaults with
        {
            ActivityArn = settings[EtlEnvironment.ActivityArn],
            Concurrency = (int)Number(settings, EtlEnvironment.Concurrency, defaults.Concurrency, 1, 1000),
            HeartbeatInterval = TimeSpan.FromSeconds(Number(settings, EtlEnvironment.HeartbeatSeconds, defaults.HeartbeatInterval.TotalSeconds, 0.05, 86400)),
            Grace = TimeSpan.FromSeconds(Number(settings, EtlEnvironment.GraceSeconds, defaults.Grace.TotalSeconds, 0, 86400)),
            MaxRejects = Number(settings, EtlEnvironment.MaxRejects, defaults.MaxRejects, 0, 1),
            Memory = (long)Number(settings, EtlEnvironment.Memory, defaults.Memory, 1 << 20, 1L << 50),
        };
    }

    static double Number(IConfiguration settings, string name, double missing, double least, double most)
    {
        if (settings[name] is not { Length: > 0 } text) return missing;
        return double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most
            ? number
            : throw new ArgumentException($"{name} is '{text}'; expected a number from {least} to {most}");
    }
}
