using System.Diagnostics;
using EtlTracing.Pipeline.Batches;
using EtlTracing.Pipeline.Reading;
using EtlTracing.Pipeline.Writing;

namespace EtlTracing.Pipeline.Running;

sealed partial class RecipeRun
{
    async Task<PipelineResult> RunStepwiseAsync(Plan plan, List<BatchPart> parts, List<Batch> batches, CancellationToken cancellationToken)
    {
        using (var group = _spans.StartGroup())
        {
            foreach (var step in plan.Steps)
            {
                cancellationToken.ThrowIfCancellationRequested();
                Report(step.Name);
                using var span = RunSpans.Start(step.Name);
                try
                {
                    RunStep(step, batches);
                }
                catch (Exception failure)
                {
                    RunSpans.Fail(span, failure);
                    RunSpans.Fail(group, failure);
                    throw;
                }

                RunSpans.Describe(span, step);
            }

            RunSpans.Describe(group, _rowsAccepted, batches.Sum(batch => (long)batch.Live), plan.Steps.Sum(step => step.Rejected), plan.Steps.Aggregate(TimeSpan.Zero, (sum, step) => sum + step.Busy));
        }

        Report(WriteStep);
        using var writing = _spans.StartWriting();
        try
        {
            return await WriteStepwiseAsync(plan, parts, batches, writing, cancellationToken);
        }
        catch (Exception failure)
        {
            RunSpans.Fail(writing, failure);
            throw;
        }
    }

    static void RunStep(PlannedStep step, List<Batch> batches)
    {
        foreach (var batch in batches) step.CountIn(batch);
        if (step.Run.NeedsWholeInput)
        {
            foreach (var batch in batches)
            {
                step.Observe(batch);
                if (step.Run.Ordered) step.Order(batch);
            }

            step.Complete();
        }

        foreach (var batch in batches)
        {
            var rejected = batch.Rejects.Count;
            step.Apply(batch);
            if (step.Run.Ordered) step.Order(batch);
            step.CountOut(batch, batch.Rejects.Count - rejected);
        }
    }

    async Task<PipelineResult> WriteStepwiseAsync(Plan plan, List<BatchPart> parts, List<Batch> batches, Activity? writing, CancellationToken cancellationToken)
    {
        var begin = Stopwatch.GetTimestamp();
        await using var rejected = new RejectsOutput(rejects);
        foreach (var batch in batches) await WriteRejectsAsync(batch, rejected, cancellationToken);
        CheckRejects();
        await using var written = new ParquetOutput(await output.CreateAsync(cancellationToken), plan.Output, options.SpillFolder);
        var carried = parts.Count > 0 ? parts[0].Carried : new Dictionary<string, EncodedChunk>();
        var encoder = new RowGroupEncoder(plan.Output.Columns.Where(column => !carried.ContainsKey(column.Name)));
        for (var index = 0; index < batches.Count; index++)
        {
            _rowsOut += batches[index].Live;
            await written.WriteAsync(batches[index].Live, Encode(encoder, parts[index], batches[index]), cancellationToken);
        }

        await WriteGroupsAsync(plan, cancellationToken);
        var rejectsWritten = await rejected.CompleteAsync(cancellationToken);
        var eTag = await written.CompleteAsync(FooterMetadata(plan), cancellationToken);
        _writeBusy = Stopwatch.GetTimestamp() - begin;
        RunSpans.Describe(writing, _rowsOut, _rowsOut, 0, Stopwatch.GetElapsedTime(0, _writeBusy));
        return Result(plan, written, rejected, eTag, rejectsWritten);
    }
}
