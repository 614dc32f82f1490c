namespace EtlTracing.LocalAws.StepFunctions.Storage;

/// <summary>Numbers of state machine revisions and of Map runs, never given twice.</summary>
public sealed class RevisionNumbers(long last)
{
    long _last = last;

    public long Next() => Interlocked.Increment(ref _last);
}
