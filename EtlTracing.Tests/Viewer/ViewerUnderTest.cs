using EtlTracing.Viewer;
using Microsoft.AspNetCore.Builder;

namespace EtlTracing.Tests.Viewer;

/// <summary>A viewer on a free port in front of a cloud of fabricated runs.</summary>
public sealed class ViewerUnderTest : IAsyncDisposable
{
    readonly WebApplication _app;

    ViewerUnderTest(WebApplication app, FakeCloud cloud)
    {
        _app = app;
        Cloud = cloud;
        Http = new HttpClient(new HttpClientHandler { AllowAutoRedirect = false }) { BaseAddress = new Uri(Url) };
    }

    public FakeCloud Cloud { get; }
    public HttpClient Http { get; }
    public string Url => _app.Urls.First();

    public static async Task<ViewerUnderTest> StartAsync(params string[] args)
    {
        var cloud = await FakeCloud.StartAsync();
        var app = ViewerApp.Create(
            [.. args, "--urls=http://127.0.0.1:0", $"--{EtlEnvironment.StateMachineArn}={FabricatedRun.StateMachineArn}", "--Logging:LogLevel:Default=Warning"], cloud.Clients());
        await app.StartAsync();
        return new ViewerUnderTest(app, cloud);
    }

    public async Task<string> PageAsync(string path, int status = 200)
    {
        using var response = await Http.GetAsync(path);
        var page = await response.Content.ReadAsStringAsync();
        Assert.True((int)response.StatusCode == status, $"{path} answered {(int)response.StatusCode}: {page}");
        return page;
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await _app.StopAsync();
        await _app.DisposeAsync();
        await Cloud.DisposeAsync();
    }
}
