using System.Globalization;
using System.Text.Json.Nodes;
using EtlTracing.LocalAws.Otlp.Wire;

namespace EtlTracing.LocalAws.Otlp.Translation;

/// <summary>The segment's aws block: where the service runs, and which resource a call went to.</summary>
static class AwsBlock
{
    /// <summary>Takes what it uses out of <paramref name="rest"/>; null when the resource runs in another cloud.</summary>
    public static JsonObject? Take(SpanAttributes rest, SpanAttributes resource)
    {
        var operation = rest.Text("aws.operation") ?? rest.Text("rpc.method");
        var account = rest.Find("aws.account_id") is { ValueCase: not AnyValue.ValueOneofCase.None } own ? own.StringValue : resource.Text("cloud.account.id");
        var region = rest.Text("aws.region");
        var request = rest.Text("aws.requestId") ?? rest.Text("aws.request_id");
        var queue = rest.Text("messaging.url") ?? rest.Text("aws.queue.url") ?? rest.Text("aws.queue_url");
        var table = rest.Text("aws.table.name") ?? rest.Text("aws.table_name");
        JsonArray? tables = null;
        if (rest.Find("aws.dynamodb.table_names") is { } names)
        {
            if (names.HasStringValue) table = names.StringValue;
            else if (names.ArrayValue is { Values: { Count: 1 } one }) table = one[0].StringValue;
            else if (names.ArrayValue is { Values: { Count: > 1 } many }) (table, tables) = (null, [.. many.Select(name => (JsonNode)name.StringValue)]);
        }
        foreach (var key in (ReadOnlySpan<string>)["aws.operation", "rpc.method", "aws.account_id", "aws.region", "aws.request_id", "aws.requestId",
                     "aws.queue_url", "aws.queue.url", "aws.table_name", "aws.table.name"])
            rest.Remove(key);
        if (resource.Text("cloud.provider") is not (null or "" or "aws")) return null;

        var aws = new JsonObject();
        if (Beanstalk(resource) is { } beanstalk) aws["elastic_beanstalk"] = beanstalk;
        if (LogGroups(resource) is { Count: > 0 } logs) aws["cloudwatch_logs"] = logs;
        if (Ecs(resource) is { } ecs) aws["ecs"] = ecs;
        if (Ec2(resource) is { } ec2) aws["ec2"] = ec2;
        if (Eks(resource) is { } eks) aws["eks"] = eks;
        aws["xray"] = XRay(resource);
        Set(aws, "account_id", account);
        Set(aws, "operation", operation);
        Set(aws, "region", region);
        Set(aws, "request_id", request);
        Set(aws, "queue_url", queue);
        Set(aws, "table_name", table);
        if (tables is not null) aws["table_names"] = tables;
        return aws;
    }

    static void Set(JsonObject block, string name, string? value)
    {
        if (!string.IsNullOrEmpty(value)) block[name] = value;
    }

    static JsonValue? OrNull(string? value) => string.IsNullOrEmpty(value) ? null : JsonValue.Create(value);

    static JsonObject XRay(SpanAttributes resource)
    {
        var xray = new JsonObject();
        var name = resource.Text("telemetry.sdk.name");
        var language = resource.Text("telemetry.sdk.language");
        Set(xray, "sdk", string.IsNullOrEmpty(name) || string.IsNullOrEmpty(language) ? name : $"{name} for {language}");
        Set(xray, "sdk_version", resource.Text("telemetry.sdk.version"));
        xray["auto_instrumentation"] = !string.IsNullOrEmpty(resource.Text("telemetry.auto.version")) || !string.IsNullOrEmpty(resource.Text("telemetry.distro.version"));
        return xray;
    }

    static JsonObject? Ec2(SpanAttributes resource)
    {
        var host = resource.Text("host.id");
        if (resource.Text("cloud.platform") != "aws_ec2" && string.IsNullOrEmpty(host)) return null;
        return new JsonObject
        {
            ["instance_id"] = OrNull(host),
            ["availability_zone"] = OrNull(resource.Text("cloud.availability_zone")),
            ["instance_size"] = OrNull(resource.Text("host.type")),
            ["ami_id"] = OrNull(resource.Text("host.image.id")),
        };
    }

    static JsonObject? Ecs(SpanAttributes resource)
    {
        if (resource.Text("cloud.platform") != "aws_ecs") return null;
        var ecs = new JsonObject();
        Set(ecs, "container", resource.Text("container.name"));
        Set(ecs, "container_id", resource.Text("container.id"));
        Set(ecs, "task_arn", resource.Text("aws.ecs.task.arn"));
        Set(ecs, "task_family", resource.Text("aws.ecs.task.family"));
        Set(ecs, "cluster_arn", resource.Text("aws.ecs.cluster.arn"));
        Set(ecs, "container_arn", resource.Text("aws.ecs.container.arn"));
        Set(ecs, "availability_zone", resource.Text("cloud.availability_zone"));
        Set(ecs, "launch_type", resource.Text("aws.ecs.launchtype"));
        return ecs;
    }

    static JsonObject? Beanstalk(SpanAttributes resource)
    {
        var deployment = resource.Text("service.instance.id");
        if (resource.Text("cloud.platform") != "aws_elastic_beanstalk" || string.IsNullOrEmpty(deployment)) return null;
        return new JsonObject
        {
            ["environment_name"] = OrNull(resource.Text("service.namespace")),
            ["version_label"] = OrNull(resource.Text("service.version")),
            ["deployment_id"] = long.TryParse(deployment, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number : 0,
        };
    }

    static JsonObject? Eks(SpanAttributes resource)
    {
        var cluster = resource.Text("k8s.cluster.name");
        if (resource.Text("cloud.platform") != "aws_eks" && string.IsNullOrEmpty(cluster)) return null;
        return new JsonObject
        {
            ["cluster_name"] = OrNull(cluster),
            ["pod"] = OrNull(resource.Text("k8s.pod.name")),
            ["container_id"] = OrNull(resource.Text("container.id")),
        };
    }

    static JsonArray LogGroups(SpanAttributes resource)
    {
        var arns = List(resource.Find("aws.log.group.arns"));
        var groups = new JsonArray();
        foreach (var arn in arns)
        {
            var parts = arn.Split(':');
            groups.Add(new JsonObject { ["log_group"] = OrNull(parts.Length >= 7 ? parts[6] : arn), ["arn"] = arn });
        }
        if (arns.Count > 0) return groups;
        foreach (var name in List(resource.Find("aws.log.group.names"))) groups.Add(new JsonObject { ["log_group"] = OrNull(name) });
        return groups;
    }

    /// <summary>An array, or names joined by '&amp;' as OTEL_RESOURCE_ATTRIBUTES has to write them.</summary>
    static List<string> List(AnyValue? value) => value switch
    {
        { HasStringValue: true } => [.. value.StringValue.Split('&', StringSplitOptions.RemoveEmptyEntries)],
        { ArrayValue: { } array } => [.. array.Values.Select(each => each.StringValue)],
        _ => [],
    };
}
