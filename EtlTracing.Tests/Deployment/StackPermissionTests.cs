using System.Text.Json.Nodes;

namespace EtlTracing.Tests.Deployment;

[Collection(nameof(StackTemplate))]
public class StackPermissionTests(StackTemplate stack)
{
    // Calls for which AWS defines no resource, or checks for none but '*'.
    static readonly string[] s_withoutResource =
    [
        "xray:PutTraceSegments", "xray:PutTelemetryRecords", "xray:GetSamplingRules", "xray:GetSamplingTargets", "xray:BatchGetTraces",
        "xray:GetTraceSummaries", "xray:GetTraceGraph", "xray:GetServiceGraph", "xray:GetTraceSegmentDestination",
        // Registry log-in of ECS.
        "ecr:GetAuthorizationToken",
        // Log delivery of Step Functions.
        "logs:CreateLogDelivery", "logs:GetLogDelivery", "logs:UpdateLogDelivery", "logs:DeleteLogDelivery", "logs:ListLogDeliveries",
        "logs:PutResourcePolicy", "logs:DescribeResourcePolicies", "logs:DescribeLogGroups",
        // A function's connection to the VPC.
        "ec2:CreateNetworkInterface", "ec2:DescribeNetworkInterfaces", "ec2:DescribeSubnets", "ec2:DeleteNetworkInterface",
        "ec2:AssignPrivateIpAddresses", "ec2:UnassignPrivateIpAddresses",
    ];

    [Fact]
    public void NoActionIsAWildcard() =>
        Assert.DoesNotContain(Allowed(stack.Full).SelectMany(statement => Texts(statement["Action"])), action => action.Contains('*', StringComparison.Ordinal));

    [Fact]
    public void NoResourceIsEverythingWhereAwsKnowsANarrowerOne()
    {
        var broad = Allowed(stack.Full)
            .Where(statement => Texts(statement["Resource"]).Contains("*"))
            .SelectMany(statement => Texts(statement["Action"]));

        Assert.Empty(broad.Except(s_withoutResource));
    }

    [Fact]
    public void NoRoleHasAManagedPolicy() =>
        Assert.All(StackTemplate.Of(stack.Full, "AWS::IAM::Role"), role => Assert.Null(role.Properties["ManagedPolicyArns"]));

    [Fact]
    public void OnlyServicesMayTakeARole()
    {
        var principals = StackTemplate.Of(stack.Full, "AWS::IAM::Role")
            .SelectMany(role => role.Properties["AssumeRolePolicyDocument"]!["Statement"]!.AsArray())
            .Select(statement => (string?)statement!["Principal"]!["Service"]);

        Assert.Equal(["ecs-tasks.amazonaws.com", "lambda.amazonaws.com", "states.amazonaws.com"], principals.Distinct().Order());
    }

    [Fact]
    public void AJobWritesOnlyItsOwnPrefixes()
    {
        var writes = StackTemplate.Of(stack.Default, "AWS::IAM::Policy")
            .Where(policy => policy.Id.Contains("Job", StringComparison.Ordinal))
            .SelectMany(policy => Statements(policy.Properties).Where(statement => Texts(statement["Action"]).Contains("s3:PutObject"))
                .SelectMany(statement => statement["Resource"]!.AsArray())
                .Select(resource => $"{policy.Id[..5]} {resource!["Fn::Join"]![1]![1]}"));

        Assert.Equal(
            [$"Clean /{EtlNames.CleanPrefix}*", $"Clean /{EtlNames.RejectedPrefix}*", $"Proce /{EtlNames.ProcessedPrefix}*", $"Proce /{EtlNames.RejectedPrefix}*"],
            writes.Order());
    }

    static IEnumerable<JsonObject> Allowed(JsonObject template) =>
        new[] { "AWS::IAM::Policy", "AWS::IAM::Role", "AWS::S3::BucketPolicy", "AWS::SQS::QueuePolicy", "AWS::SNS::TopicPolicy" }
            .SelectMany(type => StackTemplate.Of(template, type))
            .SelectMany(resource => Statements(resource.Properties))
            .Where(statement => (string?)statement["Effect"] == "Allow");

    static IEnumerable<JsonObject> Statements(JsonObject properties) =>
        (properties["Policies"] as JsonArray ?? [])
            .Select(policy => policy!["PolicyDocument"])
            .Append(properties["PolicyDocument"])
            .OfType<JsonObject>()
            .SelectMany(document => document["Statement"]!.AsArray())
            .Select(statement => statement!.AsObject());

    static IEnumerable<string> Texts(JsonNode? oneOrMany) =>
        (oneOrMany is JsonArray many ? many : [oneOrMany?.DeepClone()]).OfType<JsonValue>().Select(value => (string)value!);
}
