using System.Text;
using System.Text.Json.Nodes;
using EtlTracing.LocalAws.S3;
using EtlTracing.LocalAws.StepFunctions.Api;
using EtlTracing.LocalAws.StepFunctions.Language;
using EtlTracing.LocalAws.StepFunctions.Storage;

namespace EtlTracing.LocalAws.StepFunctions.Engine;

/// <summary>Writes the results of a Map run to S3: a file of succeeded and one of failed children, and a manifest that names them.</summary>
public sealed class MapResultWriter(Store store, S3Store objects)
{
    public async Task<string> WriteAsync(MapRun run)
    {
        var folder = (run.WritePrefix!.TrimEnd('/') is { Length: > 0 } prefix ? prefix + "/" : "") + run.Id;
        var rows = store.Query($"SELECT {ExecutionRow.Columns} FROM executions WHERE map_run = $1 ORDER BY sequence", ExecutionRow.Read, run.Arn);
        var files = new JsonObject
        {
            ["FAILED"] = await FileAsync(run, folder + "/FAILED_0.json", rows.Where(row => row.Status is "FAILED" or "TIMED_OUT" or "ABORTED")),
            ["PENDING"] = new JsonArray(),
            ["SUCCEEDED"] = await FileAsync(run, folder + "/SUCCEEDED_0.json", rows.Where(row => row.Status == "SUCCEEDED")),
        };
        var manifest = folder + "/manifest.json";
        await PutAsync(run, manifest, new JsonObject { ["DestinationBucket"] = run.WriteBucket, ["MapRunArn"] = run.Arn, ["ResultFiles"] = files });
        return StateData.Write(new JsonObject { ["MapRunArn"] = run.Arn, ["ResultWriterDetails"] = new JsonObject { ["Bucket"] = run.WriteBucket, ["Key"] = manifest } });
    }

    async Task<JsonArray> FileAsync(MapRun run, string key, IEnumerable<ExecutionRow> rows)
    {
        var results = new JsonArray([.. rows.Select(Result)]);
        return results.Count == 0 ? [] : new JsonArray(new JsonObject { ["Key"] = key, ["Size"] = await PutAsync(run, key, results) });
    }

    async Task<long> PutAsync(MapRun run, string key, JsonNode content)
    {
        var bytes = Encoding.UTF8.GetBytes(StateData.Write(content));
        using var body = new MemoryStream(bytes);
        await objects.PutAsync(run.WriteBucket!, key, body, "application/json");
        return bytes.Length;
    }

    static JsonObject Result(ExecutionRow row)
    {
        var result = new JsonObject
        {
            ["ExecutionArn"] = row.Arn,
            ["Input"] = row.Input,
            ["InputDetails"] = new JsonObject { ["Included"] = true },
            ["Name"] = row.Name,
        };
        if (row.Output is not null) result.With("Output", row.Output).With("OutputDetails", new JsonObject { ["Included"] = true });
        result.With("Error", row.Error).With("Cause", row.Cause);
        result["RedriveCount"] = row.Redrives;
        result["RedriveStatus"] = ExecutionApi.Redrivable(row, Store.Time(row.Stopped ?? row.Started)).Status;
        result["StartDate"] = Turn.Iso(Store.Time(row.Started));
        result["StateMachineArn"] = row.Machine;
        result["Status"] = row.Status;
        if (row.Stopped is { } stopped) result["StopDate"] = Turn.Iso(Store.Time(stopped));
        return result;
    }
}
