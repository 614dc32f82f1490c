using System.Threading.Channels;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace EtlTracing.Tests.S3;

public sealed record ReceivedEvent(string Body, string Trace, string? TraceParent);

/// <summary>Takes what is posted to it, and answers with the status it is told.</summary>
public sealed class EventReceiver : IAsyncDisposable
{
    readonly WebApplication _app;
    readonly Channel<ReceivedEvent> _received = Channel.CreateUnbounded<ReceivedEvent>();

    EventReceiver(WebApplication app) => _app = app;

    public int Status { get; set; } = 200;
    public string Url => _app.Urls.First() + "/events";

    public static async Task<EventReceiver> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        var receiver = new EventReceiver(app);
        app.MapPost("/events", async (HttpContext context) =>
        {
            var body = await new StreamReader(context.Request.Body).ReadToEndAsync();
            receiver._received.Writer.TryWrite(new ReceivedEvent(body, context.Request.Headers["X-Amzn-Trace-Id"].ToString(), (string?)context.Request.Headers["traceparent"]));
            return Results.StatusCode(receiver.Status);
        });
        await app.StartAsync();
        return receiver;
    }

    public async Task<ReceivedEvent> NextAsync() => await _received.Reader.ReadAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(30));

    public bool TryNext(out ReceivedEvent received) => _received.Reader.TryRead(out received!);

    public ValueTask DisposeAsync() => _app.DisposeAsync();
}
