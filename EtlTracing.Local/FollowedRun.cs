using EtlTracing.Traces;

namespace EtlTracing.Local;

/// <summary>An upload and, once the workflow has started, its run with everything known of it.</summary>
public sealed record FollowedRun(Upload Upload, RunDetail? Detail)
{
    public Run? Run => Detail?.Run;
    public bool IsOver => Run is { IsOver: true };
    public bool Succeeded => Run is { Status: RunStatus.Succeeded };

    /// <summary>State, step and rows while it runs.</summary>
    public Progress? Progress => Detail is { Run.IsOver: false } ? Traces.Progress.Of(Detail) : null;
}
