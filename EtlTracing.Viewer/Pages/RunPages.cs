using EtlTracing.Traces;
using EtlTracing.Viewer.Data;

namespace EtlTracing.Viewer.Pages;

/// <summary>Reads what the pages of one run share.</summary>
public sealed class RunPages(RunCatalog catalog, ObjectReader objects, ViewerOptions options, TimeProvider time)
{
    public RunCatalog Catalog => catalog;
    public bool AllowActions => options.AllowActions;

    const int RejectsShown = 20;

    public async Task<(RunModel?, IResult?)> ReadAsync(string id, string? span, bool allOpen, CancellationToken cancel)
    {
        await catalog.RefreshAsync(cancel);
        RunDetail? detail;
        try
        {
            detail = await catalog.ReadAsync(id, cancel);
        }
        catch (Exception problem) when (Problem.IsTold(problem, cancel))
        {
            return (null, PageResult.Words(502, "This run cannot be read", Problem.Words(problem, "the run", "states:DescribeExecution")));
        }
        if (detail is null)
            return (null, PageResult.Words(404, "There is no such run",
                "No execution has this name or trace. Step Functions forgets executions 90 days after they end; X-Ray keeps traces for 30 days."));
        var rejected = detail.Outputs.Select(output => output.RejectedKey).OfType<string>().FirstOrDefault();
        var rejects = rejected is null ? default : await objects.RejectsAsync(rejected, RejectsShown, cancel);
        return (RunModel.Of(detail, catalog, rejects, options.Bucket, span, allOpen, time.GetUtcNow()), null);
    }
}
