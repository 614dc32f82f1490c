using System.Text.Json.Nodes;

namespace EtlTracing.LocalAws.XRay;

/// <summary>
/// The service map of any number of traces: nodes from segments, edges from the subsegments that called them
/// (https://docs.aws.amazon.com/xray/latest/api/API_Service.html).
/// </summary>
sealed class ServiceGraph(string account)
{
    readonly Dictionary<ServiceId, Node> _nodes = [];

    public void Add(TraceSummary summary)
    {
        foreach (var segment in summary.Trace.Segments)
        {
            var node = NodeOf(ServiceId.Of(segment));
            node.Times.Add(segment);
            node.Statistics.Add(segment);
            node.IsInferred &= segment.Flag("inferred");
            var caller = summary.Trace.Entity(segment.Text("parent_id"));
            if (caller is not null)
            {
                var source = CompiledTrace.Owner(caller);
                Edge(NodeOf(ServiceId.Of(source)), node, caller == source ? segment : caller);
            }
            else if (!segment.Flag("inferred"))
            {
                node.IsRoot = true;
                var client = NodeOf(new ServiceId(node.Id.Name, ServiceId.ClientType));
                client.Times.Add(segment);
                Edge(client, node, segment);
            }
        }
    }

    public JsonArray ToJson() => [.. _nodes.Values.Select(node => node.ToJson(account))];

    Node NodeOf(ServiceId id)
    {
        if (!_nodes.TryGetValue(id, out var node)) _nodes[id] = node = new Node(id, _nodes.Count);
        return node;
    }

    static void Edge(Node source, Node target, JsonObject call)
    {
        if (!source.Edges.TryGetValue(target.Reference, out var edge)) source.Edges[target.Reference] = edge = (new TimeSpanOf(), new ServiceStatistics());
        edge.Times.Add(call);
        edge.Statistics.Add(call);
    }

    sealed class Node(ServiceId id, int reference)
    {
        public ServiceId Id => id;
        public int Reference => reference;
        public bool IsRoot { get; set; }
        public bool IsInferred { get; set; } = true;
        public TimeSpanOf Times { get; } = new();
        public ServiceStatistics Statistics { get; } = new();
        public SortedDictionary<int, (TimeSpanOf Times, ServiceStatistics Statistics)> Edges { get; } = [];

        public JsonObject ToJson(string account)
        {
            var isClient = id.Type == ServiceId.ClientType;
            var json = new JsonObject { ["ReferenceId"] = reference, ["Name"] = id.Name, ["Names"] = new JsonArray(id.Name) };
            if (IsRoot) json["Root"] = true;
            if (!isClient) json["AccountId"] = account;
            if (id.Type is not null) json["Type"] = id.Type;
            json["State"] = IsInferred ? "unknown" : "active";
            Times.WriteTo(json);
            json["Edges"] = new JsonArray([.. Edges.Select(edge => EdgeJson(edge.Key, edge.Value.Times, edge.Value.Statistics))]);
            if (isClient) return json;
            json["SummaryStatistics"] = Statistics.ToJson();
            json["DurationHistogram"] = Statistics.Histogram();
            json["ResponseTimeHistogram"] = Statistics.Histogram();
            return json;
        }

        static JsonObject EdgeJson(int target, TimeSpanOf times, ServiceStatistics statistics)
        {
            var json = new JsonObject { ["ReferenceId"] = target };
            times.WriteTo(json);
            json["SummaryStatistics"] = statistics.ToJson();
            json["ResponseTimeHistogram"] = statistics.Histogram();
            json["Aliases"] = new JsonArray();
            return json;
        }
    }

    /// <summary>From the first start to the last end, in whole seconds as AWS gives them.</summary>
    sealed class TimeSpanOf
    {
        double _start = double.MaxValue, _end = double.MinValue;

        public void Add(JsonObject entity)
        {
            _start = Math.Min(_start, entity.Start());
            _end = Math.Max(_end, entity.End() ?? entity.Start());
        }

        public void WriteTo(JsonObject json)
        {
            json["StartTime"] = Math.Floor(_start);
            json["EndTime"] = Math.Ceiling(_end);
        }
    }
}
