using System.Collections.Concurrent;
using System.Net;
using Amazon.Runtime;
using Amazon.S3;
using Amazon.StepFunctions;
using Amazon.XRay;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace EtlTracing.Tests.Support;

/// <summary>A request as it came over the wire.</summary>
public sealed record SeenRequest(string Method, string Path, IHeaderDictionary Headers, byte[] Bytes)
{
    public string Body => System.Text.Encoding.UTF8.GetString(Bytes);

    /// <summary>The operation of AWS JSON 1.0, without its service.</summary>
    public string Operation => Headers["X-Amz-Target"].ToString().Split('.')[^1];
}

/// <summary>An HTTP server that answers as the test says and keeps what it was asked.</summary>
public sealed class ScriptedServer : IAsyncDisposable
{
    readonly WebApplication _app;
    readonly ConcurrentQueue<SeenRequest> _requests = new();

    ScriptedServer(WebApplication app) => _app = app;

    public IReadOnlyList<SeenRequest> Requests => [.. _requests];

    public string Url => _app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();

    static AWSCredentials Credentials => new BasicAWSCredentials("test", "test");

    public AmazonStepFunctionsClient StepFunctions(int retries = 0) =>
        new(Credentials, new AmazonStepFunctionsConfig { ServiceURL = Url, AuthenticationRegion = "us-east-2", MaxErrorRetry = retries });

    public AmazonXRayClient XRay() => new(Credentials, new AmazonXRayConfig { ServiceURL = Url, AuthenticationRegion = "us-east-2", MaxErrorRetry = 0 });

    public AmazonS3Client S3() => S3(new Uri(Url));

    public static AmazonS3Client S3(Uri endpoint) =>
        new(Credentials, new AmazonS3Config { ServiceURL = endpoint.AbsoluteUri, AuthenticationRegion = "us-east-2", ForcePathStyle = true });

    public static async Task<ScriptedServer> StartAsync(Func<SeenRequest, HttpContext, Task> answer)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        var app = builder.Build();
        var server = new ScriptedServer(app);
        app.Run(async http =>
        {
            using var body = new MemoryStream();
            await http.Request.Body.CopyToAsync(body);
            var request = new SeenRequest(http.Request.Method, http.Request.Path + http.Request.QueryString, new HeaderDictionary(http.Request.Headers.ToDictionary()), body.ToArray());
            server._requests.Enqueue(request);
            await answer(request, http);
        });
        await app.StartAsync();
        return server;
    }

    /// <summary>Answers with this JSON, or with the one that goes with an error's status.</summary>
    public static Task<ScriptedServer> StartAsync(Func<SeenRequest, (int Status, string Json)> answer) => StartAsync(async (request, http) =>
    {
        var (status, json) = answer(request);
        http.Response.StatusCode = status;
        http.Response.Headers["x-amzn-RequestId"] = "request-1";
        await http.Response.WriteAsync(json);
    });

    public async ValueTask DisposeAsync() => await _app.DisposeAsync();
}
