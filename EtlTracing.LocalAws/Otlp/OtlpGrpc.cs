using EtlTracing.LocalAws.Otlp.Wire;
using Google.Protobuf;
using Grpc.AspNetCore.Server.Model;
using Grpc.Core;

namespace EtlTracing.LocalAws.Otlp;

/// <summary>
/// OTLP over gRPC. Requests are taken as bytes, so that they can go on unchanged; the paths are those of
/// opentelemetry.proto.collector.trace.v1.TraceService and its siblings.
/// </summary>
sealed class OtlpGrpc(OtlpHandler handler)
{
    public static Method<byte[], byte[]> Method(OtlpSignal signal) => signal switch
    {
        OtlpSignal.Traces => s_traces,
        OtlpSignal.Metrics => s_metrics,
        _ => s_logs,
    };

    static readonly Method<byte[], byte[]> s_traces = Export("trace.v1.TraceService");
    static readonly Method<byte[], byte[]> s_metrics = Export("metrics.v1.MetricsService");
    static readonly Method<byte[], byte[]> s_logs = Export("logs.v1.LogsService");

    async Task<byte[]> ExportAsync(OtlpSignal signal, byte[] body, ServerCallContext context)
    {
        try
        {
            var result = await handler(new OtlpRequest(signal, body, IsJson: false), context.CancellationToken);
            return OtlpResponse.From(result).ToByteArray();
        }
        catch (InvalidDataException exception)
        {
            throw new RpcException(new Grpc.Core.Status(StatusCode.InvalidArgument, exception.Message));
        }
        catch (IOException exception)
        {
            // A full disk: the sender may try again.
            throw new RpcException(new Grpc.Core.Status(StatusCode.Unavailable, exception.Message));
        }
    }

    static Method<byte[], byte[]> Export(string service)
    {
        var bytes = Marshallers.Create(body => body, body => body);
        return new Method<byte[], byte[]>(MethodType.Unary, "opentelemetry.proto.collector." + service, "Export", bytes, bytes);
    }

    /// <summary>Tells ASP.NET the three methods, in place of a generated base class for each service.</summary>
    internal sealed class Methods : IServiceMethodProvider<OtlpGrpc>
    {
        public void OnServiceMethodDiscovery(ServiceMethodProviderContext<OtlpGrpc> context)
        {
            foreach (var signal in Enum.GetValues<OtlpSignal>())
                context.AddUnaryMethod(Method(signal), [], (service, body, call) => service.ExportAsync(signal, body, call));
        }
    }
}

static class OtlpResponse
{
    /// <summary>The partial_success field is set only when something was refused.</summary>
    public static ExportResponse From(OtlpResult result) => result.Rejected == 0
        ? new ExportResponse()
        : new ExportResponse { PartialSuccess = new PartialSuccess { Rejected = result.Rejected, ErrorMessage = result.Reason } };
}
