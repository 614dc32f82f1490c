using EtlTracing.Traces;

namespace EtlTracing.Viewer.Pages;

public sealed record CompareModel(Run? A, Run? B, Comparison? Comparison, bool InOrder, IReadOnlyList<Run> Choices, string Problem);

static class CompareEndpoint
{
    const int MostChoices = 100;

    public static void MapComparePage(this WebApplication app) =>
        app.MapGet("/compare", async (string? a, string? b, string? sort, RunCatalog catalog, CancellationToken cancel) =>
        {
            await catalog.RefreshAsync(cancel);
            var choices = catalog.Entries.Where(entry => entry.Run is { IsOver: true, IsDescribed: true }).Select(entry => entry.Run).Take(MostChoices).ToList();
            var inOrder = sort == "order";
            try
            {
                var (run, other, comparison, problem) = await CompareAsync(a ?? choices.Find(run => run.Status == RunStatus.Succeeded)?.Id, b, catalog, cancel);
                // A chosen run may be older than the choices.
                foreach (var chosen in new[] { run, other })
                    if (chosen is not null && !choices.Exists(choice => choice.Arn == chosen.Arn)) choices.Insert(0, chosen);
                return PageResult.Page<ComparePage>(new CompareModel(run, other, comparison, inOrder, choices, problem));
            }
            catch (Exception problem) when (Problem.IsTold(problem, cancel))
            {
                return PageResult.Page<ComparePage>(
                    new CompareModel(null, null, null, inOrder, choices, Problem.Words(problem, "these runs", "states:DescribeExecution")), 502);
            }
        });

    static async Task<(Run?, Run?, Comparison?, string)> CompareAsync(string? a, string? b, RunCatalog catalog, CancellationToken cancel)
    {
        if (a is null) return (null, null, null, catalog.Problem ?? "There is no finished run to compare yet.");
        if (await catalog.ReadAsync(a, cancel) is not { } first) return (null, null, null, "There is no run A of that name.");
        RunDetail? second = null;
        RunProfile? against;
        if (b is null or "median")
        {
            against = catalog.MedianBefore(first.Run);
            if (against is null) return (first.Run, null, null, "This input has no earlier good run with a trace to compare with. Choose another run.");
        }
        else
        {
            second = await catalog.ReadAsync(b, cancel);
            if (second is null) return (first.Run, null, null, "There is no run B of that name.");
            against = RunProfile.Of(second);
        }
        if (first.Tree.All.Count == 0) return (first.Run, second?.Run, null, first.Trace.Words);
        if (second is { Tree.All.Count: 0 }) return (first.Run, second.Run, null, "Run B: " + second.Trace.Words);
        return (first.Run, second?.Run, Comparison.Of(RunProfile.Of(first), against), "");
    }
}
