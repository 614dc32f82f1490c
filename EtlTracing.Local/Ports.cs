using System.Net;
using System.Net.Sockets;

namespace EtlTracing.Local;

/// <summary>Finds a port that something else holds before any process starts, so that the message can name it.</summary>
static class Ports
{
    /// <returns>Null when all are free, else one line with the port, what it is for and the option that changes it.</returns>
    public static string? FirstBusy(LocalSystemOptions options)
    {
        (string Use, int Port, string Option)[] wanted =
        [
            ("S3, Step Functions and X-Ray", options.Port, "--port"),
            ("OTLP over gRPC", options.OtlpGrpcPort, "--otlp-grpc-port"),
            ("OTLP over HTTP", options.OtlpHttpPort, "--otlp-http-port"),
            ("the viewer", options.ViewerPort, "--viewer-port"),
            ("the trigger", options.TriggerPort, "--trigger-port"),
        ];
        foreach (var (use, port, option) in wanted)
            if (port != 0 && IsBusy(port)) return $"port {port} ({use}) is in use by another program: choose another with {option} N, or any free one with {option} 0";
        return null;
    }

    static bool IsBusy(int port)
    {
        try
        {
            using var listener = new TcpListener(IPAddress.Loopback, port);
            listener.Start();
            return false;
        }
        catch (SocketException busy) when (busy.SocketErrorCode is SocketError.AddressAlreadyInUse or SocketError.AccessDenied)
        {
            return true;
        }
    }
}
