using System.Text.Json.Nodes;
using Amazon.CDK;
using EtlTracing.Deployment;

namespace EtlTracing.Tests.Deployment;

[CollectionDefinition(nameof(StackTemplate))]
public sealed class StackTemplateCollection : ICollectionFixture<StackTemplate>;

/// <summary>What the stack synthesizes to, once for all tests: as it is, and with every option taken.</summary>
public sealed class StackTemplate : IDisposable
{
    readonly string _folder = Directory.CreateTempSubdirectory("etl-synth").FullName;

    public StackTemplate()
    {
        // jsii announces the end of each Node.js version in a frame of exclamation marks.
        System.Environment.SetEnvironmentVariable("JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION", "20");
        Default = Synthesize("default", []);
        Full = Synthesize("full", new() { ["viewerFrom"] = "10.20.0.0/16", ["alarmEmail"] = "someone@example.com", ["azs"] = "2" });
    }

    public JsonObject Default { get; }
    public JsonObject Full { get; }

    public static IEnumerable<(string Id, JsonObject Properties)> Of(JsonObject template, string type) =>
        from resource in template["Resources"]!.AsObject()
        where (string)resource.Value!["Type"]! == type
        select (resource.Key, resource.Value!["Properties"]!.AsObject());

    public static JsonObject One(JsonObject template, string type) => Assert.Single(Of(template, type)).Properties;

    /// <summary>A container's environment, or a function's.</summary>
    public static IReadOnlyDictionary<string, JsonNode> EnvironmentOf(JsonObject template, string service)
    {
        var containers = Of(template, "AWS::ECS::TaskDefinition")
            .SelectMany(task => task.Properties["ContainerDefinitions"]!.AsArray())
            .Select(container => (container!["Environment"] as JsonArray ?? []).ToDictionary(pair => (string)pair!["Name"]!, pair => pair!["Value"]!));
        var functions = Of(template, "AWS::Lambda::Function")
            .Select(function => (function.Properties["Environment"]?["Variables"] as JsonObject ?? []).ToDictionary(pair => pair.Key, pair => pair.Value!));
        return Assert.Single(containers.Concat(functions), environment =>
            environment.TryGetValue("OTEL_SERVICE_NAME", out var name) && (string)name! == service);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    JsonObject Synthesize(string name, Dictionary<string, object> context)
    {
        var app = new App(new AppProps { Outdir = Path.Combine(_folder, name), Context = context });
        _ = new EtlStack(app, EtlStack.DefaultName);
        app.Synth();
        return JsonNode.Parse(File.ReadAllText(Path.Combine(_folder, name, $"{EtlStack.DefaultName}.template.json")))!.AsObject();
    }
}
