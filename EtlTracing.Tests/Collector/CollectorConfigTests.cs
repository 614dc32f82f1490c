namespace EtlTracing.Tests.Collector;

public class CollectorConfigTests
{
    // What the AWS Distro's v0.49.0 has, of what we could want (its pkg/defaultcomponents).
    static readonly string[] s_components =
    [
        "extensions/health_check", "extensions/file_storage", "receivers/otlp", "processors/memory_limiter",
        "exporters/otlp_grpc", "exporters/awsxray",
    ];

    public static TheoryData<string[]> Merged => new([CollectorConfig.Base], [CollectorConfig.Base, CollectorConfig.Local]);

    [Theory]
    [MemberData(nameof(Merged))]
    public void EveryMemberOfAPipelineIsDefined(string[] files)
    {
        var config = new CollectorConfig(files);

        var missing =
            from pipeline in config.Names("service", "pipelines")
            from kind in config.Names("service", "pipelines", pipeline)
            from member in config.List("service", "pipelines", pipeline, kind)
            where !config.Has(kind, member)
            select $"{pipeline}: {member}";
        Assert.Empty(missing);
        Assert.All(config.List("service", "extensions"), extension => Assert.True(config.Has("extensions", extension)));
    }

    [Theory]
    [MemberData(nameof(Merged))]
    public void EveryComponentIsInThePinnedDistribution(string[] files)
    {
        var config = new CollectorConfig(files);

        string[] kinds = ["extensions", "receivers", "processors", "exporters"];
        Assert.Empty(kinds.SelectMany(kind => config.Names(kind).Select(name => $"{kind}/{name.Split('/')[0]}")).Except(s_components));
    }

    [Theory]
    [MemberData(nameof(Merged))]
    public void NothingIsDefinedThatNoPipelineUses(string[] files)
    {
        var config = new CollectorConfig(files);

        foreach (var kind in new[] { "receivers", "processors", "exporters" })
        {
            var used = config.Names("service", "pipelines")
                .Where(pipeline => config.Has("service", "pipelines", pipeline, kind))
                .SelectMany(pipeline => config.List("service", "pipelines", pipeline, kind));
            Assert.Empty(config.Names(kind).Except(used));
        }
    }

    [Fact]
    public void AnnotationsAreTheSharedList() =>
        Assert.Equal(EtlAttributes.Indexed, new CollectorConfig(CollectorConfig.Base).List("exporters", "awsxray", "indexed_attributes"));

    [Fact]
    public void OnAwsTheOnlyVariableIsTheRegionThatFargateSets() =>
        Assert.Equal([("AWS_REGION", false)], CollectorConfig.Variables(CollectorConfig.Base));

    [Fact]
    public void EveryVariableHasASourceInTheAppHost()
    {
        var source = CollectorConfig.Text("EtlTracing.AppHost/Collector/CollectorResourceExtensions.cs");

        var unset = new[] { CollectorConfig.Base, CollectorConfig.Local }.SelectMany(CollectorConfig.Variables)
            .Select(variable => variable.Name).Distinct().Where(name => !source.Contains($"\"{name}\"", StringComparison.Ordinal));
        Assert.Empty(unset);
    }

    [Fact]
    public void MemoryIsLimitedTo100MiBCheckedEveryFiveSeconds()
    {
        var config = new CollectorConfig(CollectorConfig.Base);

        Assert.Equal("5s", config.Scalar("processors", "memory_limiter", "check_interval"));
        Assert.Equal("100", config.Scalar("processors", "memory_limiter", "limit_mib"));
        Assert.Equal("memory_limiter", config.List("service", "pipelines", "traces/in", "processors")[0]);
    }

    [Theory]
    [MemberData(nameof(Merged))]
    public void WhatGoesToXRayComesThroughTheQueueOnDiskAndIsRetriedForEver(string[] files)
    {
        var config = new CollectorConfig(files);

        var toXRay = Assert.Single(config.Names("service", "pipelines"),
            pipeline => config.List("service", "pipelines", pipeline, "exporters").Contains("awsxray"));
        var receiver = Assert.Single(config.List("service", "pipelines", toXRay, "receivers"));
        var loopback = config.Scalar("receivers", receiver, "protocols", "grpc", "endpoint");
        Assert.StartsWith("127.0.0.1:", loopback, StringComparison.Ordinal);
        Assert.False(config.Has("service", "pipelines", toXRay, "processors"), "a processor between the queue and X-Ray could say yes too early");

        var queue = Assert.Single(config.List("service", "pipelines", "traces/in", "exporters"),
            exporter => config.Scalar("exporters", exporter, "endpoint") == loopback);
        Assert.Equal("file_storage", config.Scalar("exporters", queue, "sending_queue", "storage"));
        Assert.Equal("0", config.Scalar("exporters", queue, "retry_on_failure", "max_elapsed_time"));
    }

    [Fact]
    public void ProcessesReachItOnBothOtlpPorts()
    {
        var config = new CollectorConfig(CollectorConfig.Base);

        Assert.Equal("0.0.0.0:4317", config.Scalar("receivers", "otlp", "protocols", "grpc", "endpoint"));
        Assert.Equal("0.0.0.0:4318", config.Scalar("receivers", "otlp", "protocols", "http", "endpoint"));
        Assert.Equal("0.0.0.0:13133", config.Scalar("extensions", "health_check", "endpoint"));
    }
}
