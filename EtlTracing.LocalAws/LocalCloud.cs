using System.Text.Json;
using EtlTracing.LocalAws.Otlp;
using EtlTracing.LocalAws.S3;
using EtlTracing.LocalAws.StepFunctions;
using EtlTracing.LocalAws.XRay;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace EtlTracing.LocalAws;

/// <summary>S3, Step Functions and X-Ray on one port, OTLP on two more. One instance is one account in one region.</summary>
public sealed class LocalCloud : IAsyncDisposable
{
    readonly WebApplication _app;

    LocalCloud(WebApplication app) => _app = app;

    /// <summary>The URL of S3, Step Functions and X-Ray, for <c>AWS_ENDPOINT_URL</c>.</summary>
    public Uri Endpoint => Address(0);
    public Uri OtlpGrpc => Address(1);
    public Uri OtlpHttp => Address(2);

    /// <summary>One line for a parent process: the word <c>ready</c> and the addresses as JSON.</summary>
    public string ReadyLine => "ready " + JsonSerializer.Serialize(new Dictionary<string, string>
    {
        ["endpoint"] = Endpoint.GetLeftPart(UriPartial.Authority),
        ["otlpGrpc"] = OtlpGrpc.GetLeftPart(UriPartial.Authority),
        ["otlpHttp"] = OtlpHttp.GetLeftPart(UriPartial.Authority),
    });

    public static async Task<LocalCloud> StartAsync(LocalCloudOptions options, CancellationToken cancellationToken = default)
    {
        Directory.CreateDirectory(options.DataDirectory);
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.SetMinimumLevel(LogLevel.Warning);
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = null;
            var address = System.Net.IPAddress.Parse(options.Host);
            kestrel.Listen(address, options.Port, listen => listen.Protocols = HttpProtocols.Http1);
            kestrel.Listen(address, options.OtlpGrpcPort, listen => listen.Protocols = HttpProtocols.Http2);
            kestrel.Listen(address, options.OtlpHttpPort, listen => listen.Protocols = HttpProtocols.Http1);
        });
        builder.Services.AddSingleton(options);
        builder.Services.AddSingleton<S3Service>();
        builder.Services.AddSingleton<XRayService>();
        builder.Services.AddSingleton<StepFunctionsService>();
        builder.Services.AddHostedService(services => services.GetRequiredService<StepFunctionsService>());
        builder.Services.AddOtlpReceiver();
        var app = builder.Build();
        app.MapOtlpReceiver();
        var s3 = app.Services.GetRequiredService<S3Service>();
        var states = app.Services.GetRequiredService<StepFunctionsService>();
        var xray = app.Services.GetRequiredService<XRayService>();
        app.MapFallback("{**path}", context => ServiceName.Of(context.Request) switch
        {
            ServiceName.StepFunctions => states.HandleAsync(context),
            ServiceName.XRay => xray.HandleAsync(context),
            _ => s3.HandleAsync(context),
        });
        await app.StartAsync(cancellationToken);
        return new LocalCloud(app);
    }

    public Task WaitForShutdownAsync(CancellationToken cancellationToken = default) => _app.WaitForShutdownAsync(cancellationToken);

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    Uri Address(int index) => new(_app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.ElementAt(index));
}
