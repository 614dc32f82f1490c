using System.Text.Json.Nodes;

namespace EtlTracing.LocalAws.XRay;

/// <summary>
/// Central sampling with the one rule that each account has and nobody can delete: one request a second and five per cent
/// of the rest (https://docs.aws.amazon.com/xray/latest/devguide/xray-console-sampling.html).
/// </summary>
sealed class SamplingOperations(LocalCloudOptions options)
{
    const string Rule = "Default";
    const double FixedRate = 0.05;
    const int Reservoir = 1;

    public JsonObject GetSamplingRules(JsonObject input) => new()
    {
        ["SamplingRuleRecords"] = new JsonArray(new JsonObject
        {
            ["SamplingRule"] = new JsonObject
            {
                ["RuleName"] = Rule,
                ["RuleARN"] = $"arn:aws:xray:{options.Region}:{options.Account}:sampling-rule/{Rule}",
                ["ResourceARN"] = "*",
                ["Priority"] = 10000,
                ["FixedRate"] = FixedRate,
                ["ReservoirSize"] = Reservoir,
                ["ServiceName"] = "*",
                ["ServiceType"] = "*",
                ["Host"] = "*",
                ["HTTPMethod"] = "*",
                ["URLPath"] = "*",
                ["Version"] = 1,
                ["Attributes"] = new JsonObject(),
            },
            ["CreatedAt"] = 0,
            ["ModifiedAt"] = 0,
        }),
    };

    public JsonObject GetSamplingTargets(JsonObject input)
    {
        if (input["SamplingStatisticsDocuments"] is not JsonArray statistics) throw XRayException.InvalidRequest("SamplingStatisticsDocuments is required");
        var now = options.Time.GetUtcNow().ToUnixTimeSeconds();
        var targets = new JsonArray();
        var unprocessed = new JsonArray();
        foreach (var document in statistics.OfType<JsonObject>())
        {
            var name = document.Text("RuleName") ?? "";
            if (name == Rule)
            {
                targets.Add(new JsonObject
                {
                    ["RuleName"] = name,
                    ["FixedRate"] = FixedRate,
                    ["ReservoirQuota"] = Reservoir,
                    ["ReservoirQuotaTTL"] = now + 10,
                    ["Interval"] = 10,
                });
            }
            else
            {
                unprocessed.Add(new JsonObject { ["RuleName"] = name, ["ErrorCode"] = "404", ["Message"] = "Sampling rule does not exist." });
            }
        }
        return new JsonObject { ["SamplingTargetDocuments"] = targets, ["LastRuleModification"] = 0, ["UnprocessedStatistics"] = unprocessed };
    }
}
