using EtlTracing.LocalAws;

if (args is ["--help"] or ["-h"])
{
    Console.WriteLine(CommandLine.Help);
    return 0;
}
if (!CommandLine.TryParse(args, out var options, out var error))
{
    Console.Error.WriteLine(error);
    return 2;
}
try
{
    using var end = new ProcessEnd(options.StopOnStdinEnd);
    await using var cloud = await LocalCloud.StartAsync(options);
    Console.WriteLine(cloud.ReadyLine);
    await end.Signalled;
    await cloud.StopAsync();
    return 0;
}
catch (CannotStartException e)
{
    Console.Error.WriteLine(e.Message);
    return 2;
}
