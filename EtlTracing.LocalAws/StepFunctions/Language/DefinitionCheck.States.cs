using System.Text.Json.Nodes;
using EtlTracing.LocalAws.StepFunctions.Engine;

namespace EtlTracing.LocalAws.StepFunctions.Language;

public sealed partial class DefinitionCheck
{
    static readonly string[] s_all = ["Type", "Comment", "QueryLanguage"];
    static readonly string[] s_flow = ["InputPath", "OutputPath"];
    static readonly string[] s_next = ["Next", "End", "Assign"];
    static readonly string[] s_work = ["Parameters", "ResultSelector", "ResultPath", "Retry", "Catch"];

    static readonly Dictionary<string, string[]> s_fields = new()
    {
        ["Task"] = [.. s_all, .. s_flow, .. s_next, .. s_work, "Resource", "TimeoutSeconds", "TimeoutSecondsPath", "HeartbeatSeconds", "HeartbeatSecondsPath", "Credentials"],
        ["Wait"] = [.. s_all, .. s_flow, .. s_next, "Seconds", "SecondsPath", "Timestamp", "TimestampPath"],
        ["Pass"] = [.. s_all, .. s_flow, .. s_next, "Parameters", "Result", "ResultPath"],
        ["Succeed"] = [.. s_all, .. s_flow],
        ["Fail"] = [.. s_all, "Error", "ErrorPath", "Cause", "CausePath"],
        ["Choice"] = [.. s_all, .. s_flow, "Choices", "Default", "Assign"],
        ["Parallel"] = [.. s_all, .. s_flow, .. s_next, .. s_work, "Branches"],
        ["Map"] =
        [
            .. s_all, .. s_flow, .. s_next, .. s_work, "ItemsPath", "Iterator", "ItemProcessor", "ItemSelector", "ItemReader", "ItemBatcher", "ResultWriter", "Label",
            "MaxConcurrency", "MaxConcurrencyPath", "ToleratedFailureCount", "ToleratedFailureCountPath", "ToleratedFailurePercentage", "ToleratedFailurePercentagePath",
        ],
    };

    void State(JsonObject state, string at, int depth)
    {
        if (JsonComparison.Text(state["Type"]) is not { } type)
        {
            if (state.ContainsKey("Type")) Bad("Expected value of type String", at + "/Type");
            else Require(state, at, "Type");
            return;
        }
        if (!s_fields.TryGetValue(type, out var fields))
        {
            Bad($"The field 'Type' should have one of these values: [{string.Join(", ", s_fields.Keys)}]", at + "/Type");
            return;
        }
        if (!Language(state, at)) return;
        Fields(state, at, fields);
        Text(state, "Comment", at);
        foreach (var field in s_flow) Path(state, field, at, orNull: true);
        if (type is not ("Choice" or "Succeed" or "Fail")) Leaving(state, at);
        if (state["Assign"] is { } assign) Assign(assign, at + "/Assign");
        Template(state, "Parameters", at);
        Template(state, "ResultSelector", at);
        ResultPath(state, at);
        if (state.ContainsKey("Retry")) List(state, "Retry", at, Retrier);
        if (state.ContainsKey("Catch")) List(state, "Catch", at, Catcher);
        switch (type)
        {
            case "Task": Task(state, at); break;
            case "Wait": Wait(state, at); break;
            case "Fail": Fail(state, at); break;
            case "Choice": Choice(state, at); break;
            case "Parallel": Parallel(state, at, depth); break;
            case "Map": Map(state, at, depth); break;
        }
    }

    void Leaving(JsonObject state, string at)
    {
        Text(state, "Next", at);
        if (state["End"] is { } end && JsonComparison.Flag(end) is null) Bad("Expected value of type Boolean", at + "/End");
        var ends = JsonComparison.Flag(state["End"]) == true;
        if (ends && state.ContainsKey("Next")) Bad("Only one of these fields can be set: [Next, End]", at);
        else if (!ends && !state.ContainsKey("Next")) Bad("One of these fields is required: [Next, End]", at);
    }

    void Task(JsonObject state, string at)
    {
        Require(state, at, "Resource");
        Text(state, "Resource", at);
        if (JsonComparison.Text(state["Resource"]) is { } resource) Resource(resource, at + "/Resource");
        if (state.ContainsKey("Credentials")) Bad("The field 'Credentials' is not supported by this local cloud", at + "/Credentials");
        Number(state, "TimeoutSeconds", at, 1, 99_999_999);
        Number(state, "HeartbeatSeconds", at, 1, 99_999_999);
        Path(state, "TimeoutSecondsPath", at);
        Path(state, "HeartbeatSecondsPath", at);
        OneAtMost(state, at, "TimeoutSeconds", "TimeoutSecondsPath");
        OneAtMost(state, at, "HeartbeatSeconds", "HeartbeatSecondsPath");
        if (JsonComparison.Number(state["HeartbeatSeconds"]) is { } beat && JsonComparison.Number(state["TimeoutSeconds"]) is { } timeout && beat >= timeout)
            Bad("The value of 'HeartbeatSeconds' must be smaller than the value of 'TimeoutSeconds'", at + "/HeartbeatSeconds");
    }

    void Resource(string resource, string at)
    {
        var parts = resource.Split(':');
        if (parts.Length < 6 || parts[0] != "arn")
        {
            Bad($"The resource provided {resource} is not recognized. The value is not a valid resource ARN, or the resource is not available in this region.", at);
        }
        else if (parts is [_, _, "states", { Length: > 0 }, { Length: > 0 }, "activity", { Length: > 0 }])
        {
            if (_isExpress) Bad("Express state machine does not support Activity ARN", at);
        }
        else if (_isExpress && resource.EndsWith(".waitForTaskToken", StringComparison.Ordinal))
        {
            Bad("Express state machine does not support '.waitForTaskToken' service integration ", at);
        }
        else if (_isExpress && resource.Contains(".sync", StringComparison.Ordinal))
        {
            Bad("Express state machine does not support '.sync' service integration", at);
        }
        else
        {
            Bad($"The service integration '{resource}' is not supported by this local cloud: tasks run on activities", at);
        }
    }

    void Wait(JsonObject state, string at)
    {
        string[] ways = ["Seconds", "SecondsPath", "Timestamp", "TimestampPath"];
        if (ways.Count(state.ContainsKey) != 1) Bad($"Exactly one of these fields is required: [{string.Join(", ", ways)}]", at);
        Number(state, "Seconds", at, 0, 99_999_999);
        Path(state, "SecondsPath", at);
        Path(state, "TimestampPath", at);
        if (state.ContainsKey("Timestamp") && !(JsonComparison.Text(state["Timestamp"]) is { } text && Timestamp.TryParse(text, out _)))
            Bad("String does not match RFC3339 timestamp", at + "/Timestamp");
    }

    void Fail(JsonObject state, string at)
    {
        Text(state, "Error", at);
        Text(state, "Cause", at);
        Path(state, "ErrorPath", at, orCall: true);
        Path(state, "CausePath", at, orCall: true);
        OneAtMost(state, at, "Error", "ErrorPath");
        OneAtMost(state, at, "Cause", "CausePath");
    }

    void Parallel(JsonObject state, string at, int depth)
    {
        Require(state, at, "Branches");
        List(state, "Branches", at, (branch, place) =>
        {
            Fields(branch, place, ["StartAt", "States", "Comment"]);
            Scope(branch, place, depth + 1);
        });
        if (state["Branches"] is JsonArray { Count: 0 }) Bad("Value cannot be empty", at + "/Branches");
    }
}
