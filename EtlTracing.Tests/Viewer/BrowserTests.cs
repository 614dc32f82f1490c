using Deque.AxeCore.Playwright;
using Microsoft.Playwright;

namespace EtlTracing.Tests.Viewer;

public sealed class BrowserTests(Browser browser) : IClassFixture<Browser>, IAsyncLifetime
{
    static readonly DateTimeOffset s_now = DateTimeOffset.UtcNow;

    ViewerUnderTest _viewer = null!;

    public async Task InitializeAsync()
    {
        _viewer = await ViewerUnderTest.StartAsync();
        for (var day = 1; day <= 8; day++)
            _viewer.Cloud.Put(FabricatedRuns.Good($"usual{day % 3 * 11 + day}", $"input/nyc/listings-{s_now.AddDays(-day):yyyy-MM-dd}.csv", s_now.AddDays(-day), 1 + day % 4 * 0.05));
        var slow = FabricatedRuns.Good("8f21c0", $"input/nyc/listings-{s_now:yyyy-MM-dd}.csv", s_now.AddMinutes(-9), slow: 2.1);
        slow.Edit("Rank Cost In Neighborhood", document => document["name"] = "Rank by Cost Per Night in Neighborhood_and_a_word_that_does_not_end_soon");
        _viewer.Cloud.Put(
            FabricatedRuns.Good("long", $"input/{string.Join('/', Enumerable.Repeat("a-partner-with-a-long-name", 6))}/listings_export_full_and_{new string('x', 90)}.csv", s_now.AddMinutes(-11)),
            slow,
            FabricatedRuns.Failed("71be44", $"input/nyc/listings-{s_now:yyyy-MM-dd}b.csv", s_now.AddMinutes(-7)),
            FabricatedRuns.Retried("5d09aa", "input/lisbon/listings.csv", s_now.AddMinutes(-5)),
            FabricatedRuns.Running("c0ffee", "input/oslo/listings.csv", s_now.AddSeconds(-4)));
        _viewer.Cloud.Put($"rejected/nyc/listings-{s_now:yyyy-MM-dd}.csv.csv", Fabricated.Rejects());
        _viewer.Cloud.Put("processed/nyc/listings.csv.parquet", await Fabricated.ParquetAsync(), new() { ["etl-run"] = "8f21c0", ["etl-input-key"] = "input/nyc/listings.csv" });
    }

    public async Task DisposeAsync() => await _viewer.DisposeAsync();

    static readonly (string Name, string Path)[] s_pages =
    [
        ("runs", "/runs"), ("run-good", "/runs/8f21c0"), ("run-failed", "/runs/71be44"), ("run-retried", "/runs/5d09aa"), ("run-running", "/runs/c0ffee"), ("run-long", "/runs/long"), ("compare-long", "/compare?a=long&b=8f21c0"),
        ("compare", "/compare?a=8f21c0&b=median"), ("data", "/data?key=processed/nyc/listings.csv.parquet"), ("data-list", "/data"), ("unknown", "/runs/none"),
        ("no-match", "/runs?q=nowhere"),
    ];

    [BrowserFact]
    public async Task EveryPageFitsEveryScreenInLightAndDarkWithoutComplaints()
    {
        foreach (var (name, path) in s_pages)
            foreach (var width in new[] { 1440, 390 })
                foreach (var scheme in new[] { ColorScheme.Light, ColorScheme.Dark })
                {
                    var page = await browser.OpenAsync(_viewer.Url + path, width, scheme: scheme);
                    await Browser.PictureAsync(page, $"{name}-{width}-{scheme}".ToLowerInvariant());
                    var overflow = await page.EvaluateAsync<int>("document.documentElement.scrollWidth - document.documentElement.clientWidth");
                    Assert.True(overflow <= 0, $"{name} at {width} px is {overflow} px too wide");
                    Assert.DoesNotContain(browser.Complaints[page], words => !words.Contains("404", StringComparison.Ordinal));
                    await page.Context.CloseAsync();
                }
    }

    [BrowserFact]
    public async Task NoPageHasSeriousAccessibilityFindings()
    {
        var findings = new SortedSet<string>();
        foreach (var (name, path) in s_pages)
            // The dark colours are the same tokens everywhere: two pages have them all.
            foreach (var scheme in name is "runs" or "run-failed" ? new[] { ColorScheme.Light, ColorScheme.Dark } : [ColorScheme.Light])
            {
                var page = await browser.OpenAsync(_viewer.Url + path, scheme: scheme);
                if (Browser.Pictures is not null) await File.AppendAllTextAsync(Path.Combine(Browser.Pictures, "axe.txt"), $"{DateTime.UtcNow:HH:mm:ss} {name} {scheme}\n");
                foreach (var finding in (await page.RunAxe().WaitAsync(TimeSpan.FromSeconds(90))).Violations.Where(finding => finding.Impact is "serious" or "critical"))
                    foreach (var node in finding.Nodes.Take(3))
                        findings.Add($"{name} {scheme}: {finding.Id}: {node.Html} {string.Join("; ", node.Any.Concat(node.All).Select(check => check.Message))}");
                await page.Context.CloseAsync();
            }
        Assert.True(findings.Count == 0, string.Join('\n', findings));
    }

    [BrowserFact]
    public async Task AnEmptyListAndFiveHundredRunsAreShown()
    {
        await using var empty = await ViewerUnderTest.StartAsync();
        var page = await browser.OpenAsync(empty.Url + "/runs");
        await Browser.PictureAsync(page, "runs-empty-1440-light");
        Assert.Equal("No runs yet", await page.Locator("h2").InnerTextAsync());

        empty.Cloud.Put(Enumerable.Range(0, 500).Select(i => FabricatedRuns.Good($"run{i:000}", $"input/f{i % 20}/listings.csv", s_now.AddMinutes(-i))));
        await page.GotoAsync(empty.Url + "/runs?size=500");
        await Assertions.Expect(page.Locator("tr[data-run]")).ToHaveCountAsync(500, new() { Timeout = 60_000 });
        await Browser.PictureAsync(page, "runs-500-1440-light");
        await page.Context.CloseAsync();
    }

    [BrowserFact]
    public async Task TheTreeIsWalkedByKeyboard()
    {
        var page = await browser.OpenAsync(_viewer.Url + "/runs/8f21c0?span=etl-trigger");
        var focused = page.Locator("tr[data-key]:focus");
        await page.Locator("tr[data-key='etl-trigger']").FocusAsync();

        await page.Keyboard.PressAsync("ArrowRight");
        Assert.Equal("StartExecution", await focused.GetAttributeAsync("data-name"));
        await page.Keyboard.PressAsync("j");
        Assert.Equal("etl-workflow", await focused.GetAttributeAsync("data-name"));
        await page.Keyboard.PressAsync("ArrowLeft");
        Assert.Equal("false", await focused.GetAttributeAsync("aria-expanded"));
        await page.Keyboard.PressAsync("ArrowLeft");
        Assert.Equal("StartExecution", await focused.GetAttributeAsync("data-name"));
        await page.Keyboard.PressAsync("End");
        await page.Keyboard.PressAsync("ArrowRight");
        await page.Keyboard.PressAsync("End");
        Assert.Equal("Write Data", await focused.GetAttributeAsync("data-name"));
        await page.Keyboard.PressAsync("Enter");
        await Assertions.Expect(page.Locator("#panel h3")).ToHaveTextAsync("Write Data");
        Assert.EndsWith("?span=etl-process-job.write-data", page.Url, StringComparison.Ordinal);
        await page.Keyboard.PressAsync("Escape");
        await Assertions.Expect(page.Locator("#panel")).ToBeHiddenAsync();
        Assert.Equal("Write Data", await focused.GetAttributeAsync("data-name"));
        await page.Context.CloseAsync();
    }

    [BrowserFact]
    public async Task ClickingASpanOpensItsDetailAndSlashFindsTheSearch()
    {
        var page = await browser.OpenAsync(_viewer.Url + "/runs/8f21c0");
        await page.Locator("tr[data-name='Remove Duplicates'] a").ClickAsync();
        await Assertions.Expect(page.Locator("#panel h3")).ToHaveTextAsync("Remove Duplicates");
        await page.GotoAsync(_viewer.Url + "/runs");
        await page.Keyboard.PressAsync("/");
        Assert.Equal("q", await page.EvaluateAsync<string>("document.activeElement.name"));
        await page.Keyboard.TypeAsync("lisbon");
        await page.Keyboard.PressAsync("Enter");
        await Assertions.Expect(page.Locator("tr[data-run]")).ToHaveCountAsync(1);
        await page.Context.CloseAsync();
    }

    [BrowserFact]
    public async Task TheListFollowsRunsAsTheyComeAndEnd()
    {
        var page = await browser.OpenAsync(_viewer.Url + "/runs");
        await page.Locator("body[data-listening]").WaitForAsync();

        _viewer.Cloud.Put(FabricatedRuns.Running("fresh", "input/nyc/fresh.csv", DateTimeOffset.UtcNow, rows: 10));
        await Assertions.Expect(page.Locator("tr[data-run=fresh] .st")).ToHaveTextAsync("Running", new() { Timeout = 20_000 });
        _viewer.Cloud.Put(FabricatedRuns.Good("fresh", "input/nyc/fresh.csv", DateTimeOffset.UtcNow));
        await Assertions.Expect(page.Locator("tr[data-run=fresh] .st")).ToHaveTextAsync("OK", new() { Timeout = 20_000 });
        await Assertions.Expect(page.Locator("#say")).ToContainTextAsync("fresh.csv");
        await page.Context.CloseAsync();
    }

    [BrowserFact]
    public async Task ARunningRunsPageFollowsItAndKeepsWhatWasChosen()
    {
        var page = await browser.OpenAsync(_viewer.Url + "/runs/c0ffee");
        await page.Locator("body[data-listening]").WaitForAsync();
        await page.Locator("tr[data-key='etl-clean-job'] a").ClickAsync();
        await Assertions.Expect(page.Locator("h1")).ToContainTextAsync("51,200 rows so far");

        _viewer.Cloud.Put(FabricatedRuns.Running("c0ffee", "input/oslo/listings.csv", s_now.AddSeconds(-4), rows: 77_777));
        await Assertions.Expect(page.Locator("h1")).ToContainTextAsync("77,777 rows so far", new() { Timeout = 20_000 });
        _viewer.Cloud.Put(FabricatedRuns.Good("c0ffee", "input/oslo/listings.csv", s_now.AddSeconds(-4)));

        await Assertions.Expect(page.Locator("h1")).ToContainTextAsync("Clean took", new() { Timeout = 20_000 });
        await Assertions.Expect(page.Locator("#panel h3")).ToHaveTextAsync("etl-clean-job");
        Assert.Equal("true", await page.Locator("tr[data-key='etl-clean-job']").GetAttributeAsync("aria-selected"));
        await page.Context.CloseAsync();
    }

    [BrowserFact]
    public async Task WhenARunEndsItsPageSaysSoAndOffersWhatIsPossibleThen()
    {
        await using var viewer = await ViewerUnderTest.StartAsync("--allow-actions");
        viewer.Cloud.Put(FabricatedRuns.Running("c0ffee", "input/oslo/listings.csv", s_now));
        var page = await browser.OpenAsync(viewer.Url + "/runs/c0ffee");
        await page.Locator("body[data-listening]").WaitForAsync();
        await Assertions.Expect(page.GetByRole(AriaRole.Button, new() { Name = "Stop" })).ToBeVisibleAsync();
        await Assertions.Expect(page.GetByRole(AriaRole.Button, new() { Name = "Pause" })).ToBeVisibleAsync();

        viewer.Cloud.Put(FabricatedRuns.Failed("c0ffee", "input/oslo/listings.csv", s_now));

        await Assertions.Expect(page.Locator("#say")).ToContainTextAsync("Failed in Clean: column 'price' is missing", new() { Timeout = 20_000 });
        await Assertions.Expect(page.GetByRole(AriaRole.Button, new() { Name = "Stop" })).ToBeHiddenAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Redrive from the failed state" }).ClickAsync();
        await page.WaitForURLAsync("**/runs/c0ffee");
        Assert.Contains("RedriveExecution", viewer.Cloud.Calls);
        await page.Context.CloseAsync();
    }

    [BrowserFact]
    public async Task PagesWorkWithoutScript()
    {
        var page = await browser.OpenAsync(_viewer.Url + "/runs", script: false);
        await page.Locator("tr[data-run='8f21c0'] a").ClickAsync();
        await page.Locator("tr[data-name='Remove Duplicates'] a").ClickAsync();
        Assert.Equal("Remove Duplicates", await page.Locator("#panel h3").InnerTextAsync());
        await page.Locator("text=Expand all").ClickAsync();
        Assert.True(await page.Locator("tr[data-name=PutObject]").First.IsVisibleAsync());
        await page.Context.CloseAsync();
    }

    [BrowserFact]
    public async Task TheThemeIsRemembered()
    {
        var page = await browser.OpenAsync(_viewer.Url + "/runs");
        await page.Locator("#theme").ClickAsync();
        await page.GotoAsync(_viewer.Url + "/runs/8f21c0");
        Assert.Equal("dark", await page.EvaluateAsync<string>("document.documentElement.dataset.theme"));
        await page.Context.CloseAsync();
    }
}
