using System.Globalization;
using System.Text.Json.Nodes;
using EtlTracing.Tests.StepFunctions.Support;

namespace EtlTracing.Tests.StepFunctions;

/// <summary>Distributed Maps: children of their own, items from the input or from S3.</summary>
public sealed class MapRunTests
{
    static string Definition(string more, string inner = """ "P": { "Type": "Pass", "End": true } """) => $$"""
        { "StartAt": "M", "States": { "M": { "Type": "Map", "Label": "each", {{more}} "ItemProcessor": { "ProcessorConfig": { "Mode": "DISTRIBUTED", "ExecutionType": "STANDARD" }, "StartAt": "P", "States": { {{inner}} } }, "End": true } } }
        """;

    const string From = """ "Parameters": { "Bucket": "data", "Key.$": "$.key" } """;

    [Fact]
    public async Task EachItemIsAnExecutionOfItsOwn()
    {
        await using var cloud = await StatesCloud.StartAsync();
        var execution = await cloud.Client.StartAsync(await cloud.Client.CreateMachineAsync(Definition(""" "MaxConcurrency": 2, "ItemSelector": { "v.$": "$$.Map.Item.Value", "i.$": "$$.Map.Item.Index" }, """), "machine"), """["a","b","c"]""", "run");

        var end = await cloud.Client.EndAsync(execution);

        Assert.Equal("""[{"v":"a","i":0},{"v":"b","i":1},{"v":"c","i":2}]""", (string?)end["output"]);
        Assert.Equal(
            ["1<-0 ExecutionStarted", "2<-0 MapStateEntered", "3<-2 MapStateStarted", "4<-3 MapRunStarted", "5<-4 MapRunSucceeded", "6<-5 MapStateSucceeded", "7<-5 MapStateExited", "8<-7 ExecutionSucceeded"],
            await cloud.Client.ChainAsync(execution));
        var run = Assert.Single((JsonArray)(await cloud.Client.CallAsync("ListMapRuns", new JsonObject { ["executionArn"] = execution }))["mapRuns"]!)!;
        Assert.Equal("arn:aws:states:us-east-2:000000000000:stateMachine:machine/each", (string?)run["stateMachineArn"]);
        var described = await cloud.Client.CallAsync("DescribeMapRun", new JsonObject { ["mapRunArn"] = (string)run["mapRunArn"]! });
        Assert.Equal(("SUCCEEDED", 2, 3), ((string?)described["status"], (int)described["maxConcurrency"]!, (int)described["itemCounts"]!["succeeded"]!));
        var children = (JsonArray)(await cloud.Client.CallAsync("ListExecutions", new JsonObject { ["mapRunArn"] = (string)run["mapRunArn"]! }))["executions"]!;
        Assert.Equal(3, children.Count);
        Assert.All(children, child => Assert.StartsWith("arn:aws:states:us-east-2:000000000000:execution:machine/each:", (string)child!["executionArn"]!));
    }

    [Theory]
    [InlineData("CSV\", \"CSVHeaderLocation\": \"FIRST_ROW", "Col1,Col2\nx,\"y, z\"\n,\n1,2\n", """[{"Col1":"x","Col2":"y, z"},{"Col1":"","Col2":""},{"Col1":"1","Col2":"2"}]""")]
    [InlineData("CSV\", \"CSVDelimiter\": \"PIPE\", \"CSVHeaderLocation\": \"GIVEN\", \"CSVHeaders\": [\"H\"], \"Comment\": \"", "a|b\nc|d", """[{"H":"a"},{"H":"c"}]""")]
    [InlineData("CSV\", \"CSVHeaderLocation\": \"FIRST_ROW", "True,{},0\na,b,c\n", """[{"0":"c","{}":"b","True":"a"}]""")]
    [InlineData("JSON", """[{"a": 1}, 2]""", """[{"a":1},2]""")]
    [InlineData("JSONL", "{\"a\": 1}\n[2]\n", """[{"a":1},[2]]""")]
    public async Task ItemsComeFromAnObject(string type, string content, string output)
    {
        type = type.Replace(", \"Comment\": \"", "", StringComparison.Ordinal);
        await using var cloud = await StatesCloud.StartAsync();
        await cloud.PutObjectAsync("data", "items", content);
        var quote = type.EndsWith(']') ? "" : "\"";

        var end = await cloud.Client.RunAsync(Definition($$""" "ItemReader": { "Resource": "arn:aws:states:::s3:getObject", "ReaderConfig": { "InputType": "{{type}}{{quote}} }, {{From}} }, """), """{"key":"items"}""");

        Assert.Equal(("SUCCEEDED", output), ((string?)end["status"], (string?)end["output"]));
    }

    [Fact]
    public async Task APathMayLeadToATextThatHoldsANumber()
    {
        await using var cloud = await StatesCloud.StartAsync();
        await cloud.PutObjectAsync("data", "items", "[1,2,3,4,5]");

        var end = await cloud.Client.RunAsync(
            Definition($$""" "ItemReader": { "Resource": "arn:aws:states:::s3:getObject", "ReaderConfig": { "InputType": "JSON", "MaxItemsPath": "$.four" }, {{From}} }, "ItemBatcher": { "MaxItemsPerBatchPath": "$.two" }, "ToleratedFailurePercentagePath": "$.two", """),
            """{"key":"items","four":"4","two":"2"}""");

        Assert.Equal("""[{"Items":[1,2]},{"Items":[3,4]}]""", (string?)end["output"]);
    }

    [Fact]
    public async Task AMapRunCanBeGivenMoreConcurrencyWhileItRuns()
    {
        await using var cloud = await StatesCloud.StartAsync();
        var activity = await cloud.Client.CreateActivityAsync("work");
        var machine = await cloud.Client.CreateMachineAsync(Definition(""" "MaxConcurrency": 1, """, $$""" "P": { "Type": "Task", "Resource": "{{activity}}", "End": true } """));
        var execution = await cloud.Client.StartAsync(machine, "[1,2]");
        var first = await cloud.Client.TakeAsync(activity);
        var run = (string)(await cloud.Client.CallAsync("ListMapRuns", new JsonObject { ["executionArn"] = execution }))["mapRuns"]![0]!["mapRunArn"]!;

        await cloud.Client.CallAsync("UpdateMapRun", new JsonObject { ["mapRunArn"] = run, ["maxConcurrency"] = 2, ["toleratedFailurePercentage"] = 12.5 });
        // With one child at a time this would wait for the first one's end.
        var second = await cloud.Client.TakeAsync(activity);
        await cloud.Client.SucceedAsync(first.Token, first.Input);
        await cloud.Client.SucceedAsync(second.Token, second.Input);

        Assert.Equal("[1,2]", (string?)(await cloud.Client.EndAsync(execution))["output"]);
        var described = await cloud.Client.CallAsync("DescribeMapRun", new JsonObject { ["mapRunArn"] = run });
        Assert.Equal((2, 12.5), ((int)described["maxConcurrency"]!, (double)described["toleratedFailurePercentage"]!));
    }

    [Fact]
    public async Task ItemsComeFromAListingInBatches()
    {
        await using var cloud = await StatesCloud.StartAsync();
        foreach (var name in new[] { "in/a", "in/b", "in/c", "out/d" }) await cloud.PutObjectAsync("data", name, "x");

        var end = await cloud.Client.RunAsync(Definition(
            """
            "ItemReader": { "Resource": "arn:aws:states:::s3:listObjectsV2", "Parameters": { "Bucket": "data", "Prefix": "in/" } },
            "ItemSelector": { "key.$": "$$.Map.Item.Value.Key", "size.$": "$$.Map.Item.Value.Size" },
            "ItemBatcher": { "MaxItemsPerBatch": 2, "BatchInput": { "why.$": "$.why" } },
            """), """{"why":"because"}""");

        Assert.Equal("""[{"BatchInput":{"why":"because"},"Items":[{"key":"in/a","size":1},{"key":"in/b","size":1}]},{"BatchInput":{"why":"because"},"Items":[{"key":"in/c","size":1}]}]""", (string?)end["output"]);
    }

    [Fact]
    public async Task AMissingObjectFailsTheReader()
    {
        await using var cloud = await StatesCloud.StartAsync();
        await cloud.PutObjectAsync("data", "other", "[]");
        var execution = await cloud.Client.StartAsync(await cloud.Client.CreateMachineAsync(Definition($$""" "ItemReader": { "Resource": "arn:aws:states:::s3:getObject", "ReaderConfig": { "InputType": "JSON" }, {{From}} }, """)), """{"key":"none"}""");

        Assert.Equal("States.ItemReaderFailed", (string?)(await cloud.Client.EndAsync(execution))["error"]);
        Assert.Equal(["4<-3 MapRunStarted", "5<-4 MapRunFailed", "6<-5 MapStateFailed", "7<-6 ExecutionFailed"], (await cloud.Client.ChainAsync(execution))[3..]);
    }

    [Theory]
    [InlineData("", "States.ExceedToleratedFailureThreshold")]
    [InlineData(""" "ToleratedFailureCount": 1, """, null)]
    [InlineData(""" "ToleratedFailurePercentage": 40, """, null)]
    [InlineData(""" "ToleratedFailurePercentage": 20, """, "States.ExceedToleratedFailureThreshold")]
    public async Task FailuresAreToleratedUpToTheThreshold(string tolerance, string? error)
    {
        await using var cloud = await StatesCloud.StartAsync();

        var end = await cloud.Client.RunAsync(Definition(tolerance,
            """ "P": { "Type": "Choice", "Choices": [{ "Variable": "$", "NumericEquals": 2, "Next": "F" }], "Default": "S" }, "F": { "Type": "Fail", "Error": "Two" }, "S": { "Type": "Succeed" } """), "[1,2,3]");

        Assert.Equal(error, (string?)end["error"]);
        if (error is null) Assert.Equal("[1,3]", (string?)end["output"]);
    }

    [Fact]
    public async Task AMapRunGoesOnAfterARestart()
    {
        await using var cloud = await StatesCloud.StartAsync();
        var activity = await cloud.Client.CreateActivityAsync("work");
        var items = "[" + string.Join(',', Enumerable.Range(0, 30)) + "]";
        var execution = await cloud.Client.StartAsync(await cloud.Client.CreateMachineAsync(Definition(""" "MaxConcurrency": 5, """, $$""" "P": { "Type": "Task", "Resource": "{{activity}}", "End": true } """)), items);
        for (var i = 0; i < 30; i++)
        {
            if (i % 7 == 3) await cloud.RestartAsync();
            var (token, input) = await cloud.Client.TakeAsync(activity);
            await cloud.Client.SucceedAsync(token, (int.Parse(input, CultureInfo.InvariantCulture) * 2).ToString(CultureInfo.InvariantCulture));
        }

        Assert.Equal("[" + string.Join(',', Enumerable.Range(0, 30).Select(i => i * 2)) + "]", (string?)(await cloud.Client.EndAsync(execution))["output"]);
    }

    [Fact]
    public async Task ResultsAreWrittenToABucket()
    {
        await using var cloud = await StatesCloud.StartAsync();
        await cloud.PutObjectAsync("data", "any", "x");

        var end = await cloud.Client.RunAsync(Definition(""" "ResultWriter": { "Resource": "arn:aws:states:::s3:putObject", "Parameters": { "Bucket": "data", "Prefix": "results" } }, """), "[1,2]");

        var details = JsonNode.Parse((string)end["output"]!)!["ResultWriterDetails"]!;
        var manifest = JsonNode.Parse(await cloud.GetObjectAsync("data", (string)details["Key"]!))!;
        var file = Assert.Single((JsonArray)manifest["ResultFiles"]!["SUCCEEDED"]!)!;
        var results = (JsonArray)JsonNode.Parse(await cloud.GetObjectAsync("data", (string)file["Key"]!))!;
        Assert.Equal(["1", "2"], results.Select(one => (string?)one!["Output"]).Order());
    }

    [Fact]
    public async Task StoppingTheExecutionStopsItsChildren()
    {
        await using var cloud = await StatesCloud.StartAsync();
        var execution = await cloud.Client.StartAsync(await cloud.Client.CreateMachineAsync(Definition("", """ "P": { "Type": "Wait", "Seconds": 1000, "End": true } """)), "[1,2]");
        var run = (string)(await cloud.EventuallyAsync(async () => ((JsonArray)(await cloud.Client.CallAsync("ListMapRuns", new JsonObject { ["executionArn"] = execution }))["mapRuns"]!).FirstOrDefault()))["mapRunArn"]!;
        await cloud.EventuallyAsync(async () => await Count("RUNNING") == 2 ? JsonValue.Create(true) : null);

        await cloud.Client.CallAsync("StopExecution", new JsonObject { ["executionArn"] = execution });

        await cloud.EventuallyAsync(async () => await Count("ABORTED") == 2 ? JsonValue.Create(true) : null);
        Assert.Equal("ABORTED", (string?)(await cloud.Client.CallAsync("DescribeMapRun", new JsonObject { ["mapRunArn"] = run }))["status"]);

        async Task<int> Count(string status) => ((JsonArray)(await cloud.Client.CallAsync("ListExecutions", new JsonObject { ["mapRunArn"] = run, ["statusFilter"] = status }))["executions"]!).Count;
    }
}
