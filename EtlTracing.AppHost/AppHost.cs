using EtlTracing;
using EtlTracing.AppHost.Cloud;
using EtlTracing.AppHost.Collector;
using EtlTracing.AppHost.Publishing;

var builder = DistributedApplication.CreateBuilder(args);

// S3, Step Functions and X-Ray on this machine; with --Etl:Aws=real the deployed stack's.
var aws = builder.AddEtlCloud("aws");

// The AWS Distro for OpenTelemetry. With --Etl:Collector=none, for machines without containers, the local cloud takes its place.
var telemetry = builder.AddOtelCollector("otel-collector", aws);

var trigger = builder.AddProject<Projects.EtlTracing_Trigger>("trigger", launchProfileName: null)
    .WithCloud(aws)
    .WithEnvironment(EtlEnvironment.StateMachineArn, aws.StateMachineArn)
    .WithTelemetry(telemetry, EtlNames.TriggerService)
    .WithHttpEndpoint()
    .WithHttpHealthCheck("/health")
    .WithExplicitStartUnlessLocal(aws);

builder.AddProject<Projects.EtlTracing_CleanJob>("clean-job", launchProfileName: null)
    .WithCloud(aws)
    .WithEnvironment(EtlEnvironment.ActivityArn, aws.CleanActivityArn)
    .WithTelemetry(telemetry, EtlNames.CleanJobService)
    .WithHttpEndpoint()
    .WithHttpHealthCheck("/health");

builder.AddProject<Projects.EtlTracing_ProcessJob>("process-job", launchProfileName: null)
    .WithCloud(aws)
    .WithEnvironment(EtlEnvironment.ActivityArn, aws.ProcessActivityArn)
    .WithTelemetry(telemetry, EtlNames.ProcessJobService)
    .WithHttpEndpoint()
    .WithHttpHealthCheck("/health");

var viewer = builder.AddProject<Projects.EtlTracing_Viewer>("viewer", launchProfileName: null)
    .WithCloud(aws)
    .WithEnvironment(EtlEnvironment.StateMachineArn, aws.StateMachineArn)
    .WithTelemetry(telemetry, EtlNames.ViewerService)
    .WithHttpEndpoint()
    .WithHttpHealthCheck("/health")
    .WithUrlForEndpoint("http", url => url.DisplayText = "Runs");

aws.DeliverUploadsTo(trigger.GetEndpoint("http"));

aws.WithUploadCommands(viewer.GetEndpoint("http"));

aws.WithFaultCommands();

builder.AddEtlDeployment("etl", aws);

builder.Build().Run();
