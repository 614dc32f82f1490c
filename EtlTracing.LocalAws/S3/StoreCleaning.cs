using Microsoft.Data.Sqlite;

namespace EtlTracing.LocalAws.S3;

/// <summary>Keeps the disk clean, beside the service's work: leftovers of a killed process once, forgotten uploads each hour.</summary>
sealed class StoreCleaning(S3Store store, LocalCloudOptions options, ILogger<StoreCleaning> log) : BackgroundService
{
    static readonly TimeSpan s_interval = TimeSpan.FromHours(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await Task.Run(() => Try(() => store.SweepFiles(stoppingToken)), stoppingToken);
        while (!stoppingToken.IsCancellationRequested)
        {
            Try(() => store.AbortUploadsBefore(options.Time.GetUtcNow() - options.UploadRetention));
            await Task.Delay(s_interval, options.Time, stoppingToken);
        }
    }

    /// <summary>A disk that is full or fails now must not end the service; there is a next time.</summary>
    void Try(Action clean)
    {
        try
        {
            clean();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or SqliteException)
        {
            log.LogError(e, "Cleaning the store failed");
        }
    }
}
