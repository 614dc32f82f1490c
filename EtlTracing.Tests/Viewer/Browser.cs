using Microsoft.Playwright;

namespace EtlTracing.Tests.Viewer;

/// <summary>A test in a real Chromium of the machine: skipped, with the reason, where there is none.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class BrowserFactAttribute : FactAttribute
{
    public BrowserFactAttribute()
    {
        if (!File.Exists(Browser.Executable)) Skip = $"needs Chromium at {Browser.Executable}, which is not there";
    }
}

/// <summary>One Chromium for all browser tests; each test has a context of its own.</summary>
public sealed class Browser : IAsyncLifetime
{
    public const string Executable = "/usr/bin/chromium";

    /// <summary>No sandbox: it needs rights that containers do not give. No background traffic: there may be no network.</summary>
    static readonly string[] s_flags =
    [
        "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync",
    ];

    IPlaywright? _playwright;
    IBrowser? _browser;

    /// <summary>Where pictures of the pages go, to be looked at; none are taken where it is not set.</summary>
    public static string? Pictures { get; } = Environment.GetEnvironmentVariable("ETL_TEST_PICTURES");

    public async Task InitializeAsync()
    {
        if (!File.Exists(Executable)) return;
        _playwright = await Playwright.CreateAsync();
        _browser = await _playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions { ExecutablePath = Executable, Args = s_flags, Headless = true });
    }

    public async Task DisposeAsync()
    {
        if (_browser is not null) await _browser.CloseAsync();
        _playwright?.Dispose();
    }

    /// <summary>A page that fails the test when its script or its security policy complains.</summary>
    public async Task<IPage> OpenAsync(string address, int width = 1440, int height = 900, ColorScheme scheme = ColorScheme.Light, bool script = true)
    {
        var context = await _browser!.NewContextAsync(new BrowserNewContextOptions
        {
            ViewportSize = new ViewportSize { Width = width, Height = height },
            ColorScheme = scheme,
            JavaScriptEnabled = script,
            ReducedMotion = ReducedMotion.Reduce,
        });
        var page = await context.NewPageAsync();
        Complaints[page] = [];
        page.PageError += (_, error) => Complaints[page].Add(error);
        page.Console += (_, message) =>
        {
            if (message.Type is "error" or "warning") Complaints[page].Add(message.Text);
        };
        await page.GotoAsync(address);
        return page;
    }

    public System.Collections.Concurrent.ConcurrentDictionary<IPage, List<string>> Complaints { get; } = new();

    public static async Task PictureAsync(IPage page, string name)
    {
        if (Pictures is null) return;
        await page.ScreenshotAsync(new PageScreenshotOptions { Path = Path.Combine(Pictures, name + ".png"), FullPage = true });
    }
}
