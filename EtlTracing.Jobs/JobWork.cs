using Amazon.S3;
using EtlTracing.Aws.Objects;
using EtlTracing.Pipeline;

namespace EtlTracing.Jobs;

/// <summary>The work of one task: objects in, recipe, objects out.</summary>
public sealed class JobWork(JobDefinition job, JobSettings settings, AmazonS3Client s3, TimeProvider time)
{
    public async Task<JobOutput> RunAsync(JobTask task, IProgress<PipelineProgress>? progress, CancellationToken cancellationToken)
    {
        var keys = job.Keys(task);
        var store = new ObjectStore(s3, task.Run.BucketName, time);
        var stored = await store.FindAsync(keys.Input, cancellationToken)
            ?? throw new InvalidInputException($"there is no object {keys.Input} in {store.Bucket}");

        var origin = Origin(task, stored);
        using var input = store.Read(stored);
        var output = new ObjectSink(store, keys.Output, origin, task.Run.Sequencer);
        var rejects = new ObjectSink(store, keys.Rejected, origin, task.Run.Sequencer);
        var groups = keys.Groups is { } key ? new ObjectSink(store, key, origin, task.Run.Sequencer) : null;
        var result = await job.Recipe().RunAsync(
            new DataSource(keys.Input, stored.Length, (offset, _) => ValueTask.FromResult(input.Open(offset))), output.ToDataSink(), rejects.ToDataSink(),
            new PipelineOptions
            {
                Today = DateOnly.FromDateTime((task.Entered ?? time.GetUtcNow()).UtcDateTime),
                MaxRejects = settings.MaxRejects,
                MemoryBudget = settings.Memory,
                FooterMetadata = origin,
                Groups = groups?.ToDataSink(),
                Progress = progress,
            }, cancellationToken);
        return new JobOutput
        {
            OutputKey = keys.Output,
            OutputEtag = result.OutputETag,
            RowsRead = result.RowsRead,
            RowsOut = result.RowsOut,
            RowsRejected = result.RowsRejected,
            Rejects = result.Rejects,
            RejectedKey = result.RejectsWritten ? keys.Rejected : null,
            GroupsKey = result.GroupsWritten ? keys.Groups : null,
            BytesRead = result.BytesRead,
            BytesWritten = result.BytesWritten,
            Steps = [.. result.Steps.Select(step => new StepRows(step.Name, step.RowsIn, step.RowsOut))],
            Superseded = output.Superseded,
        };
    }

    /// <summary>Any output names the run that made it.</summary>
    static Dictionary<string, string> Origin(JobTask task, StoredObject stored)
    {
        var origin = new Dictionary<string, string>
        {
            [ObjectMetadata.InputKey] = task.Run.ObjectKey,
            [ObjectMetadata.InputETag] = task.Run.Etag ?? stored.ETag.Trim('"'),
        };
        if (task.Run.TraceId is { } trace) origin[ObjectMetadata.TraceId] = trace;
        if (task.RunName is { } run) origin[ObjectMetadata.Run] = run;
        if (task.Run.Sequencer is { } sequencer) origin[ObjectMetadata.Sequencer] = sequencer;
        return origin;
    }
}
