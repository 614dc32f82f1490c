namespace EtlTracing.Pipeline.Summaries;

/// <summary>The bytes that all summaries of a run may hold together. Who is refused more goes to disk.</summary>
public sealed class MemoryBudget(long bytes)
{
    long _left = bytes;

    public bool TryTake(long more)
    {
        if (Interlocked.Add(ref _left, -more) >= 0) return true;
        Interlocked.Add(ref _left, more);
        return false;
    }

    public void GiveBack(long held) => Interlocked.Add(ref _left, held);
}
