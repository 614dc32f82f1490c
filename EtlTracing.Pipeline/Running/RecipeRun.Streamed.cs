using System.Diagnostics;
using EtlTracing.Pipeline.Batches;
using EtlTracing.Pipeline.Reading;
using EtlTracing.Pipeline.Writing;

namespace EtlTracing.Pipeline.Running;

sealed partial class RecipeRun
{
    PlannedStep? _failed;

    async Task<PipelineResult> RunStreamedAsync(
        BatchSource source, Plan plan, IReadOnlySet<string> carried, Activity? reading, long begin, CancellationToken cancellationToken)
    {
        Activity? writing = null;
        Exception? failure = null;
        try
        {
            var pass = plan.Next(carried);
            for (; !pass.IsLast; pass = plan.Next(carried)) await ObserveAsync(source, plan, pass, cancellationToken);
            Activity.Current = reading;
            await using var last = await source.BeginPassAsync(pass.Needed, carried, cancellationToken);
            writing = _spans.StartWriting();
            return await WriteStreamedAsync(plan, pass, last, carried, cancellationToken);
        }
        catch (Exception caught)
        {
            failure = caught;
            if (_failed is null) RunSpans.Fail(writing ?? reading, caught);
            throw;
        }
        finally
        {
            RunSpans.Describe(reading, _rowsRead, _rowsAccepted, _rowsRead - _rowsAccepted, Stopwatch.GetElapsedTime(0, _readBusy));
            RunSpans.Describe(writing, _rowsOut, _rowsOut, 0, Stopwatch.GetElapsedTime(0, _writeBusy));
            _spans.Apportion(
                reading, writing, plan.Steps, Stopwatch.GetElapsedTime(0, _readBusy), Stopwatch.GetElapsedTime(0, _writeBusy), Stopwatch.GetElapsedTime(begin), _failed, failure);
        }
    }

    /// <summary>A pass that only looks. Where what was learnt early in it changes which rows there are, what came later is forgotten.</summary>
    async Task ObserveAsync(BatchSource source, Plan plan, PassPlan pass, CancellationToken cancellationToken)
    {
        await using var reading = await source.BeginPassAsync(pass.Needed, new HashSet<string>(), cancellationToken);
        _rowsRead = _rowsAccepted = 0;
        await WorkAsync(pass, reading, null, cancellationToken);
        _bytesRead += reading.BytesRead;
        var sound = true;
        foreach (var step in pass.Steps.Where(pass.Observed.Contains))
        {
            if (!sound) step.Run.Reset();
            else sound = step.Complete();
        }
    }

    async Task<PipelineResult> WriteStreamedAsync(Plan plan, PassPlan pass, BatchPass last, IReadOnlySet<string> carried, CancellationToken cancellationToken)
    {
        _rowsRead = _rowsAccepted = 0;
        await using var rejected = new RejectsOutput(rejects);
        await using var written = new ParquetOutput(await output.CreateAsync(cancellationToken), plan.Output);
        var encoded = plan.Output.Columns.Where(column => !carried.Contains(column.Origin)).ToArray();
        await WorkAsync(pass, last, new Outputs(encoded, written, rejected), cancellationToken);
        _bytesRead += last.BytesRead;
        CheckRejects();
        var start = Stopwatch.GetTimestamp();
        await WriteGroupsAsync(plan, cancellationToken);
        var rejectsWritten = await rejected.CompleteAsync(cancellationToken);
        var eTag = await written.CompleteAsync(FooterMetadata(plan), cancellationToken);
        _writeBusy += Stopwatch.GetTimestamp() - start;
        return Result(plan, written, rejected, eTag, rejectsWritten);
    }

    /// <summary>
    /// Workers take parts in turn and carry each through all steps, so there are never more batches in memory than workers. What must happen in the
    /// input's order happens behind turnstiles.
    /// </summary>
    async Task WorkAsync(PassPlan pass, BatchPass reading, Outputs? outputs, CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        using var fetching = new SemaphoreSlim(1);
        var turnstiles = pass.Steps.Where(step => step.Run.Ordered).ToDictionary(step => step, _ => new Turnstile());
        var atEnd = new Turnstile();
        var fetched = 0L;
        var threads = options.Threads > 0 ? options.Threads : Environment.ProcessorCount;
        await Task.WhenAll(Enumerable.Range(0, threads).Select(_ => Task.Run(WorkerAsync, stop.Token)));

        async Task WorkerAsync()
        {
            try
            {
                var encoder = outputs is null ? null : new RowGroupEncoder(outputs.Encoded);
                while (await FetchAsync() is var (part, number))
                {
                    using (part)
                        await ProcessAsync(part, number, encoder);
                }
            }
            catch
            {
                await stop.CancelAsync();
                throw;
            }
        }

        async Task<(BatchPart Part, long Number)?> FetchAsync()
        {
            await fetching.WaitAsync(stop.Token);
            try
            {
                var start = Stopwatch.GetTimestamp();
                var part = await reading.NextAsync(stop.Token);
                Interlocked.Add(ref _readBusy, Stopwatch.GetTimestamp() - start);
                return part is null ? null : (part, fetched++);
            }
            finally
            {
                fetching.Release();
            }
        }

        async Task ProcessAsync(BatchPart part, long number, RowGroupEncoder? encoder)
        {
            var start = Stopwatch.GetTimestamp();
            using var batch = await part.ToBatchAsync(stop.Token);
            Interlocked.Add(ref _readBusy, Stopwatch.GetTimestamp() - start);
            Interlocked.Add(ref _rowsRead, batch.Rows);
            Interlocked.Add(ref _rowsAccepted, batch.Live);
            foreach (var step in pass.Steps)
            {
                Report(step.Name);
                Step(step, batch, number);
            }

            if (outputs is not null) await WriteAsync(outputs, part, batch, number, encoder!);
        }

        void Step(PlannedStep step, Batch batch, long number)
        {
            try
            {
                var observes = pass.Observed.Contains(step);
                var rejected = batch.Rejects.Count;
                if (pass.IsLast) step.CountIn(batch);
                if (observes) step.Observe(batch);
                else step.Apply(batch);
                if (turnstiles.TryGetValue(step, out var turnstile))
                {
                    turnstile.Enter(number, stop.Token);
                    step.Order(batch);
                    turnstile.Leave();
                }

                if (pass.IsLast) step.CountOut(batch, batch.Rejects.Count - rejected);
            }
            catch (Exception failure) when (failure is not OperationCanceledException)
            {
                _failed ??= step;
                throw;
            }
        }

        async Task WriteAsync(Outputs outputs, BatchPart part, Batch batch, long number, RowGroupEncoder encoder)
        {
            Report(WriteStep);
            var start = Stopwatch.GetTimestamp();
            var chunks = Encode(encoder, part, batch);
            Interlocked.Add(ref _writeBusy, Stopwatch.GetTimestamp() - start);
            await atEnd.EnterAsync(number, stop.Token);
            start = Stopwatch.GetTimestamp();
            _rowsOut += batch.Live;
            await WriteRejectsAsync(batch, outputs.Rejected, stop.Token);
            await outputs.Written.WriteAsync(batch.Live, chunks, stop.Token);
            Interlocked.Add(ref _writeBusy, Stopwatch.GetTimestamp() - start);
            atEnd.Leave();
        }
    }

    sealed record Outputs(IReadOnlyList<Column> Encoded, ParquetOutput Written, RejectsOutput Rejected);
}
