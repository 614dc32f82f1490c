using EtlTracing.Viewer;

await using var app = ViewerApp.Create(args);
await app.RunAsync();
