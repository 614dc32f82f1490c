using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using EtlTracing.LocalAws.StepFunctions.Engine;
using EtlTracing.LocalAws.StepFunctions.Storage;

namespace EtlTracing.LocalAws.StepFunctions.Api;

public sealed class MapRunApi(Store store, WorkflowEngine engine)
{
    public Task<JsonObject> DescribeAsync(Request request)
    {
        var arn = Arns.Check(request.Required("mapRunArn", 2000), "mapRun");
        var found = store.Query("SELECT sequence, document, status, stopped FROM map_runs WHERE arn = $1",
            row => (Sequence: row.GetInt64(0), Run: JsonSerializer.Deserialize<MapRun>(row.GetString(1))!, Status: row.GetString(2), Stopped: row.IsDBNull(3) ? (double?)null : row.GetDouble(3)), arn);
        if (found is not [var (sequence, run, status, stopped)]) throw ServiceException.NoResource(arn);
        var counts = store.Query("SELECT status, count(*), sum(size) FROM map_items WHERE run = $1 GROUP BY status", row => (Status: row.GetString(0), Executions: row.GetInt64(1), Items: row.GetInt64(2)), sequence);
        var answer = new JsonObject
        {
            ["mapRunArn"] = run.Arn,
            ["executionArn"] = run.Execution,
            ["status"] = status,
            ["startDate"] = run.Started,
        };
        answer.With("stopDate", stopped);
        answer["maxConcurrency"] = run.MaxConcurrency == MapRun.MostAtOnce ? 0 : run.MaxConcurrency;
        answer["toleratedFailurePercentage"] = JsonNode.Parse(run.ToleratedFailurePercentage.ToString("0.0######", CultureInfo.InvariantCulture));
        answer["toleratedFailureCount"] = run.ToleratedFailureCount;
        answer["itemCounts"] = Counts(counts.Select(one => (one.Status, one.Items)), status);
        answer["executionCounts"] = Counts(counts.Select(one => (one.Status, one.Executions)), status);
        return Task.FromResult(answer);
    }

    public async Task<JsonObject> UpdateAsync(Request request)
    {
        var arn = Arns.Check(request.Required("mapRunArn", 2000), "mapRun");
        var concurrency = request.Number("maxConcurrency", 0, double.MaxValue);
        var percentage = request.Number("toleratedFailurePercentage", 0, 100);
        var count = request.Number("toleratedFailureCount", 0, double.MaxValue);
        if (store.Query("SELECT 1 FROM map_runs WHERE arn = $1", row => 1, arn).Count == 0) throw ServiceException.NoResource(arn);
        await engine.UpdateMapRunAsync(arn, run => run with
        {
            MaxConcurrency = MapRun.Concurrency((long?)concurrency ?? run.MaxConcurrency),
            ToleratedFailurePercentage = percentage ?? run.ToleratedFailurePercentage,
            ToleratedFailureCount = (long?)count ?? run.ToleratedFailureCount,
        });
        return [];
    }

    public Task<JsonObject> ListAsync(Request request)
    {
        var arn = Arns.Check(request.Required("executionArn", 256), "execution");
        var most = request.MaxResults();
        if (store.Execution(arn) is null) throw ServiceException.NoExecution(arn);
        var rows = store.Query("SELECT sequence, document, stopped FROM map_runs WHERE execution = $1 AND sequence < $2 ORDER BY sequence DESC LIMIT $3",
            row => (Sequence: row.GetInt64(0), Run: JsonSerializer.Deserialize<MapRun>(row.GetString(1))!, Stopped: row.IsDBNull(2) ? (double?)null : row.GetDouble(2)), arn, request.PageStart() ?? long.MaxValue, most + 1);
        var answer = new JsonObject
        {
            ["mapRuns"] = new JsonArray([.. rows.Take(most).Select(row => new JsonObject
            {
                ["executionArn"] = arn,
                ["mapRunArn"] = row.Run.Arn,
                ["stateMachineArn"] = row.Run.Arn.Replace(":mapRun:", ":stateMachine:", StringComparison.Ordinal)[..^(row.Run.Id.Length + 1)],
                ["startDate"] = row.Run.Started,
            }.With("stopDate", row.Stopped))]),
        };
        if (rows.Count > most) answer["nextToken"] = Request.PageToken(rows[most - 1].Sequence);
        return Task.FromResult(answer);
    }

    static JsonObject Counts(IEnumerable<(string Status, long Count)> counts, string run)
    {
        var by = counts.ToDictionary(one => one.Status, one => one.Count);
        long Of(string status) => by.GetValueOrDefault(status);
        return new JsonObject
        {
            ["pending"] = run == "RUNNING" ? Of("PENDING") : 0,
            ["running"] = Of("RUNNING"),
            ["succeeded"] = Of("SUCCEEDED"),
            ["failed"] = Of("FAILED"),
            ["timedOut"] = Of("TIMED_OUT"),
            ["aborted"] = Of("ABORTED") + (run == "RUNNING" ? 0 : Of("PENDING")),
            ["total"] = by.Values.Sum(),
            ["resultsWritten"] = run == "SUCCEEDED" ? Of("SUCCEEDED") : 0,
        };
    }
}
