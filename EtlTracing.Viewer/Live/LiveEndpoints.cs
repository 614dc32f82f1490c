using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Threading.Channels;

namespace EtlTracing.Viewer.Live;

static class LiveEndpoints
{
    /// <summary>Proxies and browsers drop silent connections.</summary>
    static readonly TimeSpan s_heartbeat = TimeSpan.FromSeconds(15);

    /// <summary>Server-sent events: <c>event: run</c> with the id of a run that changed; with <c>?run=</c> only of that one.</summary>
    public static void MapLive(this WebApplication app) =>
        app.MapGet("/runs/events", (string? run, RunWatch watch, IHostApplicationLifetime lifetime, HttpContext context) =>
        {
            var changes = watch.Join(out var leave);
            context.Response.RegisterForDispose(leave);
            if (changes is null) return Results.StatusCode(StatusCodes.Status503ServiceUnavailable);
            // A stopping host waits for its requests: this one must end by itself.
            var stop = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, lifetime.ApplicationStopping);
            context.Response.RegisterForDispose(stop);
            return TypedResults.ServerSentEvents(Changes(changes, run, stop.Token));
        });

    static async IAsyncEnumerable<SseItem<string>> Changes(ChannelReader<string> changes, string? only, [EnumeratorCancellation] CancellationToken cancel)
    {
        yield return new SseItem<string>("", "hello") { ReconnectionInterval = TimeSpan.FromSeconds(2) };
        while (!cancel.IsCancellationRequested)
        {
            string? id = null;
            using (var wait = CancellationTokenSource.CreateLinkedTokenSource(cancel))
            {
                wait.CancelAfter(s_heartbeat);
                try
                {
                    id = await changes.ReadAsync(wait.Token);
                }
                catch (OperationCanceledException)
                {
                    // Nothing happened for a while, or the page went away: the loop's condition tells.
                }
            }
            if (id is null) yield return new SseItem<string>("", "beat");
            else if (only is null || only == id) yield return new SseItem<string>(id, "run");
        }
    }
}
