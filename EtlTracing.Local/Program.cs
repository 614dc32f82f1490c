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
    return await new Session(line, AnsiConsole.Console, TimeProvider.System).RunAsync(stop.Token);
}
catch (ChildProcessException failed)
{
    Console.Error.WriteLine(failed.Message);
    return 1;
}
