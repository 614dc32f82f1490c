using EtlTracing.LocalAws.S3.Notifications;

namespace EtlTracing.LocalAws.S3;

static class S3ServiceCollectionExtensions
{
    public static IServiceCollection AddS3(this IServiceCollection services) => services
        .AddSingleton<S3Store>()
        .AddSingleton(provider =>
        {
            var store = provider.GetRequiredService<S3Store>();
            var options = provider.GetRequiredService<LocalCloudOptions>();
            var routes = new S3Routes(new BucketOperations(store, options), new BucketSettings(store, options.Time), new ListOperations(store), new ReadOperations(store, options.Time),
                new WriteOperations(store), new CopyOperations(store, options.Time), new DeleteOperations(store), new MultipartOperations(store));
            return new S3Service(routes, new CorsRules(store), new S3Signature(options), provider.GetRequiredService<ILogger<S3Service>>());
        })
        .AddHostedService<EventDelivery>()
        .AddHostedService<StoreCleaning>();
}
