using Amazon.Runtime;
using Amazon.S3;
using EtlTracing.LocalAws;

namespace EtlTracing.Tests.S3;

/// <summary>A local cloud in a temporary folder, AWS's own client for it, and a plain one for what is on the wire.</summary>
public abstract class S3TestBase : IAsyncLifetime
{
    protected const string Bucket = "bucket";

    protected string Folder { get; } = Path.Combine(Path.GetTempPath(), "s3-tests-" + Guid.NewGuid().ToString("N"));
    protected LocalCloud Cloud { get; private set; } = null!;
    protected AmazonS3Client S3 { get; private set; } = null!;
    protected HttpClient Http { get; private set; } = null!;
    protected virtual LocalCloudOptions Options => new() { DataDirectory = Folder, Port = 0, OtlpGrpcPort = 0, OtlpHttpPort = 0 };

    public virtual async Task InitializeAsync()
    {
        await StartAsync();
        await S3.PutBucketAsync(Bucket);
    }

    public virtual async Task DisposeAsync()
    {
        await StopAsync();
        Directory.Delete(Folder, recursive: true);
    }

    protected async Task StartAsync()
    {
        Cloud = await LocalCloud.StartAsync(Options);
        S3 = Client("test", "test");
        Http = new HttpClient { BaseAddress = Cloud.Endpoint };
    }

    protected async Task StopAsync()
    {
        Http.Dispose();
        S3.Dispose();
        await Cloud.DisposeAsync();
    }

    protected AmazonS3Client Client(string id, string secret) => new(new BasicAWSCredentials(id, secret), new AmazonS3Config
    {
        ServiceURL = Cloud.Endpoint.ToString(),
        AuthenticationRegion = "us-east-2",
        ForcePathStyle = true,
        MaxErrorRetry = 0,
    });

    protected static byte[] Bytes(int count, int seed = 1)
    {
        var bytes = new byte[count];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }

    /// <summary>The error's status and code.</summary>
    protected static async Task<(int Status, string Code)> ErrorOf(Func<Task> call)
    {
        var error = await Assert.ThrowsAnyAsync<AmazonS3Exception>(call);
        return ((int)error.StatusCode, error.ErrorCode);
    }
}
