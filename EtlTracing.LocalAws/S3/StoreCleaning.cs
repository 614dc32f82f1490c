namespace EtlTracing.LocalAws.S3;

/// <summary>Keeps the disk clean, beside the service's work: leftovers of a killed process once, forgotten uploads each hour.</summary>
sealed class StoreCleaning(S3Store store, LocalCloudOptions options) : BackgroundService
{
    static readonly TimeSpan s_interval = TimeSpan.FromHours(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await Task.Run(() => store.SweepFiles(stoppingToken), stoppingToken);
        while (!stoppingToken.IsCancellationRequested)
        {
            store.AbortUploadsBefore(options.Time.GetUtcNow() - options.UploadRetention);
            await Task.Delay(s_interval, options.Time, stoppingToken);
        }
    }
}
