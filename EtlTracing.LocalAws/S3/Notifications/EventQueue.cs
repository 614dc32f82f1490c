using EtlTracing.LocalAws.Storage;
using Microsoft.Data.Sqlite;

namespace EtlTracing.LocalAws.S3.Notifications;

/// <summary>An event on its way: where to, the JSON, and the trace header that each delivery of it carries.</summary>
public sealed record QueuedEvent(string Url, string Body, string Trace)
{
    public long Id { get; init; }
    public int Attempts { get; init; }
    public DateTimeOffset Created { get; init; }
}

/// <summary>Undelivered events, kept in the store's own database so that an object and its event become durable together.</summary>
sealed class EventQueue(Database database, TimeProvider time)
{
    TaskCompletionSource _added = NewSignal();

    /// <summary>Queues what <paramref name="bucket"/>'s configuration wants to hear about, inside the caller's transaction.</summary>
    public void Add(SqliteConnection connection, StoredBucket bucket, StoredObject stored, string eventName, EventCause cause, LocalCloudOptions options)
    {
        if (bucket.Notifications is null) return;
        var now = time.GetUtcNow();
        foreach (var target in NotificationConfiguration.Parse(bucket.Notifications).Targets)
            if (target.Wants(eventName, stored.Key))
                Add(connection, new QueuedEvent(target.Url, EventMessage.Of(stored, eventName, target.Id, now, cause, options), EventMessage.NewTrace(now)));
    }

    public void Add(SqliteConnection connection, QueuedEvent queued)
    {
        var now = time.GetUtcNow().ToUnixTimeMilliseconds();
        connection.Execute("INSERT INTO events(url, body, trace, created, attempts, due) VALUES(?1,?2,?3,?4,0,?4)", queued.Url, queued.Body, queued.Trace, now);
    }

    /// <summary>Up to <paramref name="count"/> events whose time has come, the oldest first, except those already in hand.</summary>
    public IReadOnlyList<QueuedEvent> Due(int count, IReadOnlyCollection<long> inHand)
    {
        using var connection = database.Open();
        return [.. connection.Query("SELECT id, url, body, trace, created, attempts FROM events WHERE due<=?1 ORDER BY due, id LIMIT ?2",
            reader => new QueuedEvent(reader.GetString(1), reader.GetString(2), reader.GetString(3))
            {
                Id = reader.GetInt64(0),
                Created = DateTimeOffset.FromUnixTimeMilliseconds(reader.GetInt64(4)),
                Attempts = reader.GetInt32(5),
            }, time.GetUtcNow().ToUnixTimeMilliseconds(), count + inHand.Count).Where(queued => !inHand.Contains(queued.Id)).Take(count)];
    }

    /// <summary>How long until the next event's time comes; at most <paramref name="atMost"/>.</summary>
    public TimeSpan UntilDue(TimeSpan atMost)
    {
        using var connection = database.Open();
        if (connection.Scalar("SELECT min(due) FROM events") is not long due) return atMost;
        var wait = DateTimeOffset.FromUnixTimeMilliseconds(due) - time.GetUtcNow();
        // Events in hand are due as well: look again soon, not at once.
        return TimeSpan.FromTicks(Math.Clamp(wait.Ticks, TimeSpan.FromMilliseconds(50).Ticks, atMost.Ticks));
    }

    /// <summary>How many events wait for delivery.</summary>
    public long Count()
    {
        using var connection = database.Open();
        return (long)connection.Scalar("SELECT count(*) FROM events")!;
    }

    public void Remove(QueuedEvent queued) => database.Write(connection => { connection.Execute("DELETE FROM events WHERE id=?1", queued.Id); });

    public void Postpone(QueuedEvent queued, DateTimeOffset due) => database.Write(connection =>
    {
        connection.Execute("UPDATE events SET attempts=attempts+1, due=?2 WHERE id=?1", queued.Id, due.ToUnixTimeMilliseconds());
    });

    /// <summary>Ends when events have been added. Take it before looking, so that none is missed.</summary>
    public Task Added => Volatile.Read(ref _added).Task;

    public void Wake() => Interlocked.Exchange(ref _added, NewSignal()).TrySetResult();

    static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
