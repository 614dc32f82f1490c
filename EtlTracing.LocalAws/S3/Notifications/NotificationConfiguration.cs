using System.Collections.Concurrent;
using System.Text;
using System.Xml.Linq;

namespace EtlTracing.LocalAws.S3.Notifications;

/// <summary>One destination of a bucket's events. <see cref="Url"/> is where messages are posted.</summary>
public sealed record NotificationTarget(string Id, string Url, bool IsFunction, IReadOnlyList<string> Events, string Prefix, string Suffix)
{
    public bool Wants(string eventName, string key) =>
        key.StartsWith(Prefix, StringComparison.Ordinal) && key.EndsWith(Suffix, StringComparison.Ordinal)
        && Events.Any(wanted => wanted == "s3:" + eventName || (wanted.EndsWith('*') && ("s3:" + eventName).StartsWith(wanted[..^1], StringComparison.Ordinal)));
}

/// <summary>
/// A bucket's notification configuration. There are no functions, queues and topics here, so an HTTP URL stands where
/// their ARN would: messages are posted to it.
/// </summary>
public sealed record NotificationConfiguration(IReadOnlyList<NotificationTarget> Targets)
{
    static readonly ConcurrentDictionary<string, NotificationConfiguration> s_parsed = new();

    // Element of the configuration, element of its destination, and whether that is a function. The first form is today's, CloudFunction S3's old one.
    static readonly (string Element, string Destination, bool IsFunction)[] s_kinds =
        [("CloudFunctionConfiguration", "CloudFunction", true), ("LambdaFunctionConfiguration", "LambdaFunctionArn", true), ("QueueConfiguration", "Queue", false), ("TopicConfiguration", "Topic", false)];

    static readonly HashSet<string> s_events =
    [
        "s3:ObjectCreated:*", "s3:ObjectCreated:Put", "s3:ObjectCreated:Post", "s3:ObjectCreated:Copy", "s3:ObjectCreated:CompleteMultipartUpload",
        "s3:ObjectRemoved:*", "s3:ObjectRemoved:Delete", "s3:ObjectRemoved:DeleteMarkerCreated",
        "s3:ReducedRedundancyLostObject", "s3:TestEvent", "s3:ObjectRestore:*", "s3:ObjectRestore:Post", "s3:ObjectRestore:Completed", "s3:ObjectRestore:Delete",
        "s3:Replication:*", "s3:Replication:OperationFailedReplication", "s3:Replication:OperationMissedThreshold", "s3:Replication:OperationReplicatedAfterThreshold",
        "s3:Replication:OperationNotTracked", "s3:ObjectTagging:*", "s3:ObjectTagging:Put", "s3:ObjectTagging:Delete", "s3:ObjectAcl:Put",
        "s3:LifecycleExpiration:*", "s3:LifecycleExpiration:Delete", "s3:LifecycleExpiration:DeleteMarkerCreated", "s3:LifecycleTransition", "s3:IntelligentTiering",
    ];

    /// <summary>Parses what <see cref="Read"/> accepted before.</summary>
    public static NotificationConfiguration Parse(string xml) => s_parsed.GetOrAdd(xml, static xml =>
        Read(S3Xml.Parse(new MemoryStream(Encoding.UTF8.GetBytes(xml)), "NotificationConfiguration")));

    /// <exception cref="S3Exception">MalformedXML or InvalidArgument.</exception>
    public static NotificationConfiguration Read(XElement root)
    {
        var targets = new List<NotificationTarget>();
        foreach (var element in root.Elements())
        {
            if (element.Name.LocalName == "EventBridgeConfiguration") throw S3Error.NotImplemented("EventBridgeConfiguration");
            var kind = s_kinds.FirstOrDefault(kind => kind.Element == element.Name.LocalName);
            if (kind.Element is null) throw S3Error.MalformedXml();
            targets.Add(ReadTarget(element, kind.Destination, kind.IsFunction));
        }
        if (targets.GroupBy(target => target.Id).FirstOrDefault(group => group.Count() > 1) is { } twice)
            throw S3Error.InvalidArgument("Configurations cannot share the same identifier", "Id", twice.Key);
        for (var i = 0; i < targets.Count; i++)
            for (var j = 0; j < i; j++)
                if (Overlap(targets[i], targets[j]))
                    throw S3Error.InvalidArgument("Configurations overlap. Configurations on the same bucket cannot share a common event type.", "Event", string.Join(',', targets[i].Events));
        return new NotificationConfiguration(targets);
    }

    /// <summary>S3's form of the configuration, each part with its id.</summary>
    public static XElement Normalize(XElement root)
    {
        var normal = S3Xml.Element("NotificationConfiguration");
        foreach (var element in root.Elements())
        {
            var kind = s_kinds.First(kind => kind.Element == element.Name.LocalName);
            var name = kind.IsFunction ? "CloudFunctionConfiguration" : kind.Element;
            var filter = element.All("Filter").FirstOrDefault();
            normal.Add(S3Xml.Element(name,
                S3Xml.Element("Id", element.Text("Id") is { Length: > 0 } id ? id : Guid.NewGuid().ToString()),
                S3Xml.Element(kind.IsFunction ? "CloudFunction" : kind.Destination, Destination(element, kind.Destination)),
                element.All("Event").Select(wanted => S3Xml.Element("Event", wanted.Value)),
                filter is null ? null : S3Xml.Element("Filter", S3Xml.Element("S3Key", Rules(element).Select(rule =>
                    S3Xml.Element("FilterRule", S3Xml.Element("Name", char.ToUpperInvariant(rule.Name[0]) + rule.Name[1..].ToLowerInvariant()), S3Xml.Element("Value", rule.Value)))))));
        }
        return normal;
    }

    static NotificationTarget ReadTarget(XElement element, string destination, bool isFunction)
    {
        var events = element.All("Event").Select(wanted => wanted.Value).ToList();
        if (events.Count == 0) throw S3Error.MalformedXml();
        if (events.FirstOrDefault(wanted => !s_events.Contains(wanted)) is { } unknown) throw S3Error.InvalidArgument("The event is not supported for notifications", "Event", unknown);
        var rules = Rules(element);
        foreach (var (name, value) in rules)
        {
            if (name.ToLowerInvariant() is not "prefix" and not "suffix") throw S3Error.InvalidArgument("filter rule name must be either prefix or suffix", "FilterRule.Name", name);
            if (Encoding.UTF8.GetByteCount(value) > S3Limits.Key) throw S3Error.InvalidArgument("Size of filter rule value cannot exceed 1024 bytes in UTF-8 representation", "FilterRule.Value", value);
        }
        string Rule(string name) => rules.Where(rule => rule.Name.Equals(name, StringComparison.OrdinalIgnoreCase)).ToList() switch
        {
            [] => "",
            [var (_, value)] => value,
            _ => throw S3Error.InvalidArgument($"Cannot specify more than one {name} rule in a filter.", "FilterRule.Name", name),
        };
        var url = Destination(element, destination);
        if (!Uri.TryCreate(url, UriKind.Absolute, out var parsed) || parsed.Scheme is not "http" and not "https")
            throw S3Error.InvalidArgument("Unable to validate the following destination configurations", url, "The destination must be an HTTP URL: this local S3 posts events, it has no functions, queues and topics.");
        return new NotificationTarget(element.Text("Id") is { Length: > 0 } id ? id : Guid.NewGuid().ToString(), url, isFunction, events, Rule("prefix"), Rule("suffix"));
    }

    /// <summary>Clients disagree about a function's element: CloudFunction on the wire, LambdaFunctionArn in the API's description.</summary>
    static string Destination(XElement element, string name) => element.Text(name) ?? element.Text("CloudFunction") ?? element.Text("LambdaFunctionArn") ?? throw S3Error.MalformedXml();

    static List<(string Name, string Value)> Rules(XElement element) =>
        [.. element.All("Filter").SelectMany(filter => filter.All("S3Key")).SelectMany(key => key.All("FilterRule")).Select(rule => (rule.Text("Name") is { Length: > 0 } name ? name : throw S3Error.MalformedXml(), rule.Text("Value") ?? ""))];

    /// <summary>One object could match both, for one event.</summary>
    static bool Overlap(NotificationTarget one, NotificationTarget other) =>
        one.Events.Any(event1 => other.Events.Any(event2 => Covers(event1, event2) || Covers(event2, event1)))
        && (one.Prefix.StartsWith(other.Prefix, StringComparison.Ordinal) || other.Prefix.StartsWith(one.Prefix, StringComparison.Ordinal))
        && (one.Suffix.EndsWith(other.Suffix, StringComparison.Ordinal) || other.Suffix.EndsWith(one.Suffix, StringComparison.Ordinal));

    static bool Covers(string pattern, string name) => pattern == name || (pattern.EndsWith('*') && name.StartsWith(pattern[..^1], StringComparison.Ordinal));
}
