using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using CsCheck;
using EtlTracing.LocalAws.StepFunctions.Language;
using EtlTracing.Tests.StepFunctions.Support;

namespace EtlTracing.Tests.StepFunctions;

/// <summary>Whatever comes in, a parser answers with its own kind of error, and soon.</summary>
public sealed class FuzzTests
{
    static readonly string[] s_pathParts = ["$", "$$", "$x", ".", "..", "a", "*", "[", "]", "[0]", "[-1:]", "[?(", "@", "@.a", ")", "==", "'b'", "\"", "\\", "&&", "!", "/x/", "in ", "1", ",", ":", " ", "é", "\ud800", ".length()"];
    static readonly string[] s_callParts = ["States.", "Format", "Array", "ArrayRange", "MathAdd", "StringSplit", "Hash", "(", ")", "'", "{}", "\\", ",", "$.a", "$", "1", "-1e400", "null", "true", " ", "99999999999999999999"];
    static readonly string[] s_jsonParts = ["{", "}", "[", "]", "\"a\"", ":", ",", "1", "-", "1e999", "null", "true", "\\ud800", "\"\\ud800\"", "'", " ", "\"", "\u0000", "[[[[[[[["];

    static Gen<string> Of(string[] parts) => Gen.Int[0, parts.Length - 1].Select(i => parts[i]).Array[0, 12].Select(string.Concat);

    static readonly JsonNode s_data = StateData.Parse("""{"a":[{"a":1,"b":"x"},[1,2,3],null,"text"],"b":{"a":true}}""")!;

    static Surroundings Around() => new(() => new JsonObject { ["State"] = "s" }, _ => "{\"a\":1}", new Random(1));

    [Fact]
    public void PathsAreReadOrRefused() => Of(s_pathParts).Sample(text =>
    {
        try
        {
            JsonPath.Parse(text).TryFind(s_data, out _);
        }
        catch (JsonPathException)
        {
        }
    }, iter: 20_000);

    [Fact]
    public void CallsAreReadOrRefused() => Of(s_callParts).Select(text => "States.Array(" + text + ")").Sample(text =>
    {
        try
        {
            Intrinsic.Parse(text).Call(s_data, Around());
        }
        catch (Exception e) when (e is JsonPathException or StateFailedException)
        {
        }
    }, iter: 20_000);

    [Fact]
    public void JsonIsReadOrItsMistakeIsTold() => Of(s_jsonParts).Sample(text =>
    {
        try
        {
            StateData.Parse(text);
        }
        catch (JsonException)
        {
            Assert.NotEmpty(JacksonError.Of(text));
        }
    }, iter: 20_000);

    /// <summary>Parts of the repository's workflow are replaced by anything.</summary>
    [Fact]
    public async Task MutilatedDefinitionsAreCheckedAndOnlyGoodOnesRun()
    {
        await using var cloud = await StatesCloud.StartAsync();
        const string Good = """
            { "StartAt": "A", "TimeoutSeconds": 2, "States": {
                "A": { "Type": "Pass", "Parameters": { "x.$": "States.Array($.a, 1)" }, "ResultPath": "$.r", "Next": "C" },
                "C": { "Type": "Choice", "Choices": [{ "And": [{ "Variable": "$.a", "NumericLessThan": 5 }, { "Not": { "Variable": "$.b", "IsPresent": true } }], "Next": "M" }], "Default": "F" },
                "M": { "Type": "Map", "ItemsPath": "$.r.x", "ItemProcessor": { "StartAt": "P", "States": { "P": { "Type": "Parallel", "Branches": [{ "StartAt": "S", "States": { "S": { "Type": "Succeed" } } }], "End": true } } },
                       "Retry": [{ "ErrorEquals": ["States.ALL"], "IntervalSeconds": 1, "MaxAttempts": 1, "BackoffRate": 1.5 }], "Catch": [{ "ErrorEquals": ["States.ALL"], "ResultPath": "$.e", "Next": "F" }], "Next": "W" },
                "W": { "Type": "Wait", "Seconds": 0, "End": true },
                "F": { "Type": "Fail", "ErrorPath": "$.a", "Cause": "c" } } }
            """;
        string[] values = ["null", "0", "-1", "1.5", "\"\"", "\"$.a\"", "\"$\"", "\"A\"", "[]", "{}", "[null]", "[\"States.ALL\"]", "true", "\"JSONata\"", "\"States.Format('{}', $)\"", "1e300"];
        var random = new Random(11);
        var places = Places(JsonNode.Parse(Good)!).ToArray();
        for (var round = 0; round < 400; round++)
        {
            var definition = JsonNode.Parse(Good)!;
            for (var change = random.Next(1, 3); change > 0; change--) Replace(definition, places[random.Next(places.Length)], JsonNode.Parse(values[random.Next(values.Length)]));
            var text = definition.ToJsonString();
            var valid = DefinitionCheck.Of(text, "STANDARD").Count == 0;
            try
            {
                var machine = await cloud.Client.CreateMachineAsync(text);
                Assert.True(valid, text);
                if (round % 4 == 0) await cloud.Client.EndAsync(await cloud.Client.StartAsync(machine, """{"a":1}"""));
            }
            catch (StatesException e)
            {
                Assert.True(e is { Name: "InvalidDefinition", Status: 400 } && !valid, $"{e.Message} for {text}");
            }
        }
    }

    [Theory]
    [InlineData("StartExecution", "{")]
    [InlineData("StartExecution", "[]")]
    [InlineData("StartExecution", """{"stateMachineArn":1}""")]
    [InlineData("StartExecution", """{"stateMachineArn":"arn:aws:states:us-east-2:000000000000:stateMachine:x","input":"\ud800"}""")]
    [InlineData("GetExecutionHistory", """{"executionArn":"arn:aws:states:::execution:a:b","maxResults":1e9}""")]
    [InlineData("GetExecutionHistory", """{"executionArn":"arn:aws:states:::execution:a:b","nextToken":"!!"}""")]
    [InlineData("ListStateMachines", """{"maxResults":1001}""")]
    [InlineData("SendTaskSuccess", """{"taskToken":"x","output":"{"}""")]
    [InlineData("CreateStateMachine", """{"name":"a b","definition":"{}","roleArn":"arn:aws:iam::1:role/x"}""")]
    [InlineData("TagResource", """{"resourceArn":"arn:aws:states:us-east-2:000000000000:activity:none","tags":[1,{}]}""")]
    [InlineData("NoSuchOperation", "{}")]
    public async Task BadRequestsGetErrorsOfTheServicesOwnKind(string operation, string body)
    {
        await using var cloud = await StatesCloud.StartAsync();
        using var http = new HttpClient { BaseAddress = cloud.Endpoint };
        using var request = new HttpRequestMessage(HttpMethod.Post, "/") { Content = new StringContent(body, Encoding.UTF8, "application/x-amz-json-1.0") };
        request.Headers.Add("X-Amz-Target", "AWSStepFunctions." + operation);

        using var response = await http.SendAsync(request);

        var answer = JsonNode.Parse(await response.Content.ReadAsStringAsync())!;
        Assert.True((int)response.StatusCode is (>= 400 and < 500) or 501, $"{response.StatusCode} {answer}");
        Assert.NotEmpty((string)answer["__type"]!);
    }

    static IEnumerable<string[]> Places(JsonNode node)
    {
        IEnumerable<(string Key, JsonNode? Value)> children = node switch
        {
            JsonObject members => members.Select(member => (member.Key, member.Value)),
            JsonArray items => items.Select((item, index) => (index.ToString(System.Globalization.CultureInfo.InvariantCulture), item)),
            _ => [],
        };
        foreach (var (key, value) in children)
        {
            yield return [key];
            if (value is null) continue;
            foreach (var below in Places(value)) yield return [key, .. below];
        }
    }

    static void Replace(JsonNode root, string[] place, JsonNode? value)
    {
        JsonNode? at = root;
        foreach (var key in place[..^1]) at = at is JsonArray items ? items[int.Parse(key, System.Globalization.CultureInfo.InvariantCulture) is var i && i < items.Count ? i : 0] : (at as JsonObject)?[key];
        if (at is JsonObject members) members[place[^1]] = value;
        else if (at is JsonArray list && list.Count > 0) list[0] = value;
    }
}
