using EtlTracing.LocalAws;

if (!LocalCloudOptions.TryParse(args, out var options, out var error))
{
    Console.Error.WriteLine(error);
    return 2;
}

await using var cloud = await LocalCloud.StartAsync(options);
Console.WriteLine(cloud.ReadyLine);
await cloud.WaitForShutdownAsync();
return 0;
