using System.Net;
using System.Text.RegularExpressions;

namespace EtlTracing.Tests.Viewer;

public sealed partial class PageTests : IAsyncLifetime
{
    const string Hostile = "input/<script>alert(1)</script>&\"'/x.csv";

    static readonly DateTimeOffset s_start = DateTimeOffset.UtcNow.AddHours(-1);

    ViewerUnderTest _viewer = null!;

    FakeCloud Cloud => _viewer.Cloud;

    public async Task InitializeAsync() => _viewer = await ViewerUnderTest.StartAsync();
    public async Task DisposeAsync() => await _viewer.DisposeAsync();

    [Fact]
    public async Task WithoutRunsThePageSaysHowToMakeOne() =>
        Assert.Contains("aws s3 cp listings.csv s3://etl/input/nyc/listings.csv", await _viewer.PageAsync("/runs"), StringComparison.Ordinal);

    [Fact]
    public async Task RunsAreListedNewestFirstWithWhatStandsOut()
    {
        Cloud.Put(FabricatedRuns.Good("r1", "input/nyc/a.csv", s_start), FabricatedRuns.Failed("r2", "input/nyc/b.csv", s_start.AddMinutes(1)));
        Cloud.Put(FabricatedRuns.Running("r3", "input/nyc/c.csv", DateTimeOffset.UtcNow.AddSeconds(-3)), FabricatedRuns.Retried("r4", "input/nyc/d.csv", s_start.AddMinutes(2)));

        var page = Text(await _viewer.PageAsync("/runs"));

        Assert.Equal(["r3", "r4", "r2", "r1"], RunIds().Matches(await _viewer.PageAsync("/runs")).Select(match => match.Groups[1].Value));
        Assert.Contains("Failed in Clean: column 'price' is missing", page, StringComparison.Ordinal);
        Assert.Contains("Clean lost its worker once and passed on attempt 2", page, StringComparison.Ordinal);
        Assert.Contains("Clean, Remove Duplicates", page, StringComparison.Ordinal);
        Assert.Contains("102,606 → 94,323", page, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/runs?status=failed", "bad")]
    [InlineData("/runs?q=lisbon", "lis")]
    [InlineData("/runs?status=ok&q=nyc", "nyc")]
    [InlineData("/runs?sort=duration&size=1", "bad2")]
    public async Task TheListIsFilteredSearchedAndSorted(string address, string only)
    {
        Cloud.Put(FabricatedRuns.Good("nyc", "input/nyc/a.csv", s_start), FabricatedRuns.Good("lis", "input/lisbon/a.csv", s_start.AddMinutes(1)));
        Cloud.Put(FabricatedRuns.Failed("bad", "input/oslo/a.csv", s_start.AddMinutes(2)));
        if (only == "bad2") Cloud.Put(FabricatedRuns.Retried("bad2", "input/oslo/b.csv", s_start.AddMinutes(-9)));

        Assert.Equal([only], RunIds().Matches(await _viewer.PageAsync(address)).Select(match => match.Groups[1].Value));
    }

    [Fact]
    public async Task ARunsPageHoldsItsWholeStory()
    {
        Cloud.Put(FabricatedRuns.Good("8f21c0", "input/nyc/listings.csv", s_start));
        Cloud.Put("rejected/nyc/listings.csv.csv", "line,rule,text\n412,field count,\"1188342,Cozy \"\"1BR\"\"\"\n"u8.ToArray());

        var page = Text(await _viewer.PageAsync("/runs/8f21c0"));

        foreach (var words in new[]
        {
            "Clean took 68 % of 2.57 s.", "34 of 34 spans", "Rows in the input", "Rejected: field count", "412", "1188342,Cozy \"1BR\"",
            "s3://etl/processed/nyc/listings.csv.parquet", "etl-process-job", "Calculate Cost Per Night", "worker-1",
        })
            Assert.Contains(words, page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ASpanHasAnAddressAndAFragment()
    {
        Cloud.Put(FabricatedRuns.Good("8f21c0", "input/nyc/listings.csv", s_start));

        var page = await _viewer.PageAsync("/runs/8f21c0?span=etl-clean-job.data-cleaning.remove-duplicates");
        var fragment = await _viewer.PageAsync("/runs/8f21c0/spans/etl-clean-job.data-cleaning.remove-duplicates");

        Assert.Contains("<h3>Remove Duplicates</h3>", page, StringComparison.Ordinal);
        Assert.StartsWith("<header><h3>Remove Duplicates</h3>", fragment, StringComparison.Ordinal);
        await _viewer.PageAsync("/runs/8f21c0/spans/none", 404);
    }

    [Fact]
    public async Task ARunIsFoundByItsTrace()
    {
        var run = FabricatedRuns.Good("8f21c0", "input/nyc/listings.csv", s_start);
        Cloud.Put(run);

        Assert.Contains("8f21c0", await _viewer.PageAsync("/runs/" + run.TraceId), StringComparison.Ordinal);
    }

    [Fact]
    public async Task AnExpiredTraceIsToldInWordsAndTheRestIsShown()
    {
        var run = FabricatedRuns.Good("old", "input/nyc/a.csv", s_start.AddDays(-40));
        run.Remove(_ => true);
        Cloud.Put(run);

        var page = Text(await _viewer.PageAsync("/runs/old"));

        Assert.Contains("X-Ray does not know this trace. It keeps traces for 30 days", page, StringComparison.Ordinal);
        Assert.Contains("94,323", page, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("ListExecutions", "/runs", "states:ListExecutions")]
    [InlineData("BatchGetTraces", "/runs/r1", "xray:BatchGetTraces")]
    [InlineData("GetExecutionHistory", "/runs/r1", "states:GetExecutionHistory")]
    [InlineData("GetObject", "/runs/r1", "s3:GetObject")]
    public async Task AMissingPermissionIsNamed(string operation, string path, string permission)
    {
        Cloud.Put(FabricatedRuns.Good("r1", "input/nyc/a.csv", s_start));
        Cloud.Denied[operation] = true;

        Assert.Contains("the permission it needs is " + permission, Text(await _viewer.PageAsync(path)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task UnknownThingsAreToldInWords()
    {
        Assert.Contains("There is no such run", await _viewer.PageAsync("/runs/nothing", 404), StringComparison.Ordinal);
        Assert.Contains("There is no such page", await _viewer.PageAsync("/nowhere", 404), StringComparison.Ordinal);
        Assert.Contains("It does not exist, or not any more: the object processed/none.parquet", await _viewer.PageAsync("/data?key=processed/none.parquet", 404), StringComparison.Ordinal);
    }

    [Fact]
    public async Task AThrottledListShowsWhatItHasAndTheRestFollows()
    {
        Cloud.Put(Enumerable.Range(0, 12).Select(i => FabricatedRuns.Good($"r{i}", "input/nyc/a.csv", s_start.AddMinutes(i))));
        Cloud.Throttled["DescribeExecution"] = 4;

        var first = await _viewer.PageAsync("/runs");
        Cloud.Throttled.Clear();
        var then = first;
        for (var tries = 0; tries < 50 && then.Contains("unknown input", StringComparison.Ordinal); tries++)
        {
            await Task.Delay(100);
            then = await _viewer.PageAsync("/runs");
        }

        Assert.Equal(12, RunIds().Count(first));
        Assert.Contains("unknown input", first, StringComparison.Ordinal);
        Assert.DoesNotContain("role=\"alert\"", first, StringComparison.Ordinal);
        Assert.DoesNotContain("unknown input", then, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ColumnsOfAnObjectAreFiltered()
    {
        Cloud.Put("processed/nyc/a.csv.parquet", await Fabricated.ParquetAsync());

        var page = await _viewer.PageAsync("/data?key=processed/nyc/a.csv.parquet&columns=PRI");

        Assert.Equal(["price"], Columns().Matches(page).Select(match => match.Groups[1].Value));
        Assert.Contains("1 of 6 shown", page, StringComparison.Ordinal);
        Assert.Contains("/runs/8f21c0?span=etl-process-job.write-data#wf", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task WhatIsNotParquetIsSaidToBeSo()
    {
        Cloud.Put("clean/broken.parquet", "PAR1 this is no footer"u8.ToArray());

        Assert.Contains("it cannot be read as Parquet", Text(await _viewer.PageAsync("/data?key=clean/broken.parquet")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task DataIsNeverMarkup()
    {
        var run = FabricatedRuns.Failed("evil", Hostile, s_start, cause: "<img src=x onerror=alert(2)> in price");
        run.Edit("Read Data", document => document["name"] = "</script><script>alert(3)</script>");
        run.Edit("etl-clean-job", document => document["annotations"]!["<b>k</b>"] = "\"><svg onload=alert(4)>");
        Cloud.Put(run);

        foreach (var path in new[] { "/runs", "/runs/evil", "/runs/evil?span=etl-clean-job", "/runs/evil/spans/etl-clean-job", "/compare?a=evil", "/data?key=" + Uri.EscapeDataString(Hostile) })
        {
            using var response = await _viewer.Http.GetAsync(path);
            var page = await response.Content.ReadAsStringAsync();
            Assert.DoesNotContain("<script>alert", page, StringComparison.Ordinal);
            Assert.DoesNotContain("<img", page, StringComparison.Ordinal);
            Assert.DoesNotContain("<svg onload", page, StringComparison.Ordinal);
            Assert.DoesNotContain("<b>k</b>", page, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task EveryPageForbidsForeignCodeAndInlineStyles()
    {
        Cloud.Put(FabricatedRuns.Good("8f21c0", "input/nyc/listings.csv", s_start));

        foreach (var path in new[] { "/runs", "/runs/8f21c0", "/compare", "/data" })
        {
            using var response = await _viewer.Http.GetAsync(path);
            Assert.Equal(
                "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
                string.Join(' ', response.Headers.GetValues("Content-Security-Policy")));
            Assert.Equal("nosniff", string.Join(' ', response.Headers.GetValues("X-Content-Type-Options")));
            var page = await response.Content.ReadAsStringAsync();
            Assert.DoesNotMatch(@"<[^>]+\sstyle=|<[^>]+\son[a-z]+=|<style|https?://(?!127)", page);
        }
    }

    [Fact]
    public async Task AForeignHostNameIsTurnedAway()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/runs") { Headers = { Host = "evil.example" } };
        using var response = await _viewer.Http.SendAsync(request);

        Assert.Equal(HttpStatusCode.MisdirectedRequest, response.StatusCode);
    }

    [Fact]
    public async Task ObjectsAreOnlyEverDownloaded()
    {
        Cloud.Put("rejected/x.html", "<script>alert(1)</script>"u8.ToArray());
        using var response = await _viewer.Http.GetAsync("/data/file?key=rejected/x.html");

        Assert.Equal(("application/octet-stream", "attachment"), (response.Content.Headers.ContentType!.MediaType, response.Content.Headers.ContentDisposition!.DispositionType));
    }

    [Fact]
    public async Task ActionsAreNotThereUnlessAllowed()
    {
        Cloud.Put(FabricatedRuns.Failed("r1", "input/nyc/a.csv", s_start));

        Assert.DoesNotContain("Redrive", await _viewer.PageAsync("/runs/r1"), StringComparison.Ordinal);
        using var response = await _viewer.Http.PostAsync("/runs/r1/redrive", null);
        Assert.False(response.IsSuccessStatusCode);
        Assert.DoesNotContain("RedriveExecution", Cloud.Calls);
    }

    [Fact]
    public async Task AllowedActionsNeedTheFormsToken()
    {
        await using var viewer = await ViewerUnderTest.StartAsync("--allow-actions");
        viewer.Cloud.Put(FabricatedRuns.Failed("r1", "input/nyc/a.csv", s_start));
        var page = await viewer.PageAsync("/runs/r1");
        var token = WebUtility.HtmlDecode(Token().Match(page).Groups[1].Value);

        using var without = await viewer.Http.PostAsync("/runs/r1/redrive", new FormUrlEncodedContent([]));
        Assert.Equal(HttpStatusCode.BadRequest, without.StatusCode);
        Assert.DoesNotContain("RedriveExecution", viewer.Cloud.Calls);

        using var with = await viewer.Http.PostAsync("/runs/r1/redrive", new FormUrlEncodedContent([new("__RequestVerificationToken", token)]));
        Assert.Equal(("/runs/r1", HttpStatusCode.Found), (with.Headers.Location!.ToString(), with.StatusCode));
        Assert.Contains("RedriveExecution", viewer.Cloud.Calls);

        using var again = await viewer.Http.PostAsync("/runs/r1/again", new FormUrlEncodedContent([new("__RequestVerificationToken", token)]));
        Assert.Matches("^/runs/again-[0-9a-f]{8}-r1$", again.Headers.Location!.ToString());
        // The workflow's own segment must come into the trace that the jobs will use.
        var started = Assert.Single(viewer.Cloud.Started);
        var input = System.Text.Json.Nodes.JsonNode.Parse((string)started["input"]!)!;
        Assert.Equal($"Root={input["trace_id"]};Sampled=1", (string?)started["traceHeader"]);
        Assert.Matches("^1-[0-9a-f]{8}-[0-9a-f]{24}$", (string?)input["trace_id"]);
    }

    [Fact]
    public async Task ARunThatEndedInAFailStateOffersNoRedriveBecauseItWouldFailAgain()
    {
        await using var viewer = await ViewerUnderTest.StartAsync("--allow-actions");
        var run = FabricatedRuns.Failed("r1", "input/nyc/a.csv", s_start);
        run.Event("FailStateEntered", run.Events.Count, 1.01, "stateEnteredEventDetails", new System.Text.Json.Nodes.JsonObject { ["name"] = "Failed" });
        viewer.Cloud.Put(run);

        var page = await viewer.PageAsync("/runs/r1");

        Assert.DoesNotContain("Redrive from", page, StringComparison.Ordinal);
        Assert.Contains("Run again on the same input", page, StringComparison.Ordinal);
        Assert.Contains("a redrive would only fail again", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AComparisonStartsWithASentenceAndTheLargestChange()
    {
        for (var day = 1; day <= 4; day++) Cloud.Put(FabricatedRuns.Good($"ab{day}", "input/nyc/a.csv", s_start.AddDays(-day)));
        Cloud.Put(FabricatedRuns.Good("abc", "input/nyc/a.csv", s_start, slow: 2.1));

        var page = Text(await _viewer.PageAsync("/compare?a=abc&b=median"));

        Assert.Contains("473 ms slower than its usual 2.57 s. Correct Review Dates accounts for 473 ms of it; row counts are the same.", page, StringComparison.Ordinal);
        Assert.True(page.IndexOf("Correct Review Dates", page.IndexOf("Rows dropped", StringComparison.Ordinal), StringComparison.Ordinal)
            < page.IndexOf("Remove Duplicates", page.IndexOf("Rows dropped", StringComparison.Ordinal), StringComparison.Ordinal));
    }

    [Fact]
    public async Task PagesHearOfRunsThatChange()
    {
        using var stop = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        using var stream = await _viewer.Http.GetStreamAsync("/runs/events", stop.Token);
        using var lines = new StreamReader(stream);
        Assert.Equal("event: hello", await lines.ReadLineAsync(stop.Token));

        Cloud.Put(FabricatedRuns.Running("live", "input/nyc/a.csv", DateTimeOffset.UtcNow));

        string? line;
        do line = await lines.ReadLineAsync(stop.Token); while (line != "data: live");
    }

    [Fact]
    public async Task NobodyWatchingMeansNobodyAsking()
    {
        await _viewer.PageAsync("/runs");
        var calls = Cloud.Calls.Count;

        await Task.Delay(2500);

        Assert.Equal(calls, Cloud.Calls.Count);
    }

    static string Text(string page) => Spaces().Replace(WebUtility.HtmlDecode(Tags().Replace(page, " ")), " ").Replace(" .", ".", StringComparison.Ordinal);

    [GeneratedRegex("data-run=\"([^\"]+)\"")]
    private static partial Regex RunIds();

    [GeneratedRegex("<th role=\"rowheader\" scope=\"row\" class=\"nmc\">([^<]+)")]
    private static partial Regex Columns();

    [GeneratedRegex("name=\"__RequestVerificationToken\" value=\"([^\"]+)\"")]
    private static partial Regex Token();

    [GeneratedRegex("<[^>]+>")]
    private static partial Regex Tags();

    [GeneratedRegex(@"\s+")]
    private static partial Regex Spaces();
}
