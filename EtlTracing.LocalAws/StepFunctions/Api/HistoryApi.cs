using System.Text.Json.Nodes;
using EtlTracing.LocalAws.StepFunctions.Language;
using EtlTracing.LocalAws.StepFunctions.Storage;

namespace EtlTracing.LocalAws.StepFunctions.Api;

public sealed class HistoryApi(Store store)
{
    static readonly string[] s_data = ["input", "output", "parameters", "inputDetails", "outputDetails", "assignedVariables", "assignedVariablesDetails"];

    public Task<JsonObject> GetAsync(Request request)
    {
        var arn = Arns.Check(request.Required("executionArn", 256), "execution");
        var most = request.MaxResults();
        var reverse = request.Flag("reverseOrder");
        var after = request.PageStart();
        var withData = request.Flag("includeExecutionData", otherwise: true);
        var execution = store.Execution(arn) ?? throw ServiceException.NoExecution(arn);
        var rows = reverse
            ? store.Query("SELECT id, json FROM events WHERE execution = $1 AND id < $2 ORDER BY id DESC LIMIT $3", row => (Id: row.GetInt64(0), Json: row.GetString(1)), execution.Sequence, after ?? long.MaxValue, most + 1)
            : store.Query("SELECT id, json FROM events WHERE execution = $1 AND id > $2 ORDER BY id LIMIT $3", row => (Id: row.GetInt64(0), Json: row.GetString(1)), execution.Sequence, after ?? 0, most + 1);
        var answer = new JsonObject { ["events"] = new JsonArray([.. rows.Take(most).Select(row => Read(row.Json, withData))]) };
        if (rows.Count > most) answer["nextToken"] = Request.PageToken(rows[most - 1].Id);
        return Task.FromResult(answer);
    }

    static JsonObject Read(string json, bool withData)
    {
        var read = (JsonObject)StateData.Parse(json)!;
        if (withData) return read;
        foreach (var (_, value) in read)
            if (value is JsonObject details)
                foreach (var member in s_data) details.Remove(member);
        return read;
    }
}
