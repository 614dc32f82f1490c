using System.Security.Cryptography;
using System.Text.Json.Nodes;
using EtlTracing.LocalAws.Otlp.Wire;
using EtlTracing.LocalAws.XRay;
using Google.Protobuf;

namespace EtlTracing.LocalAws.Otlp.Translation;

/// <summary>
/// Spans to segment documents by the rules of the OpenTelemetry collector's awsxray exporter
/// (https://github.com/open-telemetry/opentelemetry-collector-contrib/tree/main/exporter/awsxrayexporter), so that what is
/// seen here is what X-Ray will show. Only Server spans and spans without a parent become segments.
/// </summary>
/// <param name="indexed">The exporter's indexed_attributes.</param>
/// <param name="time">Trace ids carry a time and are refused when it is too far from now.</param>
sealed partial class SpanTranslator(IReadOnlyList<string> indexed, TimeProvider time)
{
    const int MaxName = 200;
    const long MaxAgeSeconds = 28 * 86400;
    const long MaxSkewSeconds = 300;

    const string LocalService = "aws.local.service";
    const string RemoteService = "aws.remote.service";

    /// <summary>One document for a span; two for a local root that is itself a call (Application Signals' aws.span.kind).</summary>
    /// <exception cref="UntranslatableSpanException">The exporter would drop the span.</exception>
    public IEnumerable<JsonObject> Translate(Span span, SpanAttributes resource)
    {
        var attributes = SpanAttributes.Of(span.Attributes);
        if (attributes.Text("aws.span.kind") != "LOCAL_ROOT")
        {
            var document = Segment(span, span.SpanId, span.ParentSpanId, attributes, resource);
            if (IsCall(span.Kind) && document.ContainsKey("type") && !document.ContainsKey("namespace") && attributes.Contains(RemoteService)) document["namespace"] = "remote";
            return [document];
        }
        if (span.Kind is Span.Types.SpanKind.Server or Span.Types.SpanKind.Internal)
        {
            var document = Segment(span, span.SpanId, span.ParentSpanId, attributes, resource);
            document.Remove("type");
            document.Remove("namespace");
            return [document];
        }
        var service = ByteString.CopyFrom(RandomNumberGenerator.GetBytes(8));
        return [Dependency(span, service, attributes, resource), Service(span, service, attributes, resource)];
    }

    JsonObject Dependency(Span span, ByteString service, SpanAttributes attributes, SpanAttributes resource)
    {
        var document = Segment(span, span.SpanId, service, attributes, resource);
        document["type"] = "subsegment";
        document.TryAdd("namespace", "remote");
        if (span.Kind == Span.Types.SpanKind.Consumer) document.Remove("links");
        if (attributes.Text(RemoteService) is { } remote) document["name"] = TrimSdkPrefix(remote, attributes);
        return document;
    }

    JsonObject Service(Span span, ByteString id, SpanAttributes attributes, SpanAttributes resource)
    {
        var own = attributes.Copy();
        foreach (var key in (ReadOnlySpan<string>)[RemoteService, "aws.remote.operation", "remoteTarget", "K8s.RemoteNamespace"]) own.Remove(key);
        var document = Segment(span, id, span.ParentSpanId, own, resource);
        if (attributes.Text(LocalService) is { } local) document["name"] = local;
        foreach (var field in (ReadOnlySpan<string>)["http", "type", "namespace"]) document.Remove(field);
        if (document["aws"] is JsonObject aws)
            foreach (var field in (ReadOnlySpan<string>)["operation", "account_id", "region", "request_id", "queue_url", "table_name", "table_names"]) aws.Remove(field);
        foreach (var (_, space) in document["metadata"] as JsonObject ?? [])
            if (space is JsonObject values)
                foreach (var key in values.Select(value => value.Key).Where(key => !key.StartsWith("otel.resource.", StringComparison.Ordinal)).ToList()) values.Remove(key);
        if (span.Kind != Span.Types.SpanKind.Consumer) document.Remove("links");
        return document;
    }

    JsonObject Segment(Span span, ByteString spanId, ByteString parentId, SpanAttributes attributes, SpanAttributes resource)
    {
        var isSegment = span.Kind == Span.Types.SpanKind.Server || IsEmpty(parentId);
        var traceId = AmazonTraceId(span.TraceId);
        var rest = attributes.Copy();
        var http = HttpBlock.Take(rest, span, attributes);
        var cause = CauseBlock.Take(rest, span, attributes, resource);
        var aws = AwsBlock.Take(rest, resource);
        var sql = SqlBlock.Take(rest, span.Name);
        foreach (var name in indexed)
            if (attributes.Find(name) is { } value) rest.Add(name, value);
        var user = rest.Text("enduser.id");
        if (user is not null) rest.Remove("enduser.id");

        var document = new JsonObject();
        var (segmentName, space) = NameAndNamespace(span, attributes, resource);
        document["name"] = segmentName;
        if (!IsEmpty(spanId)) document["id"] = Convert.ToHexStringLower(spanId.Span);
        document["start_time"] = Seconds(span.StartTimeUnixNano);
        if (Service(resource) is { } service) document["service"] = service;
        if (Origin(resource) is { } origin) document["origin"] = origin;
        if (!string.IsNullOrEmpty(user)) document["user"] = user;
        if (Links(span) is { } links) document["links"] = links;
        document["trace_id"] = traceId;
        document["end_time"] = Seconds(span.EndTimeUnixNano);
        if (http is not null) document["http"] = http;
        document["fault"] = cause.Fault;
        document["error"] = cause.Error;
        document["throttle"] = cause.Throttle;
        if (cause.Cause is not null) document["cause"] = cause.Cause;
        if (aws is not null) document["aws"] = aws;
        AddAnnotationsAndMetadata(document, rest, isSegment ? resource : null);
        if (space is not null) document["namespace"] = space;
        if (!IsEmpty(parentId)) document["parent_id"] = Convert.ToHexStringLower(parentId.Span);
        if (!isSegment) document["type"] = "subsegment";
        if (sql is not null) document["sql"] = sql;
        return document;
    }

    string AmazonTraceId(ByteString id)
    {
        var bytes = new byte[16];
        if (id.Length == bytes.Length) id.CopyTo(bytes, 0);
        var age = time.GetUtcNow().ToUnixTimeSeconds() - System.Buffers.Binary.BinaryPrimitives.ReadUInt32BigEndian(bytes);
        return age is > MaxAgeSeconds or < -MaxSkewSeconds
            ? throw new UntranslatableSpanException($"invalid xray traceid: {Convert.ToHexStringLower(bytes)}")
            : TraceId.FromBytes(bytes);
    }

    JsonArray? Links(Span span)
    {
        if (span.Links.Count == 0) return null;
        var links = new JsonArray();
        foreach (var link in span.Links)
        {
            // A link to an id that is none of X-Ray's fails the whole span.
            var json = new JsonObject { ["trace_id"] = AmazonTraceId(link.TraceId), ["id"] = IsEmpty(link.SpanId) ? "" : Convert.ToHexStringLower(link.SpanId.Span) };
            if (link.Attributes.Count > 0) json["attributes"] = SpanAttributes.Object(link.Attributes);
            links.Add(json);
        }
        return links;
    }

    /// <summary>Nanoseconds as X-Ray's seconds, by the exporter's own division.</summary>
    static double Seconds(ulong nanoseconds) => nanoseconds / 1e9;

    static bool IsEmpty(ByteString id) => id.Length != 8 || !id.Span.ContainsAnyExcept((byte)0);

    static bool IsCall(Span.Types.SpanKind kind) => kind is Span.Types.SpanKind.Client or Span.Types.SpanKind.Producer or Span.Types.SpanKind.Consumer;

    static JsonObject? Service(SpanAttributes resource)
    {
        var version = resource.Text("service.version") ?? resource.Text("container.image.tag");
        if (version is null) return null;
        return version.Length == 0 ? [] : new JsonObject { ["version"] = version };
    }

    static string? Origin(SpanAttributes resource)
    {
        if (resource.Text("cloud.provider") is not (null or "aws")) return null;
        return resource.Text("cloud.platform") switch
        {
            "aws_app_runner" => "AWS::AppRunner::Service",
            "aws_eks" => "AWS::EKS::Container",
            "aws_elastic_beanstalk" => "AWS::ElasticBeanstalk::Environment",
            "aws_ecs" => resource.Text("aws.ecs.launchtype") switch
            {
                "ec2" => "AWS::ECS::EC2",
                "fargate" => "AWS::ECS::Fargate",
                _ => "AWS::ECS::Container",
            },
            "aws_ec2" => "AWS::EC2::Instance",
            _ => null,
        };
    }
}
