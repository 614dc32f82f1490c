namespace EtlTracing.LocalAws.StepFunctions.Engine;

public sealed partial class WorkflowEngine
{
    static string MapRunPath(string mapRun) => mapRun.Split(':')[6];

    Task FollowMapRunsAsync(Turn turn) => turn.MapRuns.Count == 0 ? Task.CompletedTask : Task.FromException(new NotSupportedException(_arns.Region));
}
