using System.Text.Json;
using EtlTracing.LocalAws.Otlp.Wire;
using Google.Protobuf;

namespace EtlTracing.LocalAws.Otlp;

/// <summary>Reads OTLP messages from either encoding.</summary>
public static class OtlpMessage
{
    static readonly JsonParser s_json = new(JsonParser.Settings.Default.WithIgnoreUnknownFields(true));

    public static TracesRequest Traces(OtlpRequest request) => Parse(request, TracesRequest.Parser);

    public static MetricsRequest Metrics(OtlpRequest request) => Parse(request, MetricsRequest.Parser);

    public static LogsRequest Logs(OtlpRequest request) => Parse(request, LogsRequest.Parser);

    static T Parse<T>(OtlpRequest request, MessageParser<T> parser) where T : class, IMessage<T>, new()
    {
        try
        {
            return request.IsJson ? s_json.Parse<T>(OtlpJson.WithBase64Ids(request.Body)) : parser.ParseFrom(request.Body);
        }
        catch (Exception exception) when (exception is InvalidProtocolBufferException or InvalidJsonException or JsonException or InvalidOperationException or FormatException or OverflowException)
        {
            throw new InvalidDataException($"not an OTLP {request.Signal.ToString().ToLowerInvariant()} request: {exception.Message}", exception);
        }
    }
}
