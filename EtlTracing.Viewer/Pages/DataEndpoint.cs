using EtlTracing.Traces;
using EtlTracing.Viewer.Data;

namespace EtlTracing.Viewer.Pages;

public sealed record DataModel
{
    public required string Key { get; init; }
    public required string Bucket { get; init; }
    public ObjectHead? Head { get; init; }
    public ParquetView? View { get; init; }
    public string? Problem { get; init; }
    public required int Rows { get; init; }

    /// <summary>A part of the names of the columns to show; empty for all.</summary>
    public required string Columns { get; init; }

    /// <summary>Outputs of the newest runs, for a page that names none.</summary>
    public required IReadOnlyList<(Run Run, string Key, long? Rows, long? Bytes)> Recent { get; init; }

    /// <summary>The footer says who made the file; S3's metadata says the same, where a copy has not lost it.</summary>
    public string? Origin(string name) => View?.FooterValue(name) ?? (Head?.Metadata.TryGetValue(name, out var value) == true ? value : null);
}

static class DataEndpoint
{
    const int FewRows = 8;
    const int MostRecent = 50;

    public static void MapDataPage(this WebApplication app)
    {
        app.MapGet("/data", async (string? key, int? rows, string? columns, RunCatalog catalog, ObjectReader objects, ViewerOptions options, CancellationToken cancel) =>
        {
            key = key?.Trim() ?? "";
            // People paste whole addresses.
            var prefix = $"s3://{options.Bucket}/";
            if (key.StartsWith(prefix, StringComparison.Ordinal)) key = key[prefix.Length..];
            await catalog.RefreshAsync(cancel);
            var model = new DataModel { Key = key, Bucket = options.Bucket, Rows = Math.Clamp(rows ?? FewRows, 1, ParquetView.MaxFirstRows), Columns = columns?.Trim() ?? "", Recent = Recent(catalog) };
            if (key.Length == 0) return PageResult.Page<DataPage>(model);
            var head = await objects.HeadAsync(key, cancel);
            if (head.Value is null) return PageResult.Page<DataPage>(model with { Problem = head.Problem }, 404);
            var view = await objects.ParquetAsync(head.Value, cancel);
            return PageResult.Page<DataPage>(model with { Head = head.Value, View = view.Value, Problem = view.Problem });
        });

        // Always a download: an object of the bucket must not run as a page of this origin.
        app.MapGet("/data/file", async (string key, ObjectReader objects, HttpContext context, CancellationToken cancel) =>
        {
            var file = await objects.OpenAsync(key, cancel);
            if (file.Value is null) return PageResult.Words(404, "This object cannot be read", file.Problem!);
            context.Response.RegisterForDispose(file.Value);
            return Results.Stream(to => file.Value.ResponseStream.CopyToAsync(to, context.RequestAborted), "application/octet-stream", key[(key.LastIndexOf('/') + 1)..]);
        });
    }

    static List<(Run, string, long?, long?)> Recent(RunCatalog catalog)
    {
        var recent = new List<(Run, string, long?, long?)>();
        foreach (var (run, output) in catalog.Entries.SelectMany(entry => entry.Run.Outputs, (entry, output) => (entry.Run, output)))
        {
            if (output.OutputKey is { } key) recent.Add((run, key, output.RowsOut, output.BytesWritten));
            if (output.GroupsKey is { } groups) recent.Add((run, groups, null, null));
            if (recent.Count >= MostRecent) break;
        }
        return recent;
    }
}
