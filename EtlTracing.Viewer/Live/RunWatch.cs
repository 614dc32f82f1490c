using System.Collections.Concurrent;
using System.Threading.Channels;
using EtlTracing.Traces;

namespace EtlTracing.Viewer.Live;

/// <summary>
/// One poller for every open page: it asks AWS once a second while somebody watches, and not at all otherwise.
/// Pages hear the ids of the runs that changed and ask for what they show.
/// </summary>
public sealed class RunWatch(RunCatalog catalog, TimeProvider time) : BackgroundService
{
    public const int MaxWatchers = 64;

    /// <summary>Ids that a slow page has not taken yet; older ones give way, since the page asks for its whole state anyway.</summary>
    const int MaxWaiting = 256;
    static readonly TimeSpan s_interval = TimeSpan.FromSeconds(1);

    readonly ConcurrentDictionary<Channel<string>, byte> _watchers = new();
    readonly SemaphoreSlim _somebody = new(0);

    /// <summary>Null when too many watch already.</summary>
    public ChannelReader<string>? Join(out IDisposable leave)
    {
        var channel = Channel.CreateBounded<string>(new BoundedChannelOptions(MaxWaiting) { FullMode = BoundedChannelFullMode.DropOldest });
        leave = new Leave(this, channel);
        if (_watchers.Count >= MaxWatchers) return null;
        _watchers[channel] = 0;
        _somebody.Release();
        return channel.Reader;
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(s_interval, time);
        var seen = catalog.Entries;
        while (!stoppingToken.IsCancellationRequested)
        {
            if (_watchers.IsEmpty) await _somebody.WaitAsync(stoppingToken);
            await catalog.RefreshAsync(stoppingToken);
            var now = catalog.Entries;
            var changed = RunCatalog.Changes(seen, now).ToList();
            seen = now;
            foreach (var id in changed)
                foreach (var watcher in _watchers.Keys) watcher.Writer.TryWrite(id);
            await timer.WaitForNextTickAsync(stoppingToken);
        }
    }

    public override void Dispose()
    {
        _somebody.Dispose();
        base.Dispose();
    }

    sealed class Leave(RunWatch watch, Channel<string> channel) : IDisposable
    {
        public void Dispose() => watch._watchers.TryRemove(channel, out _);
    }
}
