using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using EtlTracing.LocalAws.Faults;
using EtlTracing.LocalAws.Otlp;
using EtlTracing.LocalAws.S3;
using EtlTracing.LocalAws.Signing;
using EtlTracing.LocalAws.StepFunctions;
using EtlTracing.LocalAws.Storage;
using EtlTracing.LocalAws.XRay;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Data.Sqlite;

namespace EtlTracing.LocalAws;

/// <summary>S3, Step Functions and X-Ray on one port, OTLP on two more. One instance is one account in one region.</summary>
public sealed class LocalCloud : IAsyncDisposable
{
    readonly WebApplication _app;
    readonly RequestsInFlight _requests;
    readonly FolderLock _folder;

    LocalCloud(WebApplication app, FolderLock folder)
    {
        _app = app;
        _requests = app.Services.GetRequiredService<RequestsInFlight>();
        _folder = folder;
    }

    /// <summary>The URL of S3, Step Functions and X-Ray, for <c>AWS_ENDPOINT_URL</c>.</summary>
    public Uri Endpoint => Address(0);
    public Uri OtlpGrpc => Address(1);
    public Uri OtlpHttp => Address(2);

    /// <summary>Objects, buckets and uploads, for use in the same process.</summary>
    public S3Store Objects => _app.Services.GetRequiredService<S3Store>();

    /// <summary>Segment documents, for use in the same process.</summary>
    public SegmentStore Segments => _app.Services.GetRequiredService<SegmentStore>();

    /// <summary>One line for a parent process: the word <c>ready</c> and the addresses as JSON.</summary>
    public string ReadyLine => "ready " + JsonSerializer.Serialize(new Dictionary<string, string>
    {
        ["endpoint"] = Endpoint.GetLeftPart(UriPartial.Authority),
        ["otlpGrpc"] = OtlpGrpc.GetLeftPart(UriPartial.Authority),
        ["otlpHttp"] = OtlpHttp.GetLeftPart(UriPartial.Authority),
    });

    /// <exception cref="CannotStartException">A port is taken, or the data folder is in use, unusable or of another version.</exception>
    public static async Task<LocalCloud> StartAsync(LocalCloudOptions options, CancellationToken cancellationToken = default)
    {
        var folder = FolderLock.Take(options.DataDirectory);
        WebApplication? app = null;
        try
        {
            app = Build(options);
            await app.StartAsync(cancellationToken);
            return new LocalCloud(app, folder);
        }
        catch (Exception e)
        {
            if (app is not null) await app.DisposeAsync();
            folder.Dispose();
            if (e is IOException { InnerException: AddressInUseException }) throw new CannotStartException(BusyPort(options), e);
            if (e is InvalidDataException) throw new CannotStartException(e.Message, e);
            if (e is SqliteException or UnauthorizedAccessException or IOException) throw new CannotStartException($"the data folder {options.DataDirectory} can't be used: {e.Message}", e);
            throw;
        }
    }

    /// <summary>Answers the requests that are under way, at most for some seconds, and takes no new ones.</summary>
    public Task StopAsync(CancellationToken cancellationToken = default) => _app.StopAsync(cancellationToken);

    public async ValueTask DisposeAsync()
    {
        // Disposal alone aborts requests and cancels services without waiting for them: they would go on writing into a folder that is no longer ours.
        await _app.StopAsync();
        await _requests.EndAsync();
        await _app.DisposeAsync();
        _folder.Dispose();
    }

    static WebApplication Build(LocalCloudOptions options)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.SetMinimumLevel(LogLevel.Warning);
        // Kestrel's own error carries the name of the port that is taken; the log need not say it once more.
        builder.Logging.AddFilter("Microsoft.Extensions.Hosting.Internal.Host", LogLevel.None);
        builder.WebHost.ConfigureKestrel(kestrel => Listen(kestrel, options));
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromSeconds(5));
        builder.Services.AddSingleton<IHostLifetime, OwnersLifetime>();
        builder.Services.AddSingleton(options);
        builder.Services.AddSingleton(options.Time);
        builder.Services.AddSingleton<FaultSet>();
        builder.Services.AddSingleton<RequestsInFlight>();
        builder.Services.AddS3();
        builder.Services.AddSingleton<XRayService>();
        builder.Services.AddSingleton<StepFunctionsService>();
        builder.Services.AddHostedService(services => services.GetRequiredService<StepFunctionsService>());
        builder.Services.AddOtlpReceiver();

        var app = builder.Build();
        var s3 = app.Services.GetRequiredService<S3Service>();
        var states = app.Services.GetRequiredService<StepFunctionsService>();
        var xray = app.Services.GetRequiredService<XRayService>();
        var admin = new AdminApi(app.Services.GetRequiredService<FaultSet>(), app.Services.GetRequiredService<DroppedSpans>(), app.Services.GetRequiredService<OtlpForwarder>());
        var signature = new SignatureCheck(options);
        var faults = new FaultInjection(app.Services.GetRequiredService<FaultSet>(), s3, app.Services.GetRequiredService<SegmentStore>(), options.Time);

        app.Use(app.Services.GetRequiredService<RequestsInFlight>().RunAsync);
        // The services' port is told apart from OTLP's by its listener: an object's key may look like any path.
        app.UseWhen(context => context.Features.Get<ServicesPort>() is not null, port => port.Run(async context =>
        {
            if (AdminApi.IsFor(context.Request)) await admin.HandleAsync(context);
            else await faults.RunAsync(context, () => ServiceName.Of(context.Request) switch
            {
                ServiceName.StepFunctions => signature.RunAsync(context, states.HandleAsync),
                ServiceName.XRay => signature.RunAsync(context, xray.HandleAsync),
                _ => s3.HandleAsync(context),
            });
        }));
        app.UseRouting();
        app.MapOtlpReceiver();
        return app;
    }

    static void Listen(KestrelServerOptions kestrel, LocalCloudOptions options)
    {
        kestrel.AddServerHeader = false;
        kestrel.Limits.MaxRequestBodySize = null;
        // A slow sender is a slow sender: S3 waits. The services' own limits on headers answer with their own errors.
        kestrel.Limits.MinRequestBodyDataRate = null;
        kestrel.Limits.MinResponseDataRate = null;
        kestrel.Limits.MaxRequestHeadersTotalSize = 256 * 1024;
        kestrel.Limits.MaxRequestHeaderCount = 1000;
        kestrel.Limits.MaxRequestLineSize = 64 * 1024;
        // S3 keeps and gives back metadata byte for byte.
        kestrel.RequestHeaderEncodingSelector = _ => Encoding.UTF8;
        kestrel.ResponseHeaderEncodingSelector = _ => Encoding.UTF8;
        var address = IPAddress.Parse(options.Host);
        kestrel.Listen(address, options.Port, listen =>
        {
            listen.Protocols = HttpProtocols.Http1;
            listen.Use(next => connection =>
            {
                connection.Features.Set(new ServicesPort());
                return next(connection);
            });
        });
        kestrel.Listen(address, options.OtlpGrpcPort, listen => listen.Protocols = HttpProtocols.Http2);
        kestrel.Listen(address, options.OtlpHttpPort, listen => listen.Protocols = HttpProtocols.Http1);
    }

    static string BusyPort(LocalCloudOptions options)
    {
        (string Option, int Port)[] ports = [("--port", options.Port), ("--otlp-grpc-port", options.OtlpGrpcPort), ("--otlp-http-port", options.OtlpHttpPort)];
        var (option, port) = ports.FirstOrDefault(port => port.Port != 0 && IsBusy(options.Host, port.Port), ports[0]);
        return $"port {port} on {options.Host} is taken by another process: free it, or choose another with {option} N (0 takes any free port)";
    }

    static bool IsBusy(string host, int port)
    {
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.Bind(new IPEndPoint(IPAddress.Parse(host), port));
            return false;
        }
        catch (SocketException)
        {
            return true;
        }
    }

    Uri Address(int index) => new(_app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.ElementAt(index));

    /// <summary>Marks connections to the port of S3, Step Functions and X-Ray.</summary>
    sealed class ServicesPort;

    /// <summary>Whoever made this instance decides when it ends; a process with several must not have each catch signals.</summary>
    sealed class OwnersLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;
        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
