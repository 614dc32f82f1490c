using System.Reflection;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using EtlTracing.Deployment;
using EtlTracing.Tests.Collector;

namespace EtlTracing.Tests.Deployment;

[Collection(nameof(StackTemplate))]
public partial class StackTests(StackTemplate stack)
{
    // Of what would outlive its stack if nothing were said.
    static readonly string[] s_kept = ["AWS::S3::Bucket", "AWS::Logs::LogGroup", "AWS::SQS::Queue", "AWS::StepFunctions::StateMachine"];

    [Fact]
    public void EverythingDiesWithTheStack()
    {
        var resources = stack.Full["Resources"]!.AsObject().Select(resource => resource.Value!.AsObject()).ToList();

        Assert.DoesNotContain(resources, resource => (string?)resource["DeletionPolicy"] is "Retain" or "RetainExceptOnCreate" or "Snapshot");
        Assert.All(resources.Where(resource => s_kept.Contains((string)resource["Type"]!)), resource => Assert.Equal("Delete", (string?)resource["DeletionPolicy"]));
        Assert.Single(StackTemplate.Of(stack.Default, "Custom::EmptyBucket"));
    }

    [Fact]
    public void EveryLogGroupIsOwnedAndForgetsAfterAMonth()
    {
        var groups = StackTemplate.Of(stack.Full, "AWS::Logs::LogGroup").ToList();
        Assert.All(groups, group => Assert.Equal(30, (int)group.Properties["RetentionInDays"]!));

        // A function without a group named would make one that nobody owns.
        var owned = groups.Select(group => group.Id).ToHashSet();
        Assert.All(StackTemplate.Of(stack.Full, "AWS::Lambda::Function"),
            function => Assert.Contains((string)function.Properties["LoggingConfig"]!["LogGroup"]!["Ref"]!, owned));
        Assert.All(Containers(stack.Full), container => Assert.Contains((string)container["LogConfiguration"]!["Options"]!["awslogs-group"]!["Ref"]!, owned));
    }

    [Fact]
    public void TheWorkflowIsTheFileThatTheLocalCloudRuns()
    {
        var machine = StackTemplate.One(stack.Default, "AWS::StepFunctions::StateMachine");
        var file = File.ReadAllText(Path.Combine(SharedData.Repository, Workflow.File));

        Assert.Equal(file, (string?)machine["DefinitionString"]);
        Assert.True((bool)machine["TracingConfiguration"]!["Enabled"]!);
        Assert.Equal("ALL", (string?)machine["LoggingConfiguration"]!["Level"]);

        // Each variable of the file has a value, and none has one in vain.
        var substitutions = machine["DefinitionSubstitutions"]!.AsObject();
        Assert.Equal(
            Variable().Matches(file).Select(match => match.Groups[1].Value).Distinct().Order(),
            substitutions.Select(pair => pair.Key).Order());
        Assert.Equal("HeartbeatSeconds", (string?)substitutions["HeartbeatSeconds"]!["Ref"]);
        Assert.Equal("Number", (string?)stack.Default["Parameters"]!["HeartbeatSeconds"]!["Type"]);
    }

    [Fact]
    public void TheCollectorRunsTheFileOfThisRepository()
    {
        var container = Assert.Single(Containers(stack.Default), container => (string?)container["Name"] == "collector");

        var variable = Assert.Single(container["Environment"]!.AsArray())!;
        Assert.Equal("AOT_CONFIG_CONTENT", (string?)variable["Name"]);
        Assert.Equal(CollectorConfig.Text(CollectorConfig.Base), (string?)variable["Value"]);
        Assert.Equal(["CMD", "/healthcheck"], container["HealthCheck"]!["Command"]!.AsArray().Select(word => (string)word!));
    }

    [Fact]
    public void TheCollectorsImageIsTheOneOfTheAppHost()
    {
        var image = File.ReadLines(Path.Combine(SharedData.Repository, "EtlTracing.Deployment/Collector/Dockerfile")).Single(line => line.StartsWith("FROM ", StringComparison.Ordinal));
        var resource = File.ReadAllText(Path.Combine(SharedData.Repository, "EtlTracing.AppHost/Collector/OtelCollectorResource.cs"));

        Assert.All(image["FROM ".Length..].Split([":", "amazon/"], StringSplitOptions.None), part => Assert.Contains(part.Split('/')[^1], resource, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(EtlNames.TriggerService, EtlEnvironment.StateMachineArn)]
    [InlineData(EtlNames.CleanJobService, EtlEnvironment.ActivityArn, EtlEnvironment.GraceSeconds)]
    [InlineData(EtlNames.ProcessJobService, EtlEnvironment.ActivityArn, EtlEnvironment.GraceSeconds)]
    [InlineData(EtlNames.ViewerService, EtlEnvironment.StateMachineArn)]
    public void ProcessesAreToldTheSharedNames(string service, params string[] keys)
    {
        var environment = StackTemplate.EnvironmentOf(stack.Full, service);

        Assert.Equal(keys.Append(EtlEnvironment.Bucket).Order(), environment.Keys.Where(name => name.StartsWith("ETL_", StringComparison.Ordinal)).Order());
        Assert.Equal(CollectorService.Endpoint, (string)environment["OTEL_EXPORTER_OTLP_ENDPOINT"]!);
        Assert.Equal("grpc", (string)environment["OTEL_EXPORTER_OTLP_PROTOCOL"]!);

        // An endpoint or a key of an SDK would take the process away from the cloud that it runs in.
        Assert.DoesNotContain(environment.Keys, name => name.StartsWith("AWS_", StringComparison.Ordinal) && !name.StartsWith("AWS_LWA_", StringComparison.Ordinal));
    }

    [Fact]
    public void NoVariableOfOursIsUnknownToTheCode()
    {
        var known = typeof(EtlEnvironment).GetFields(BindingFlags.Public | BindingFlags.Static).Select(field => (string)field.GetRawConstantValue()!);

        Assert.Empty(Used().Except(known));

        IEnumerable<string> Used() => OwnVariable().Matches(stack.Full.ToJsonString()).Select(match => match.Groups[1].Value).Distinct();
    }

    [Fact]
    public void UploadsReachTheTriggerOrTheDeadLetters()
    {
        var pattern = StackTemplate.One(stack.Default, "AWS::Events::Rule")["EventPattern"]!;
        Assert.Equal(EtlNames.InputPrefix, (string?)pattern["detail"]!["object"]!["key"]![0]!["prefix"]);
        Assert.True((bool)StackTemplate.One(stack.Default, "AWS::S3::Bucket")["NotificationConfiguration"]!["EventBridgeConfiguration"]!["EventBridgeEnabled"]!);

        var environment = StackTemplate.EnvironmentOf(stack.Default, EtlNames.TriggerService);
        Assert.Equal("500-599", (string)environment["AWS_LWA_ERROR_STATUS_CODES"]!);
        Assert.Equal(EtlNames.EventsPath, (string)environment["AWS_LWA_PASS_THROUGH_PATH"]!);

        var (_, trigger) = Assert.Single(StackTemplate.Of(stack.Default, "AWS::Lambda::Function"), function => function.Properties["PackageType"] is not null);
        Assert.Equal("Active", (string?)trigger["TracingConfig"]!["Mode"]);
        Assert.NotNull(trigger["DeadLetterConfig"]!["TargetArn"]);
        Assert.Equal(2, (int)StackTemplate.One(stack.Default, "AWS::Lambda::EventInvokeConfig")["MaximumRetryAttempts"]!);

        // One queue for what the function failed at, and for what never got to it.
        var letters = StackTemplate.Of(stack.Default, "AWS::SQS::Queue").Single().Id;
        var target = Assert.Single(StackTemplate.One(stack.Default, "AWS::Events::Rule")["Targets"]!.AsArray())!;
        Assert.Equal([letters, letters], new[] { target["DeadLetterConfig"]!["Arn"]!, trigger["DeadLetterConfig"]!["TargetArn"]! }.Select(arn => (string)arn["Fn::GetAtt"]![0]!));
    }

    [Fact]
    public void TheBucketIsPrivateEncryptedAndTlsOnly()
    {
        var bucket = StackTemplate.One(stack.Default, "AWS::S3::Bucket");
        Assert.All(bucket["PublicAccessBlockConfiguration"]!.AsObject(), setting => Assert.True((bool)setting.Value!));
        Assert.Equal("AES256", (string?)bucket["BucketEncryption"]!["ServerSideEncryptionConfiguration"]![0]!["ServerSideEncryptionByDefault"]!["SSEAlgorithm"]);
        Assert.Equal(["rejects", "aborted-uploads"], bucket["LifecycleConfiguration"]!["Rules"]!.AsArray().Select(rule => (string)rule!["Id"]!));

        var statement = StackTemplate.One(stack.Default, "AWS::S3::BucketPolicy")["PolicyDocument"]!["Statement"]!.AsArray()
            .Single(statement => (string?)statement!["Condition"]?["Bool"]?["aws:SecureTransport"] == "false")!;
        Assert.Equal("Deny", (string?)statement["Effect"]);
    }

    [Fact]
    public void NothingHasAWayOutOrIn()
    {
        Assert.Empty(StackTemplate.Of(stack.Full, "AWS::EC2::NatGateway"));
        Assert.Empty(StackTemplate.Of(stack.Full, "AWS::EC2::InternetGateway"));

        // What the processes and Fargate call; S3's is a gateway and costs nothing.
        var endpoints = StackTemplate.Of(stack.Default, "AWS::EC2::VPCEndpoint").ToLookup(endpoint => (string)endpoint.Properties["VpcEndpointType"]!, endpoint => Last(endpoint.Properties["ServiceName"]!));
        Assert.Equal(["s3"], endpoints["Gateway"]);
        Assert.Equal(["api", "dkr", "logs", "states", "xray"], endpoints["Interface"].Order());
        Assert.All(StackTemplate.Of(stack.Full, "AWS::ECS::Service"),
            service => Assert.Equal("DISABLED", (string?)service.Properties["NetworkConfiguration"]!["AwsvpcConfiguration"]!["AssignPublicIp"]));
    }

    [Fact]
    public void AJobHasTheLongestTimeToStopThatFargateGivesAndKeepsSomeToHandItsTaskBack()
    {
        Assert.All(Containers(stack.Default).Where(container => (string?)container["Name"] == "job"), container => Assert.Equal(120, (int)container["StopTimeout"]!));
        foreach (var job in new[] { EtlNames.CleanJobService, EtlNames.ProcessJobService })
            Assert.Equal("90", (string)StackTemplate.EnvironmentOf(stack.Default, job)[EtlEnvironment.GraceSeconds]!);
    }

    [Fact]
    public void TheViewerIsThereOnlyForANetworkThatMayLook()
    {
        Assert.Equal(3, StackTemplate.Of(stack.Default, "AWS::ECS::Service").Count());
        Assert.Equal(4, StackTemplate.Of(stack.Full, "AWS::ECS::Service").Count());

        var door = Assert.Single(StackTemplate.Of(stack.Full, "AWS::EC2::SecurityGroup")
            .SelectMany(group => group.Properties["SecurityGroupIngress"] as JsonArray ?? []), rule => (int?)rule!["ToPort"] == 8080)!;
        Assert.Equal("10.20.0.0/16", (string?)door["CidrIp"]);
    }

    [Fact]
    public void FailuresRaiseAlarms()
    {
        string[] named = ["FailedRuns", "StuckRuns", "DeadLetters", "CollectorRefusals"];

        Assert.Equal(4, StackTemplate.Of(stack.Default, "AWS::CloudWatch::Alarm").Count());
        Assert.All(named, name => Assert.Single(StackTemplate.Of(stack.Full, "AWS::CloudWatch::Alarm"), alarm => alarm.Id.StartsWith($"Monitoring{name}", StringComparison.Ordinal)));
        Assert.All(StackTemplate.Of(stack.Full, "AWS::CloudWatch::Alarm"), alarm => Assert.Single(alarm.Properties["AlarmActions"]!.AsArray()));
        Assert.Single(StackTemplate.Of(stack.Default, "AWS::CloudWatch::Dashboard"));
        Assert.Single(StackTemplate.Of(stack.Default, "AWS::XRay::SamplingRule"));
    }

    [Fact]
    public void OutputsAreWhatTheAppHostReads()
    {
        var names = typeof(StackOutputs).GetFields(BindingFlags.Public | BindingFlags.Static).Select(field => (string)field.GetRawConstantValue()!);

        Assert.Equal(names.Order(), stack.Full["Outputs"]!.AsObject().Select(output => output.Key).Order());
    }

    /// <summary>Of com.amazonaws.REGION.SERVICE, also where the region is known only to CloudFormation.</summary>
    static string Last(JsonNode service) => (service is JsonValue ? (string)service! : (string)service["Fn::Join"]![1]!.AsArray()[^1]!).Split('.')[^1];

    static IEnumerable<JsonObject> Containers(JsonObject template) =>
        StackTemplate.Of(template, "AWS::ECS::TaskDefinition").SelectMany(task => task.Properties["ContainerDefinitions"]!.AsArray()).Select(container => container!.AsObject());

    [GeneratedRegex(@"\$\{(\w+)\}")]
    private static partial Regex Variable();

    [GeneratedRegex("\"(ETL_[A-Z_]+)\"")]
    private static partial Regex OwnVariable();
}
