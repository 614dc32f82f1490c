using System.Diagnostics;
using System.Net.Http.Headers;
using System.Text;
using Microsoft.Data.Sqlite;

namespace EtlTracing.LocalAws.S3.Notifications;

/// <summary>
/// Posts queued events until each is taken (any 2xx), at most for a day, waiting longer after each failure. As with S3,
/// order is not kept and an event may come twice; its trace header is the same each time.
/// </summary>
sealed class EventDelivery(S3Store store, TimeProvider time, ILogger<EventDelivery> log) : BackgroundService
{
    const int AtOnce = 16;
    static readonly TimeSpan s_first = TimeSpan.FromMilliseconds(200);
    static readonly TimeSpan s_longest = TimeSpan.FromSeconds(5);
    static readonly TimeSpan s_look = TimeSpan.FromSeconds(1);
    static readonly TimeSpan s_giveUp = TimeSpan.FromDays(1);

    // No propagator: a traceparent of ours would put the receiver into a trace that nobody sees.
    readonly HttpClient _http = new(new SocketsHttpHandler
    {
        ActivityHeadersPropagator = DistributedContextPropagator.CreateNoOutputPropagator(),
        UseProxy = false,
        PooledConnectionIdleTimeout = TimeSpan.FromSeconds(30),
        ConnectTimeout = TimeSpan.FromSeconds(5),
    })
    { Timeout = TimeSpan.FromMinutes(1) };

    /// <summary>The wait after so many failures: 0.2 s, doubled each time, to 5 s: a receiver that comes back gets its events soon.</summary>
    public static TimeSpan BackOff(int failures) => TimeSpan.FromTicks(Math.Min(s_longest.Ticks, s_first.Ticks << Math.Min(failures, 10)));

    public override void Dispose()
    {
        _http.Dispose();
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var inHand = new Dictionary<long, Task>();
        while (!stoppingToken.IsCancellationRequested)
        {
            var added = store.Events.Added;
            foreach (var id in inHand.Where(pair => pair.Value.IsCompleted).Select(pair => pair.Key).ToList()) inHand.Remove(id);
            var wait = s_look;
            try
            {
                foreach (var due in store.Events.Due(AtOnce - inHand.Count, inHand.Keys)) inHand[due.Id] = DeliverAsync(due, stoppingToken);
                wait = store.Events.UntilDue(s_look);
            }
            catch (SqliteException e)
            {
                log.LogError(e, "Undelivered events can't be read now");
            }
            await Task.WhenAny(added, Task.Delay(wait, stoppingToken));
        }
        await Task.WhenAll(inHand.Values);
    }

    async Task DeliverAsync(QueuedEvent queued, CancellationToken cancellationToken)
    {
        try
        {
            await TryDeliverAsync(queued, cancellationToken);
        }
        catch (SqliteException e)
        {
            // Such as a full disk. The event is still queued as it was, and comes again: at least once is what S3 promises.
            log.LogError(e, "Event {Id} can't be marked as delivered or postponed", queued.Id);
            await Task.Delay(s_longest, time, CancellationToken.None).WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    async Task TryDeliverAsync(QueuedEvent queued, CancellationToken cancellationToken)
    {
        string problem;
        try
        {
            using var content = new StringContent(queued.Body, Encoding.UTF8);
            content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
            using var request = new HttpRequestMessage(HttpMethod.Post, queued.Url) { Content = content };
            request.Headers.Add("X-Amzn-Trace-Id", queued.Trace);
            using var response = await _http.SendAsync(request, cancellationToken);
            if (response.IsSuccessStatusCode)
            {
                store.Events.Remove(queued);
                store.Events.Wake();
                return;
            }
            problem = $"HTTP {(int)response.StatusCode}";
        }
        catch (Exception e) when (e is HttpRequestException or TaskCanceledException)
        {
            if (cancellationToken.IsCancellationRequested) return;
            problem = e.Message;
        }
        var now = time.GetUtcNow();
        if (now - queued.Created > s_giveUp)
        {
            log.LogError("Event {Id} is given up after a day: {Url} says {Problem}", queued.Id, queued.Url, problem);
            store.Events.Remove(queued);
        }
        else
        {
            if (queued.Attempts == 0) log.LogWarning("Event {Id} waits: {Url} says {Problem}", queued.Id, queued.Url, problem);
            store.Events.Postpone(queued, now + BackOff(queued.Attempts));
        }
        store.Events.Wake();
    }
}
