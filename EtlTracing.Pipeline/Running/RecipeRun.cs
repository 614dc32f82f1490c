using System.Diagnostics;
using EtlTracing.Pipeline.Batches;
using EtlTracing.Pipeline.Reading;
using EtlTracing.Pipeline.Writing;

namespace EtlTracing.Pipeline.Running;

/// <summary>One run of a recipe: a small input a step at a time, a large one streamed in passes. Both give the same rows.</summary>
sealed partial class RecipeRun(Recipe recipe, DataSource input, DataSink output, DataSink rejects, PipelineOptions options)
{
    const string ReadStep = "Read Data", WriteStep = "Write Data";

    readonly RunSpans _spans = new(recipe.Name);
    Plan? _plan;
    readonly SortedDictionary<string, long> _rejectsByRule = new(StringComparer.Ordinal);
    long _rowsRead;
    long _rowsAccepted;
    long _rowsOut;
    long _rowsRejected;
    long _bytesRead;
    long _readBusy;
    long _writeBusy;
    long _groupsBytes;
    bool _groupsWritten;

    public async Task<PipelineResult> RunAsync(CancellationToken cancellationToken)
    {
        var parts = new List<BatchPart>();
        var batches = new List<Batch>();
        var reading = _spans.StartReading();
        try
        {
            Report(ReadStep);
            if (input.Length > options.StepwiseBytes) WarmUp.Begin();
            var begin = Stopwatch.GetTimestamp();
            var source = await recipe.OpenAsync(input, options, cancellationToken);
            var plan = _plan = NewPlan(source);
            var carried = source.CanCarry ? plan.Carried() : new HashSet<string>();
            if (await ReadSmallAsync(source, plan, carried, parts, cancellationToken))
            {
                foreach (var part in parts) batches.Add(await part.ToBatchAsync(cancellationToken));
                _rowsRead = batches.Sum(batch => (long)batch.Rows);
                _rowsAccepted = batches.Sum(batch => (long)batch.Live);
                _readBusy = Stopwatch.GetTimestamp() - begin;
                RunSpans.Describe(reading, _rowsRead, _rowsAccepted, _rowsRead - _rowsAccepted, Stopwatch.GetElapsedTime(0, _readBusy));
                reading?.Dispose();
                reading = null;
                return await RunStepwiseAsync(plan, parts, batches, cancellationToken);
            }

            CheckDisk();
            return await RunStreamedAsync(source, carried, reading, begin, cancellationToken);
        }
        catch (Exception failure) when (FailReading(reading, failure))
        {
            throw;
        }
        finally
        {
            reading?.Dispose();
            _plan?.Dispose();
            foreach (var batch in batches) batch.Dispose();
            foreach (var part in parts) part.Dispose();
        }
    }

    Plan NewPlan(BatchSource source) => new(recipe.Steps.Where(step => options.Groups is not null || !step.MakesGroups), source.Schema, new RunContext(options) { ExpectedRows = source.RowsIn(input.Length) });

    /// <summary>Marks the span and lets the exception pass.</summary>
    static bool FailReading(Activity? reading, Exception failure)
    {
        if (reading is { IsStopped: false }) RunSpans.Fail(reading, failure);
        return false;
    }

    /// <summary>Fetches the whole input if it is small; otherwise nothing is kept.</summary>
    async Task<bool> ReadSmallAsync(BatchSource source, Plan plan, IReadOnlySet<string> carried, List<BatchPart> parts, CancellationToken cancellationToken)
    {
        if (input.Length > options.StepwiseBytes) return false;
        await using var pass = await source.BeginPassAsync(plan.AllNeeded(carried), carried, cancellationToken);
        var length = 0L;
        while (length <= options.StepwiseBytes && await pass.NextAsync(cancellationToken) is { } part)
        {
            parts.Add(part);
            length += part.Length;
        }

        _bytesRead += pass.BytesRead;
        if (length <= options.StepwiseBytes) return true;
        foreach (var part in parts) part.Dispose();
        parts.Clear();
        return false;
    }

    /// <summary>
    /// Says before any work that a large input could need more disk than there is. Keys, medians and ranks on disk take less than an eighth of the
    /// text that they come from.
    /// </summary>
    void CheckDisk()
    {
        var need = input.Length / 8 - options.MemoryBudget;
        if (need <= 0) return;
        var free = new DriveInfo(options.SpillFolder).AvailableFreeSpace;
        if (free < need) throw new IOException($"{input.Name} may need {need} bytes of disk beyond the memory budget of {options.MemoryBudget}; {options.SpillFolder} has {free} free");
    }

    void Report(string step) => options.Progress?.Report(new PipelineProgress(step, Interlocked.Read(ref _rowsRead)));

    /// <summary>Keeps count of a batch's rejects and writes them down; batches come in order.</summary>
    async Task WriteRejectsAsync(Batch batch, RejectsOutput rejected, CancellationToken cancellationToken)
    {
        if (batch.Rejects.Count == 0) return;
        _rowsRejected += batch.Rejects.Count;
        foreach (var reject in batch.Rejects) _rejectsByRule[reject.Rule] = _rejectsByRule.GetValueOrDefault(reject.Rule) + 1;
        await rejected.WriteAsync(batch.Rejects.OrderBy(reject => reject.Line), cancellationToken);
    }

    void CheckRejects()
    {
        if (_rowsRejected <= _rowsRead * options.MaxRejects) return;
        var rules = string.Join(", ", _rejectsByRule.Select(rule => $"{rule.Key}: {rule.Value}"));
        throw new TooManyRejectsException($"{input.Name}: {_rowsRejected} of {_rowsRead} rows rejected, more than the share of {options.MaxRejects} allowed ({rules})");
    }

    IEnumerable<KeyValuePair<string, string>> FooterMetadata(Plan plan) =>
    [
        .. options.FooterMetadata,
        new("etl.rows.in", _rowsRead.ToString(System.Globalization.CultureInfo.InvariantCulture)),
        new("etl.rows.out", _rowsOut.ToString(System.Globalization.CultureInfo.InvariantCulture)),
        new("etl.rows.rejected", _rowsRejected.ToString(System.Globalization.CultureInfo.InvariantCulture)),
        new("etl.steps", string.Join('\n', plan.Steps.Select(step => step.Name))),
    ];

    PipelineResult Result(Plan plan, ParquetOutput written, RejectsOutput rejected, string? eTag, bool rejectsWritten) => new()
    {
        RowsRead = _rowsRead,
        RowsOut = _rowsOut,
        RowsRejected = _rowsRejected,
        Rejects = _rejectsByRule,
        BytesRead = _bytesRead,
        BytesWritten = written.BytesWritten + rejected.BytesWritten + _groupsBytes,
        OutputETag = eTag,
        RejectsWritten = rejectsWritten,
        GroupsWritten = _groupsWritten,
        Read = new StepResult(ReadStep, _rowsRead, _rowsAccepted, Stopwatch.GetElapsedTime(0, _readBusy)),
        Write = new StepResult(WriteStep, _rowsOut, _rowsOut, Stopwatch.GetElapsedTime(0, _writeBusy)),
        Steps = [.. plan.Steps.Select(step => new StepResult(step.Name, step.RowsIn, step.RowsOut, step.Busy))],
    };

    /// <summary>Writes the groups table where the recipe makes one and somebody wants it.</summary>
    async Task WriteGroupsAsync(Plan plan, CancellationToken cancellationToken)
    {
        if (options.Groups is null) return;
        foreach (var step in plan.Steps)
        {
            if (step.Run.Groups() is not var (schema, rows)) continue;
            using (rows)
            {
                await using var written = new ParquetOutput(await options.Groups.CreateAsync(cancellationToken), schema, options.SpillFolder);
                await written.WriteAsync(rows.Live, new RowGroupEncoder(schema.Columns).Encode(rows), cancellationToken);
                await written.CompleteAsync(FooterMetadata(plan), cancellationToken);
                _groupsBytes = written.BytesWritten;
                _groupsWritten = true;
            }
        }
    }

    /// <summary>A part's chunks: those carried over as they are, and the batch's own.</summary>
    static Dictionary<string, EncodedChunk> Encode(RowGroupEncoder encoder, BatchPart part, Batch batch)
    {
        var chunks = encoder.Encode(batch);
        foreach (var (column, chunk) in part.Carried) chunks.Add(column, chunk);
        return chunks;
    }
}
