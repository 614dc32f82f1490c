using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace EtlTracing.Tests.Deployment;

/// <summary>In which order CloudFormation can make the resources. Synthesis does not ask; a deployment would be refused.</summary>
[Collection(nameof(StackTemplate))]
public partial class StackOrderTests(StackTemplate stack)
{
    [Fact]
    public void NoTwoResourcesWaitForEachOther()
    {
        var waits = Waits(stack.Full);
        while (waits.Where(resource => resource.Value.Count == 0).Select(resource => resource.Key).ToHashSet() is { Count: > 0 } made)
        {
            foreach (var resource in made) waits.Remove(resource);
            foreach (var rest in waits.Values) rest.ExceptWith(made);
        }

        Assert.Empty(waits.Select(resource => $"{resource.Key} waits for {string.Join(" and ", resource.Value)}"));
    }

    [Fact]
    public void WhateverSendsSpansIsStartedAfterTheCollector()
    {
        var waits = Waits(stack.Full);
        var collector = Assert.Single(waits.Keys, id => id.StartsWith("CollectorService", StringComparison.Ordinal) && IsA(id, "AWS::ECS::Service"));

        var senders = waits.Where(resource => resource.Key != collector && IsA(resource.Key, "AWS::ECS::Service") || resource.Key.StartsWith("TriggerFunction", StringComparison.Ordinal) && IsA(resource.Key, "AWS::Lambda::Function")).ToList();
        Assert.Equal(4, senders.Count);
        Assert.All(senders, sender => Assert.Contains(collector, sender.Value));
    }

    [Fact]
    public void JobsAreDeletedBeforeTheBucketIsEmptied()
    {
        var waits = Waits(stack.Full);
        var emptying = Assert.Single(waits.Keys, id => IsA(id, "Custom::EmptyBucket"));

        // What is made later is deleted earlier.
        var jobs = waits.Where(resource => resource.Key.Contains("JobService", StringComparison.Ordinal) && IsA(resource.Key, "AWS::ECS::Service")).ToList();
        Assert.Equal(2, jobs.Count);
        Assert.All(jobs, job => Assert.Contains(emptying, job.Value));
    }

    bool IsA(string id, string type) => (string)stack.Full["Resources"]![id]!["Type"]! == type;

    static Dictionary<string, HashSet<string>> Waits(JsonObject template)
    {
        var resources = template["Resources"]!.AsObject();
        return resources.ToDictionary(
            resource => resource.Key,
            resource => Named(resource.Value!["DependsOn"]).Concat(References(resource.Value["Properties"])).Where(resources.ContainsKey).ToHashSet());
    }

    static IEnumerable<string> References(JsonNode? node) => node switch
    {
        JsonObject fields => fields.SelectMany(field => field.Key switch
        {
            "Ref" => [(string)field.Value!],
            "Fn::GetAtt" => Named(field.Value).Take(1).Select(name => name.Split('.')[0]),
            "Fn::Sub" => Variable().Matches(field.Value is JsonArray parts ? (string)parts[0]! : (string)field.Value!).Select(match => match.Groups[1].Value),
            _ => References(field.Value),
        }),
        JsonArray items => items.SelectMany(References),
        _ => [],
    };

    static IEnumerable<string> Named(JsonNode? oneOrMany) => oneOrMany switch
    {
        JsonArray many => many.Select(one => (string)one!),
        JsonValue one => [(string)one!],
        _ => [],
    };

    [GeneratedRegex(@"\$\{(\w+)")]
    private static partial Regex Variable();
}
