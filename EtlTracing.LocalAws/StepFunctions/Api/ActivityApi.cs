using System.Text.Json.Nodes;
using EtlTracing.LocalAws.StepFunctions.Engine;
using EtlTracing.LocalAws.StepFunctions.Storage;

namespace EtlTracing.LocalAws.StepFunctions.Api;

public sealed class ActivityApi(Store store, Journal journal, WorkflowEngine engine, Arns arns)
{
    public async Task<JsonObject> CreateAsync(Request request)
    {
        var arn = arns.Activity(Arns.CheckName(request.Required("name", 80)));
        var created = Store.Seconds(engine.Now);
        // The same name again is the same activity.
        await journal.WriteAsync(writer => writer.Run("INSERT OR IGNORE INTO activities(arn, created, tags) VALUES($1, $2, $3)", arn, created, TagApi.Read(request["tags"])));
        engine.Activities.Add(arn);
        return new JsonObject { ["activityArn"] = arn, ["creationDate"] = Created(arn) ?? created };
    }

    public async Task<JsonObject> DeleteAsync(Request request)
    {
        var arn = Arn(request);
        engine.Activities.Remove(arn);
        await journal.WriteAsync(writer => writer.Run("DELETE FROM activities WHERE arn = $1", arn));
        return [];
    }

    public Task<JsonObject> DescribeAsync(Request request)
    {
        var arn = Arn(request);
        var created = Created(arn) ?? throw ServiceException.NoActivity(arn);
        return Task.FromResult(new JsonObject
        {
            ["activityArn"] = arn,
            ["name"] = arn.Split(':')[6],
            ["creationDate"] = created,
            ["encryptionConfiguration"] = new JsonObject { ["type"] = "AWS_OWNED_KEY" },
        });
    }

    public Task<JsonObject> ListAsync(Request request)
    {
        var most = request.MaxResults();
        var skip = request.PageStart() ?? 0;
        var rows = store.Query("SELECT arn, created FROM activities ORDER BY arn LIMIT $1 OFFSET $2", row => (Arn: row.GetString(0), Created: row.GetDouble(1)), most + 1, skip);
        var answer = new JsonObject
        {
            ["activities"] = new JsonArray([.. rows.Take(most).Select(row => new JsonObject { ["activityArn"] = row.Arn, ["name"] = row.Arn.Split(':')[6], ["creationDate"] = row.Created })]),
        };
        if (rows.Count > most) answer["nextToken"] = Request.PageToken(skip + most);
        return Task.FromResult(answer);
    }

    double? Created(string arn) => store.Query("SELECT created FROM activities WHERE arn = $1", row => (double?)row.GetDouble(0), arn).FirstOrDefault();

    static string Arn(Request request) => Arns.Check(request.Required("activityArn", 256), "activity");
}
