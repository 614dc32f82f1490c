using System.Runtime.InteropServices;

namespace EtlTracing.LocalAws;

/// <summary>
/// The moment when the process is asked to end: SIGTERM, SIGINT, or, for a child of a launcher, the end of standard
/// input. Such a child ignores SIGINT, because Ctrl+C reaches a whole terminal's group and the launcher stops its children in order.
/// </summary>
sealed class ProcessEnd : IDisposable
{
    readonly TaskCompletionSource _signalled = new(TaskCreationOptions.RunContinuationsAsynchronously);
    readonly PosixSignalRegistration _terminate;
    readonly PosixSignalRegistration _interrupt;

    public ProcessEnd(bool onStdinEnd)
    {
        _terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, signal => End(signal, true));
        _interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, signal => End(signal, !onStdinEnd));
        if (onStdinEnd) new Thread(WaitForStdinEnd) { IsBackground = true, Name = "stdin" }.Start();
    }

    public Task Signalled => _signalled.Task;

    public void Dispose()
    {
        _terminate.Dispose();
        _interrupt.Dispose();
    }

    void End(PosixSignalContext signal, bool end)
    {
        signal.Cancel = true;
        if (end) _signalled.TrySetResult();
    }

    void WaitForStdinEnd()
    {
        using var stdin = Console.OpenStandardInput();
        var buffer = new byte[256];
        while (stdin.Read(buffer) > 0) { }
        _signalled.TrySetResult();
    }
}
