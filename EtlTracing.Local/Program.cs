using EtlTracing.Local;
using Spectre.Console;

if (!CommandLine.TryParse(args, out var line, out var error))
{
    Console.Error.WriteLine(error);
    return 2;
}
if (line.ShowHelp)
{
    Console.WriteLine(CommandLine.Help);
    return 0;
}

using var stop = new StopSignals();
try
{
    if (!AnsiConsole.Profile.Out.IsTerminal) AnsiConsole.Profile.Width = 160;
    if (line.Inspects)
    {
        using var inspection = new Inspection(new Uri($"http://127.0.0.1:{line.System.Port}"), AnsiConsole.Console, TimeProvider.System);
        return await inspection.RunAsync(line, stop.Token);
    }
    return await new Session(line, AnsiConsole.Console, TimeProvider.System).RunAsync(stop.Token);
}
catch (ChildProcessException failed)
{
    Console.Error.WriteLine(failed.Message);
    return 1;
}
