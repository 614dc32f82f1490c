using System.Globalization;
using Amazon.S3;
using Amazon.S3.Transfer;
using EtlTracing.Samples;

// Commands that ask for arguments are new in Aspire and marked so.
#pragma warning disable ASPIREINTERACTION001

namespace EtlTracing.AppHost.Cloud;

static class UploadCommands
{
    const int SampleRows = 20_000;
    const int MostRows = 50_000_000;
    const string Rows = "rows";

    /// <summary>Commands on the cloud's resource that start a run by an upload, as any S3 client does.</summary>
    /// <param name="cloud">Where the upload goes.</param>
    /// <param name="viewer">Where the run can be looked at.</param>
    public static void WithUploadCommands(this EtlCloud cloud, EndpointReference viewer)
    {
        cloud.Resource.WithCommand(
            "upload-sample",
            "Upload the sample",
            context => UploadAsync(cloud, viewer, SampleRows, context.CancellationToken),
            new CommandOptions { Description = $"{SampleRows} made-up listings, as dirty as real ones", IconName = "ArrowUpload", IsHighlighted = true });
        cloud.Resource.WithCommand(
            "upload-rows",
            "Upload generated rows",
            context => TryRows(context.Arguments[Rows].Value, out var rows)
                ? UploadAsync(cloud, viewer, rows, context.CancellationToken)
                : Task.FromResult(CommandResults.Failure($"'{context.Arguments[Rows].Value}' rows: it should be a whole number, 1 to {MostRows}")),
            new CommandOptions
            {
                Description = "As many made-up listings as you say",
                IconName = "ArrowUpload",
                Arguments = [new InteractionInput { Name = Rows, Label = "Rows", InputType = InputType.Number, Required = true, Value = "100000" }],
            });
    }

    static bool TryRows(string? text, out int rows) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out rows) && rows is >= 1 and <= MostRows;

    static async Task<ExecuteCommandResult> UploadAsync(EtlCloud cloud, EndpointReference viewer, int rows, CancellationToken cancellationToken)
    {
        // A key of its own for each upload: the data is the same for the same number of rows, the run is not.
        var key = string.Create(CultureInfo.InvariantCulture, $"{EtlNames.InputPrefix}sample-{rows}-{DateTimeOffset.UtcNow:yyyyMMdd-HHmmss-fff}.csv");
        await using var csv = new FileStream(Path.GetTempFileName(), FileMode.Create, FileAccess.ReadWrite, FileShare.None, 1 << 16, FileOptions.DeleteOnClose);
        SampleWriter.Write(csv, rows, seed: 1);
        csv.Position = 0;

        try
        {
            using var s3 = Client(cloud);
            using var transfer = new TransferUtility(s3);
            await transfer.UploadAsync(csv, await cloud.Bucket.GetValueAsync(cancellationToken), key, cancellationToken);
        }
        catch (AmazonS3Exception e)
        {
            return CommandResults.Failure($"{key} was not uploaded: {e.ErrorCode}: {e.Message}");
        }

        // The trigger names the run in its own time: the viewer finds it by the file.
        var runs = $"{viewer.Url}/runs?q={Uri.EscapeDataString(Path.GetFileName(key))}";
        return CommandResults.Success($"{key} uploaded", $"[{rows} rows in `{key}`: its run]({runs})", CommandResultFormat.Markdown, displayImmediately: true);
    }

    static AmazonS3Client Client(EtlCloud cloud)
    {
        var config = cloud.ClientConfig<AmazonS3Config>();
        config.ForcePathStyle = cloud.IsLocal;
        return new AmazonS3Client(config);
    }
}
