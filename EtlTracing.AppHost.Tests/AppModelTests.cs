namespace EtlTracing.AppHost.Tests;

public class AppModelTests
{
    const string Arn = $"arn:aws:states:{EtlNames.LocalRegion}:{EtlNames.LocalAccount}";

    static readonly string[] s_processes = ["trigger", "clean-job", "process-job", "viewer"];

    [Fact]
    public async Task ResourcesAreTheSystemInDependencyOrder()
    {
        await using var model = await AppModel.CreateAsync();

        Assert.Equal(["aws", "otel-collector", "trigger", "clean-job", "process-job", "viewer"], model.Names);
        Assert.Equal(["heartbeat-seconds", "timeout-seconds"], model.Parameters);
    }

    [Fact]
    public async Task ProcessesWaitForTheCloudAndForTheCollectorWhichWaitsForTheCloud()
    {
        await using var model = await AppModel.CreateAsync();

        Assert.Empty(model.WaitsOf("aws"));
        Assert.Equal(["aws"], model.WaitsOf("otel-collector"));
        foreach (var process in s_processes) Assert.Equal(["aws", "otel-collector"], model.WaitsOf(process));
    }

    [Fact]
    public async Task EverythingHasAHealthCheck()
    {
        await using var model = await AppModel.CreateAsync();

        foreach (var name in model.Names) Assert.Single(model[name].Annotations.OfType<HealthCheckAnnotation>());
    }

    [Theory]
    [InlineData("trigger", EtlNames.TriggerService, EtlEnvironment.StateMachineArn, $"{Arn}:stateMachine:{EtlNames.StateMachine}")]
    [InlineData("clean-job", EtlNames.CleanJobService, EtlEnvironment.ActivityArn, $"{Arn}:activity:{EtlNames.CleanActivity}")]
    [InlineData("process-job", EtlNames.ProcessJobService, EtlEnvironment.ActivityArn, $"{Arn}:activity:{EtlNames.ProcessActivity}")]
    [InlineData("viewer", EtlNames.ViewerService, EtlEnvironment.StateMachineArn, $"{Arn}:stateMachine:{EtlNames.StateMachine}")]
    public async Task ProcessesAreToldTheSharedNamesAndAddressesByReference(string process, string service, string key, string arn)
    {
        await using var model = await AppModel.CreateAsync();

        var environment = await model.EnvironmentOfAsync(process);
        var ours = environment.Where(pair => pair.Key.StartsWith("AWS_", StringComparison.Ordinal) || pair.Key.StartsWith("ETL_", StringComparison.Ordinal))
            .ToDictionary(pair => pair.Key, pair => pair.Value);
        Assert.Equal(
            new Dictionary<string, string>
            {
                ["AWS_ENDPOINT_URL"] = "{aws.bindings.http.url}",
                ["AWS_REGION"] = EtlNames.LocalRegion,
                ["AWS_ACCESS_KEY_ID"] = "local",
                ["AWS_SECRET_ACCESS_KEY"] = "local",
                [EtlEnvironment.Bucket] = EtlNames.Bucket,
                [key] = arn,
            },
            ours);
        Assert.Equal(service, environment["OTEL_SERVICE_NAME"]);
        Assert.Equal("{otel-collector.bindings.otlp-grpc.url}", environment["OTEL_EXPORTER_OTLP_ENDPOINT"]);
        Assert.Equal("grpc", environment["OTEL_EXPORTER_OTLP_PROTOCOL"]);
        Assert.DoesNotContain("OTEL_EXPORTER_OTLP_HEADERS", environment.Keys);
    }

    [Fact]
    public async Task TheCollectorSendsToTheLocalXRayAndToTheDashboard()
    {
        await using var model = await AppModel.CreateAsync();

        var environment = await model.EnvironmentOfAsync("otel-collector");
        Assert.Equal("{aws.bindings.http.url}", environment["AWS_ENDPOINT_URL_XRAY"]);
        Assert.Equal(EtlNames.LocalRegion, environment["AWS_REGION"]);
        Assert.Equal(environment["ASPIRE_ENDPOINT"].StartsWith("http://", StringComparison.Ordinal) ? "true" : "false", environment["ASPIRE_INSECURE"]);
        Assert.Contains("ASPIRE_API_KEY", environment.Keys);
    }

    [Fact]
    public async Task TheCollectorRunsBothFilesOfThisRepository()
    {
        await using var model = await AppModel.CreateAsync();

        Assert.Equal(["--config=/etc/otel-agent-config.yaml", "--config=/etc/otel-agent-config.local.yaml"], await model.ArgumentsOfAsync("otel-collector"));
        var mounts = model["otel-collector"].Annotations.OfType<ContainerMountAnnotation>().ToList();
        Assert.Equal(["/etc/otel-agent-config.yaml", "/etc/otel-agent-config.local.yaml"], mounts.Select(mount => mount.Target));
        Assert.All(mounts, mount =>
        {
            Assert.True(File.Exists(mount.Source), mount.Source);
            Assert.True(mount.IsReadOnly);
        });
    }

    [Fact]
    public async Task TheLocalCloudListensWhereItIsToldAndIndexesTheSharedAttributes()
    {
        await using var model = await AppModel.CreateAsync("--Etl:Data=/tmp/somewhere");

        var arguments = await model.ArgumentsOfAsync("aws");
        Assert.Equal(
            [
                "--data", "/tmp/somewhere", "--port", "{aws.bindings.http.targetPort}",
                "--otlp-grpc-port", "{aws.bindings.otlp-grpc.targetPort}", "--otlp-http-port", "{aws.bindings.otlp-http.targetPort}",
                .. EtlAttributes.Indexed.SelectMany(attribute => new[] { "--indexed-attribute", attribute }),
            ],
            arguments);
    }

    [Fact]
    public async Task WithoutACollectorTheLocalCloudTakesItsPlace()
    {
        await using var model = await AppModel.CreateAsync("--Etl:Collector=none");

        Assert.Equal(["aws", "trigger", "clean-job", "process-job", "viewer"], model.Names);
        foreach (var process in s_processes)
        {
            var environment = await model.EnvironmentOfAsync(process);
            Assert.Equal("{aws.bindings.otlp-grpc.url}", environment["OTEL_EXPORTER_OTLP_ENDPOINT"]);
            Assert.Equal(["aws"], model.WaitsOf(process));
        }
    }

    [Fact]
    public async Task WithARealAccountNothingIsLocalButTheProcesses()
    {
        await using var model = await AppModel.CreateAsync("--Etl:Aws=real", "--Etl:Profile=someone", "--Etl:Region=eu-west-1", "--Etl:Collector=none");

        var environment = await model.EnvironmentOfAsync("clean-job");
        Assert.DoesNotContain("AWS_ENDPOINT_URL", environment.Keys);
        Assert.DoesNotContain("AWS_ACCESS_KEY_ID", environment.Keys);
        Assert.Equal("someone", environment["AWS_PROFILE"]);
        Assert.Equal("eu-west-1", environment["AWS_REGION"]);
        Assert.Equal("{aws.output.BucketName}", environment[EtlEnvironment.Bucket]);
        Assert.Equal("{aws.output.CleanActivityArn}", environment[EtlEnvironment.ActivityArn]);
        Assert.Empty(model.Parameters);

        // Lambda has the trigger there.
        Assert.Single(model["trigger"].Annotations.OfType<ExplicitStartupAnnotation>());
    }

    [Theory]
    [InlineData("local", "upload-sample", "upload-rows", "begin-faults", "end-faults")]
    [InlineData("real", "upload-sample", "upload-rows")]
    public async Task UploadsAreCommandsOfTheCloudAndFaultsOfTheLocalOne(string cloud, params string[] expected)
    {
        await using var model = await AppModel.CreateAsync($"--Etl:Aws={cloud}");

        var commands = model["aws"].Annotations.OfType<ResourceCommandAnnotation>().Select(command => command.Name);
        Assert.Equal(expected, commands.Where(name => name.StartsWith("upload-", StringComparison.Ordinal) || name.EndsWith("-faults", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("--Etl:Aws=mine", "mine")]
    [InlineData("--Etl:Collector=maybe", "maybe")]
    public async Task AChoiceThatDoesNotExistIsRefusedByName(string argument, string named)
    {
        var refusal = await Assert.ThrowsAnyAsync<Exception>(() => AppModel.CreateAsync(argument));

        Assert.Contains(named, refusal.ToString(), StringComparison.Ordinal);
    }
}
