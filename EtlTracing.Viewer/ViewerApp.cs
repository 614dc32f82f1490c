using EtlTracing.ServiceDefaults;
using EtlTracing.Traces;
using EtlTracing.Viewer.Data;
using EtlTracing.Viewer.Live;
using EtlTracing.Viewer.Pages;
using Microsoft.AspNetCore.DataProtection;

namespace EtlTracing.Viewer;

public static class ViewerApp
{
    const string DefaultUrl = "http://127.0.0.1:4580";

    public static WebApplication Create(string[] args, AwsClients? clients = null)
    {
        var builder = WebApplication.CreateSlimBuilder(ViewerOptions.WithoutSwitches(args));
        if (builder.Configuration["urls"] is null) builder.WebHost.UseUrls(DefaultUrl);
        builder.AddServiceDefaults();
        // A line for each request would bury what matters.
        builder.Logging.AddFilter("Microsoft.AspNetCore", LogLevel.Warning);
        // It warns that it forbids caching, which every page here does already.
        builder.Logging.AddFilter("Microsoft.AspNetCore.Antiforgery", LogLevel.Error);
        var options = ViewerOptions.Read(builder.Configuration, args);
        builder.Services.AddSingleton(options);
        builder.Services.AddSingleton(TimeProvider.System);
        clients ??= AwsClients.FromEnvironment(builder.Configuration);
        builder.Services.AddSingleton(clients.Objects).AddSingleton(clients.Workflows);
        builder.Services.AddSingleton(new RunReader(clients.Workflows, clients.Traces, options.StateMachineArn, TimeProvider.System));
        builder.Services.AddSingleton<RunCatalog>();
        builder.Services.AddSingleton<ObjectReader>();
        builder.Services.AddSingleton<RunPages>();
        builder.Services.AddSingleton<RunWatch>();
        builder.Services.AddHostedService(services => services.GetRequiredService<RunWatch>());
        builder.Services.AddRazorComponents();
        // Tokens of forms live as long as the process: nothing is written to disk.
        builder.Services.AddDataProtection().UseEphemeralDataProtectionProvider();
        builder.Services.AddAntiforgery(antiforgery => antiforgery.Cookie.SameSite = SameSiteMode.Strict);

        var app = builder.Build();
        app.UseMiddleware<PageSecurity>();
        app.UseAntiforgery();
        app.MapHealth();
        app.MapPageFiles();
        app.MapRunPages();
        app.MapComparePage();
        app.MapDataPage();
        app.MapLive();
        if (options.AllowActions) app.MapActions();
        app.MapFallback(() => PageResult.Words(404, "There is no such page", "The address is wrong, or the page has moved. The list of runs leads to every page."));
        return app;
    }
}
