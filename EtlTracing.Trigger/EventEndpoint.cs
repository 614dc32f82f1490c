using System.Text.Json;
using EtlTracing.ServiceDefaults;

namespace EtlTracing.Trigger;

public static class EventEndpoint
{
    /// <summary>Longer than a healthy collector needs, and short enough for a Lambda function's time.</summary>
    static readonly TimeSpan s_flush = TimeSpan.FromSeconds(2);

    /// <summary>Takes events as the Lambda Web Adapter passes them on: the raw event in, 200 for taken, 5xx for come again.</summary>
    public static void MapEvents(this WebApplication app) => app.MapPost(EtlNames.EventsPath, TakeAsync);

    static async Task TakeAsync(HttpContext http)
    {
        IReadOnlyList<Upload> uploads;
        try
        {
            using var body = await JsonDocument.ParseAsync(http.Request.Body, default, http.RequestAborted);
            uploads = [.. Upload.Read(body.RootElement).Where(upload => upload.IsInput)];
        }
        catch (Exception exception) when (exception is JsonException or FormatException)
        {
            http.Response.StatusCode = StatusCodes.Status400BadRequest;
            await http.Response.WriteAsync($"not an event of S3: {exception.Message}\n", http.RequestAborted);
            return;
        }
        try
        {
            var starter = http.RequestServices.GetRequiredService<RunStarter>();
            await starter.StartAsync(uploads, http.Request.Headers[XRayHeader.Name], http.RequestAborted);
        }
        finally
        {
            // Lambda freezes the process as soon as it has the answer.
            if (uploads.Count > 0) await http.RequestServices.GetRequiredService<Telemetry>().FlushTracesAsync(s_flush);
        }
    }
}
