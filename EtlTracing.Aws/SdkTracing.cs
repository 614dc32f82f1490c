using System.Diagnostics;
using Amazon.Runtime;
using Amazon.Runtime.Internal;

namespace EtlTracing.Aws;

/// <summary>
/// Spans for calls of the AWS SDK: one a call whatever its retries, or one that a caller opens over several calls.
/// Calls outside of any trace make none, nor do those that move no data of a run (polls, heartbeats, looks, X-Ray itself).
/// </summary>
public static class SdkTracing
{
    static readonly ActivitySource s_source = new("EtlTracing.Aws");

    /// <summary>Holds for each client made afterwards, of any service. Calling it again changes nothing.</summary>
    public static void Enable() => RuntimePipelineCustomizerRegistry.Instance.Register(new Customizer());

    /// <summary>Opens the span of a call that the caller ends. Calls made while it is current are part of it and get none of their own.</summary>
    public static Activity? Start(string service, string operation)
    {
        var span = s_source.StartActivity($"{service}.{operation}", ActivityKind.Client);
        return span?.SetTag("rpc.system", "aws-api").SetTag("rpc.service", service).SetTag("rpc.method", operation)
            .SetTag("aws.service", service).SetTag("aws.operation", operation);
    }

    static bool IsSilent(string service, string operation) =>
        service is "XRay" || operation is "GetActivityTask" or "GetObjectMetadata" or "AbortMultipartUpload" || operation.StartsWith("SendTask", StringComparison.Ordinal);

    sealed class Customizer : IRuntimePipelineCustomizer
    {
        public string UniqueName => "EtlTracing.Aws";

        public void Customize(Type type, RuntimePipeline pipeline)
        {
            pipeline.AddHandlerBefore<Marshaller>(new SpanHandler());
            pipeline.AddHandlerBefore<Signer>(new HeaderHandler());
        }
    }

    sealed class SpanHandler : PipelineHandler
    {
        public override async Task<T> InvokeAsync<T>(IExecutionContext executionContext)
        {
            var request = executionContext.RequestContext;
            var service = request.ServiceMetaData.ServiceId;
            var operation = request.RequestName.EndsWith("Request", StringComparison.Ordinal) ? request.RequestName[..^7] : request.RequestName;
            if (Activity.Current is null || IsSilent(service, operation)) return await base.InvokeAsync<T>(executionContext).ConfigureAwait(false);

            var callers = Activity.Current is { } current && current.Source == s_source ? current : null;
            using var own = callers is null ? Start(service, operation) : null;
            try
            {
                var result = await base.InvokeAsync<T>(executionContext).ConfigureAwait(false);
                var response = executionContext.ResponseContext.Response;
                (callers ?? own)?.SetTag("aws.request_id", response?.ResponseMetadata?.RequestId)
                    .SetTag("http.response.status_code", (int?)response?.HttpStatusCode)
                    .SetTag("aws.region", request.Request?.DeterminedSigningRegion);
                return result;
            }
            catch (Exception exception)
            {
                // Whoever opened a span over several calls may try again, and knows best whether it failed.
                own?.SetTag("aws.region", request.Request?.DeterminedSigningRegion);
                Fail(own, exception);
                throw;
            }
        }
    }

    /// <summary>Marks a span as failed, as the SDK's own spans are.</summary>
    public static void Fail(Activity? span, Exception exception)
    {
        if (exception is AmazonServiceException answer)
            span?.SetTag("aws.request_id", answer.RequestId).SetTag("http.response.status_code", (int)answer.StatusCode)
                .SetTag("error.type", answer.ErrorCode);
        else span?.SetTag("error.type", exception.GetType().FullName);
        span?.SetStatus(ActivityStatusCode.Error, exception.Message).AddException(exception);
    }

    /// <summary>Step Functions puts its segments under the span that started the execution.</summary>
    sealed class HeaderHandler : PipelineHandler
    {
        public override Task<T> InvokeAsync<T>(IExecutionContext executionContext)
        {
            var request = executionContext.RequestContext;
            if (request.RequestName == "StartExecutionRequest" && Activity.Current is { } span)
                request.Request.Headers[XRayHeader.Name] = XRayHeader.Of(span).ToString();
            return base.InvokeAsync<T>(executionContext);
        }
    }
}
