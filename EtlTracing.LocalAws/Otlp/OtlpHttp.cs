using System.IO.Compression;
using System.Net.Mime;
using System.Text.Json.Nodes;
using EtlTracing.LocalAws.Otlp.Wire;
using Google.Protobuf;

namespace EtlTracing.LocalAws.Otlp;

/// <summary>OTLP over HTTP (https://opentelemetry.io/docs/specs/otlp/#otlphttp): protobuf or JSON, gzip or plain.</summary>
sealed class OtlpHttp(OtlpHandler handler)
{
    const string Protobuf = "application/x-protobuf";

    /// <summary>Bounds what a small compressed body can become.</summary>
    public const int MaxBody = 64 << 20;

    // https://grpc.io/docs/guides/status-codes/
    const int InvalidArgument = 3;
    const int ResourceExhausted = 8;
    const int Unavailable = 14;

    public async Task HandleAsync(OtlpSignal signal, HttpContext context)
    {
        var type = ContentType(context.Request);
        if (type is null)
        {
            context.Response.StatusCode = StatusCodes.Status415UnsupportedMediaType;
            return;
        }
        var json = type == MediaTypeNames.Application.Json;
        try
        {
            var body = await ReadAsync(context.Request, context.RequestAborted);
            var result = await handler(new OtlpRequest(signal, body, json), context.RequestAborted);
            await AnswerAsync(context, StatusCodes.Status200OK, json, json ? Json(signal, result) : OtlpResponse.From(result).ToByteArray());
        }
        catch (BadHttpRequestException exception)
        {
            await FailAsync(context, exception.StatusCode, json, exception.StatusCode == StatusCodes.Status413PayloadTooLarge ? ResourceExhausted : InvalidArgument, exception.Message);
        }
        catch (InvalidDataException exception)
        {
            await FailAsync(context, StatusCodes.Status400BadRequest, json, InvalidArgument, exception.Message);
        }
        catch (IOException exception) when (!context.RequestAborted.IsCancellationRequested)
        {
            context.Response.Headers.RetryAfter = "1";
            await FailAsync(context, StatusCodes.Status503ServiceUnavailable, json, Unavailable, exception.Message);
        }
    }

    static string? ContentType(HttpRequest request)
    {
        if (!System.Net.Http.Headers.MediaTypeHeaderValue.TryParse(request.ContentType, out var type)) return null;
        return type.MediaType switch
        {
            Protobuf => Protobuf,
            MediaTypeNames.Application.Json => MediaTypeNames.Application.Json,
            _ => null,
        };
    }

    static async Task<byte[]> ReadAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        await using var stream = request.Headers.ContentEncoding.ToString() switch
        {
            "" or "identity" => request.Body,
            "gzip" => new GZipStream(request.Body, CompressionMode.Decompress),
            "deflate" => new ZLibStream(request.Body, CompressionMode.Decompress),
            var other => throw new BadHttpRequestException($"unsupported content encoding '{other}'", StatusCodes.Status415UnsupportedMediaType),
        };
        using var buffer = new MemoryStream();
        var chunk = new byte[81920];
        for (int read; (read = await stream.ReadAsync(chunk, cancellationToken)) > 0;)
        {
            if (buffer.Length + read > MaxBody)
                throw new BadHttpRequestException($"the body is larger than {MaxBody} bytes", StatusCodes.Status413PayloadTooLarge);
            buffer.Write(chunk, 0, read);
        }
        return buffer.ToArray();
    }

    static byte[] Json(OtlpSignal signal, OtlpResult result)
    {
        if (result.Rejected == 0) return "{}"u8.ToArray();
        var member = signal switch { OtlpSignal.Traces => "rejectedSpans", OtlpSignal.Metrics => "rejectedDataPoints", _ => "rejectedLogRecords" };
        // Protobuf's JSON writes 64-bit integers as strings.
        var body = new JsonObject { ["partialSuccess"] = new JsonObject { [member] = $"{result.Rejected}", ["errorMessage"] = result.Reason } };
        return System.Text.Encoding.UTF8.GetBytes(body.ToJsonString());
    }

    static Task FailAsync(HttpContext context, int status, bool json, int code, string message) => AnswerAsync(context, status, json,
        json ? System.Text.Encoding.UTF8.GetBytes(new JsonObject { ["code"] = code, ["message"] = message }.ToJsonString())
            : new ErrorStatus { Code = code, Message = message }.ToByteArray());

    static Task AnswerAsync(HttpContext context, int status, bool json, byte[] body)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = json ? MediaTypeNames.Application.Json : Protobuf;
        context.Response.ContentLength = body.Length;
        return context.Response.Body.WriteAsync(body, context.RequestAborted).AsTask();
    }
}
