using System.Diagnostics;
using EtlTracing.Pipeline.Batches;
using EtlTracing.Pipeline.Reading;
using EtlTracing.Pipeline.Writing;

namespace EtlTracing.Pipeline.Running;

sealed partial class RecipeRun
{
    PlannedStep? _failed;

    /// <summary>Memory did not do for a pass that was to be the only one.</summary>
    bool _tooLarge;

    /// <summary>Rows waited for a value that turned out to be none.</summary>
    bool _inVain;

    async Task<PipelineResult> RunStreamedAsync(
        BatchSource source, IReadOnlySet<string> carried, Activity? reading, long begin, CancellationToken cancellationToken)
    {
        var plan = _plan!;
        Activity? writing = null;
        Exception? failure = null;
        try
        {
            while (true)
            {
                var pass = NextPass(source, plan, carried);
                if (!pass.IsLast) await ObserveAsync(source, pass, cancellationToken);
                else if (await WriteAsync(pass) is { } result) return result;
                else plan = Restart(source);
            }
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

        async Task<PipelineResult?> WriteAsync(PassPlan pass)
        {
            Activity.Current = reading;
            await using var last = await source.BeginPassAsync(pass.Needed, carried, cancellationToken);
            writing ??= _spans.StartWriting();
            Activity.Current = writing;
            return await WriteStreamedAsync(plan, pass, last, carried, cancellationToken);
        }
    }

    /// <summary>The pass that does all there is left to do, where the recipe allows it and memory will do.</summary>
    PassPlan NextPass(BatchSource source, Plan plan, IReadOnlySet<string> carried)
    {
        var rows = _tooLarge ? long.MaxValue >> 10 : source.RowsIn(input.Length);
        var held = 0L;
        foreach (var step in plan.Steps)
            if (step.Run.NeedsWholeInput) held += step.Run.BytesFor(rows);
        return (_inVain || held > options.MemoryBudget ? null : plan.OnlyPass(carried)) ?? plan.Next(carried);
    }

    /// <summary>Forgets a pass whose output was not completed, so that the input can be looked at first and written then.</summary>
    Plan Restart(BatchSource source)
    {
        _plan!.Dispose();
        _rejectsByRule.Clear();
        _rowsOut = _rowsRejected = 0;
        return _plan = NewPlan(source);
    }

    /// <summary>A pass that only looks. Where what was learnt early in it changes which rows there are, what came later is forgotten.</summary>
    async Task ObserveAsync(BatchSource source, PassPlan pass, CancellationToken cancellationToken)
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

    /// <summary>The last pass. Null, and nothing written, where what steps learnt in it turns out not to suffice.</summary>
    async Task<PipelineResult?> WriteStreamedAsync(Plan plan, PassPlan pass, BatchPass last, IReadOnlySet<string> carried, CancellationToken cancellationToken)
    {
        _rowsRead = _rowsAccepted = 0;
        await using var rejected = new RejectsOutput(rejects);
        await using var written = new ParquetOutput(await output.CreateAsync(cancellationToken), plan.Output, options.SpillFolder);
        var encoded = plan.Output.Columns.Where(column => !carried.Contains(column.Origin)).ToArray();
        try
        {
            await WorkAsync(pass, last, new Outputs(encoded, written, rejected), cancellationToken);
        }
        catch (InsufficientException)
        {
            _tooLarge = true;
            return null;
        }
        finally
        {
            _bytesRead += last.BytesRead;
        }

        foreach (var step in pass.Steps.Where(pass.Observed.Contains)) step.Complete();
        CheckRejects();
        var start = Stopwatch.GetTimestamp();
        if (pass.Observed.Count > 0)
        {
            if (DeferredValues.Find(plan) is not { } deferred)
            {
                _inVain = true;
                return null;
            }

            await written.WriteDeferredAsync(deferred, cancellationToken);
        }

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
        var parts = 0L;
        var threads = options.Threads > 0 ? options.Threads : Environment.ProcessorCount;
        var workers = new Task[threads];
        for (var worker = 0; worker < threads; worker++) workers[worker] = Task.Run(WorkerAsync, stop.Token);
        await Task.WhenAll(workers);

        async Task WorkerAsync()
        {
            try
            {
                var encoder = outputs is null ? null : new RowGroupEncoder(outputs.Encoded);
                while (await FetchAsync() is { } fetched)
                {
                    using (fetched.Part)
                        await ProcessAsync(fetched.Part, fetched.Number, encoder);
                }
            }
            catch
            {
                await stop.CancelAsync();
                throw;
            }
        }

        async Task<FetchedPart?> FetchAsync()
        {
            await fetching.WaitAsync(stop.Token);
            try
            {
                var start = Stopwatch.GetTimestamp();
                var part = await reading.NextAsync(stop.Token);
                Interlocked.Add(ref _readBusy, Stopwatch.GetTimestamp() - start);
                return part is null ? null : new FetchedPart(part, parts++);
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
                if (pass.IsLast && pass.Observed.Contains(step) && !step.Run.Suffices) throw new InsufficientException();
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
                if (!observes || (pass.IsLast && step.Run.Defers)) step.Apply(batch);
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

    /// <summary>Stops the workers of a pass that cannot be the only one.</summary>
    sealed class InsufficientException : Exception;

    /// <summary>A part with its place in the input's order.</summary>
    sealed record FetchedPart(BatchPart Part, long Number);

    sealed record Outputs(IReadOnlyList<Column> Encoded, ParquetOutput Written, RejectsOutput Rejected);
}
