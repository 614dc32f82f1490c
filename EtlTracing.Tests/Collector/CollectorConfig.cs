using System.Text.RegularExpressions;
using YamlDotNet.Serialization;

namespace EtlTracing.Tests.Collector;

/// <summary>The collector's configuration as the collector reads it: several files, maps merged, lists replaced.</summary>
sealed partial class CollectorConfig
{
    public const string Base = "otel-agent-config.yaml";
    public const string Local = "otel-agent-config.local.yaml";

    readonly Dictionary<object, object?> _root = [];

    public CollectorConfig(params string[] files)
    {
        foreach (var file in files)
            Merge(_root, new DeserializerBuilder().Build().Deserialize<Dictionary<object, object?>>(Text(file)));
    }

    public IReadOnlyCollection<string> Names(params string[] path) => [.. Map(path).Keys.Cast<string>()];

    public IReadOnlyList<string> List(params string[] path) => [.. ((List<object>)Find(path)!).Cast<string>()];

    public string? Scalar(params string[] path) => (string?)Find(path);

    public bool Has(params string[] path) => Map(path[..^1]).ContainsKey(path[^1]);

    /// <summary>The variables that a file asks for, and whether it says what holds without them.</summary>
    public static IReadOnlyList<(string Name, bool HasDefault)> Variables(string file) =>
        [.. Variable().Matches(Text(file)).Select(found => (found.Groups[1].Value, found.Groups[2].Success)).Distinct()];

    public static string Text(string file) => File.ReadAllText(Path.Combine(SharedData.Repository, file));

    Dictionary<object, object?> Map(string[] path) => (Dictionary<object, object?>)Find(path)!;

    object? Find(string[] path) =>
        path.Aggregate((object?)_root, (found, key) => ((Dictionary<object, object?>)found!)[key]);

    static void Merge(Dictionary<object, object?> into, Dictionary<object, object?> from)
    {
        foreach (var (key, value) in from)
            if (value is Dictionary<object, object?> map && into.GetValueOrDefault(key) is Dictionary<object, object?> existing)
                Merge(existing, map);
            else
                into[key] = value;
    }

    // ${env:NAME} or ${env:NAME:-default}
    [GeneratedRegex(@"\$\{env:([A-Z_]+)(:-[^}]*)?\}")]
    private static partial Regex Variable();
}
