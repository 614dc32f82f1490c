using System.Diagnostics;
using System.Text;
using Amazon.StepFunctions;
using Amazon.StepFunctions.Model;
using EtlTracing.Aws;
using EtlTracing.ServiceDefaults;
using OpenTelemetry.Trace;

namespace EtlTracing.Trigger;

/// <summary>Starts one execution of the workflow for each upload, each in a trace of its own.</summary>
public sealed class RunStarter(AmazonStepFunctionsClient workflows, string stateMachineArn, ILogger<RunStarter> log)
{
    static readonly ActivitySource s_source = new("EtlTracing.Trigger");
    static readonly XRayPropagator s_propagator = new();

    /// <summary>
    /// The first upload continues the trace of the event's <c>X-Amzn-Trace-Id</c>. Further ones of the same event get a trace
    /// derived from it, so that a redelivery finds the same traces again, and link to the first.
    /// </summary>
    public async Task StartAsync(IReadOnlyList<Upload> uploads, string? traceHeader, CancellationToken cancellationToken)
    {
        var context = s_propagator.Extract(default, traceHeader, (header, _) => header is null ? [] : [header]).ActivityContext;
        ActivityContext first = default;
        foreach (var upload in uploads)
        {
            var links = first == default ? null : new[] { new ActivityLink(first) };
            if (links is not null)
                context = new(XRayTraceId.Derive(first.TraceId, Encoding.UTF8.GetBytes(upload.ExecutionName)), default, context.TraceFlags, context.TraceState, isRemote: true);
            // Not the web server's own activity, which is recorded nowhere.
            Activity.Current = null;
            using var span = s_source.StartActivity("S3 ObjectCreated", ActivityKind.Server, context, links: links);
            if (first == default && span is not null) first = span.Context;
            await StartAsync(upload, span, cancellationToken);
        }
    }

    async Task StartAsync(Upload upload, Activity? span, CancellationToken cancellationToken)
    {
        // X-Ray calls the segment by its service: the name of a Server span lives on as an annotation.
        span?.SetTag(EtlAttributes.Operation, span.OperationName).SetTag(EtlAttributes.Run, upload.ExecutionName).SetTag(EtlAttributes.Input, upload.Key)
            .SetTag("aws.s3.bucket", upload.Bucket).SetTag("aws.s3.key", upload.Key);
        try
        {
            using var call = SdkTracing.Start("SFN", "StartExecution");
            var parent = call ?? span;
            var input = new RunInput
            {
                BucketName = upload.Bucket,
                ObjectKey = upload.Key,
                TraceId = parent is null ? null : XRayHeader.Format(parent.TraceId),
                ParentId = parent?.SpanId.ToHexString(),
                Sampled = parent?.Recorded,
                VersionId = upload.VersionId,
                Etag = upload.ETag,
                Sequencer = upload.Sequencer,
            };
            await StartOnceAsync(upload, input, call, cancellationToken);
        }
        catch (Exception exception)
        {
            span?.SetStatus(ActivityStatusCode.Error, exception.Message).AddException(exception);
            throw;
        }
    }

    async Task StartOnceAsync(Upload upload, RunInput input, Activity? call, CancellationToken cancellationToken)
    {
        try
        {
            var started = await workflows.StartExecutionAsync(
                new StartExecutionRequest { StateMachineArn = stateMachineArn, Name = upload.ExecutionName, Input = input.ToJson() }, cancellationToken);
            log.LogInformation("{Key} starts {Execution} in trace {Trace}", upload.Key, started.ExecutionArn, input.TraceId);
        }
        catch (ExecutionAlreadyExistsException)
        {
            log.LogInformation("{Key} has started {Execution} before: the event came again", upload.Key, upload.ExecutionName);
        }
        catch (Exception exception)
        {
            SdkTracing.Fail(call, exception);
            throw;
        }
    }
}
