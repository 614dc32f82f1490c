using CsCheck;

namespace EtlTracing.Tests.XRay;

/// <summary>Filter expressions of GetTraceSummaries.</summary>
public sealed class FilterTests(ExampleTrace trace) : IClassFixture<ExampleTrace>
{
    [Theory]
    [InlineData("responsetime > 2", true)]
    [InlineData("responseTime > 3", false)]
    [InlineData("duration >= 5 AND duration <= 8", true)]
    [InlineData("ok !partial duration <6", true)]
    [InlineData("!ok", false)]
    [InlineData("ok = false", false)]
    [InlineData("fault", false)]
    [InlineData("http.status != 200", false)]
    [InlineData("http.url CONTAINS \"/v2/\"", true)]
    [InlineData("http.url BEGINSWITH \"http://api\" AND http.url ENDSWITH \"/x\" AND !service(\"api.example.com\")", true)]
    [InlineData("http.url AND responseTime > 2", true)]
    [InlineData("http.method = \"POST\" OR http.useragent = \"curl\"", true)]
    [InlineData("(http.method = \"POST\" OR http.clientip = \"10.0.0.1\") and user = \"alice\"", false)]
    [InlineData("user CONTAINS \"\"", true)]
    [InlineData("user != \"bob\"", false)]
    [InlineData("annotation.gameid = \"817DL6VO\"", true)]
    [InlineData("annotation.age > 29", true)]
    [InlineData("annotation.age = \"30\"", false)]
    [InlineData("annotation.age", true)]
    [InlineData("!annotation.nobody", true)]
    [InlineData("annotation.cached", false)]
    [InlineData("annotation.cached = false", true)]
    [InlineData("annotation.etl.step = \"Rank\"", true)]
    [InlineData("annotation[etl.step] = \"Rank\"", true)]
    [InlineData("service(\"job\") { fault }", true)]
    [InlineData("service(\"web\") { fault }", false)]
    [InlineData("service() { fault }", true)]
    [InlineData("service(\"job\") { responsetime > 3 AND !root }", true)]
    [InlineData("service(\"web\") { root = true and fault = true }", false)]
    [InlineData("service(id(name: \"web\", type: \"AWS::EC2::Instance\"))", true)]
    [InlineData("service(id(type: \"AWS::Lambda::Function\"))", false)]
    [InlineData("service(id(account.id: \"000000000000\"))", true)]
    [InlineData("edge(\"web\", \"job\") { ok }", true)]
    [InlineData("edge(\"job\", \"S3\") { throttle }", true)]
    [InlineData("edge(id(name: \"job\"), id(type: \"AWS::S3\")) { fault }", false)]
    [InlineData("edge(\"job\", \"web\")", false)]
    [InlineData("instance.id = \"i-1\" availabilityzone = \"us-east-2a\"", true)]
    [InlineData("message = \"disk full\"", true)]
    public async Task FiltersSelectTraces(string expression, bool isFound) => Assert.Equal(isFound ? 1 : 0, (await trace.FindAsync(expression)).Count);

    [Theory]
    [InlineData("nonsense", "unknown keyword 'nonsense' at position 0")]
    [InlineData("ok AND", "expected a keyword at position 6")]
    [InlineData("service(\"a\"", "expected ')' at position 11")]
    [InlineData("user = \"bob", "a text without its closing quotation mark at position 7")]
    [InlineData("user > 3", "> 3 can't be applied to user at position 7")]
    [InlineData("duration CONTAINS \"x\"", "CONTAINS x can't be applied to duration at position 18")]
    [InlineData("duration > 1.2.3", "'1.2.3' is not a number at position 11")]
    [InlineData("service(\"a\") { annotation.x }", "annotation can't be used within service or edge at position 15")]
    [InlineData("ok )", "unexpected ')' at position 3")]
    [InlineData("ok ~", "unexpected '~' at position 3")]
    public async Task InvalidFiltersAreRefusedWithTheirPlace(string expression, string message)
    {
        var (status, body, error) = await trace.SummariesAsync(expression);

        Assert.Equal((400, "InvalidRequestException", $"Invalid filter expression: {message}"), (status, error, (string)body["Message"]!));
    }

    [Fact]
    public async Task AnyTextIsAFilterOrIsRefused()
    {
        string[] words = ["ok", "!", "AND", "or", "(", ")", "{", "}", "[", "]", "service", "edge", "id", "annotation.x", "annotation", "duration", "user", "=", "!=", "<", "CONTAINS", "\"x\"", "\"", "12", "-", ",", ":", "\\", "é", "\0", "name"];

        await Gen.Int[0, words.Length - 1].Select(index => words[index]).Array[0, 12].SampleAsync(async parts =>
        {
            var (status, _, _) = await trace.SummariesAsync(string.Join(' ', parts));
            Assert.Contains(status, (int[])[200, 400]);
        }, iter: 500, threads: 1);

        Assert.Equal(400, (await trace.SummariesAsync(new string('(', 1999))).Status);
        Assert.Equal(400, (await trace.SummariesAsync(new string('!', 3000))).Status);
    }
}
