using System.Runtime.InteropServices;
using Microsoft.Extensions.Hosting;

namespace EtlTracing.ServiceDefaults;

/// <summary>
/// The lifetime of a process whose parent holds its standard input open: it stops when that ends, because then even a killed
/// parent leaves no orphan, and on SIGTERM. A terminal's Ctrl+C goes to the whole process group; the parent decides what it means.
/// </summary>
public sealed class StdinLifetime(IHostApplicationLifetime application) : IHostLifetime, IDisposable
{
    PosixSignalRegistration? _interrupt;
    PosixSignalRegistration? _terminate;

    public Task WaitForStartAsync(CancellationToken cancellationToken)
    {
        _interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, signal => signal.Cancel = true);
        _terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, signal =>
        {
            signal.Cancel = true;
            application.StopApplication();
        });
        // A thread of its own: a console's reads block even when they are asynchronous by name.
        new Thread(ReadToEnd) { IsBackground = true, Name = "standard input" }.Start();
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public void Dispose()
    {
        _interrupt?.Dispose();
        _terminate?.Dispose();
    }

    void ReadToEnd()
    {
        using var input = Console.OpenStandardInput();
        var buffer = new byte[256];
        while (input.Read(buffer) > 0) { }
        application.StopApplication();
    }
}
