using System.Diagnostics;
using Amazon.S3;
using Amazon.S3.Model;
using EtlTracing.Aws;
using EtlTracing.Aws.Objects;
using EtlTracing.LocalAws;
using EtlTracing.Tests.Support;

namespace EtlTracing.Tests.Aws;

public sealed class UploadStreamTests : IAsyncLifetime
{
    readonly TemporaryFolder _folder = new();
    readonly RecordedSpans _spans = new();
    LocalCloud _cloud = null!;
    AmazonS3Client _s3 = null!;
    ObjectStore _store = null!;

    public async Task InitializeAsync()
    {
        SdkTracing.Enable();
        _cloud = await LocalCloud.StartAsync(new LocalCloudOptions { DataDirectory = _folder.Path, Port = 0, OtlpGrpcPort = 0, OtlpHttpPort = 0 });
        _s3 = ScriptedServer.S3(_cloud.Endpoint);
        await _s3.PutBucketAsync("etl");
        _store = new ObjectStore(_s3, "etl", TimeProvider.System);
    }

    public async Task DisposeAsync()
    {
        _s3.Dispose();
        await _cloud.DisposeAsync();
        _spans.Dispose();
        _folder.Dispose();
    }

    [Theory]
    [InlineData(0, "S3.PutObject")]
    [InlineData(70_000, "S3.PutObject")]
    [InlineData(UploadStream.PartSize, "S3.MultipartUpload")]
    [InlineData(3 * UploadStream.PartSize + 17, "S3.MultipartUpload")]
    public async Task ASmallObjectIsOneRequestALargeOneHasPartsAndEachIsOneSpan(int length, string name)
    {
        var content = new byte[length];
        new Random(5).NextBytes(content);
        using var root = _spans.Source.StartActivity("root", ActivityKind.Server, default(ActivityContext))!;

        WrittenObject written;
        await using (var stream = _store.Write("clean/ü.parquet", new Dictionary<string, string> { [ObjectMetadata.InputKey] = "input/ü.csv", [ObjectMetadata.Run] = "r" }))
        {
            foreach (var chunk in content.Chunk(1_000_001)) await stream.WriteAsync(chunk);
            Assert.Empty(await KeysAsync());
            written = await stream.CompleteAsync(CancellationToken.None);
        }

        Assert.Equal(name, Assert.Single(_spans.Of(root.TraceId), IsOfAnObject).DisplayName);
        var stored = await _store.FindAsync("clean/ü.parquet", CancellationToken.None);
        Assert.Equal((length, $"\"{written.ETag}\"", false), (stored!.Length, stored.ETag, written.Superseded));
        Assert.Equal(new Dictionary<string, string> { ["etl-input-key"] = "input%2F%C3%BC.csv", ["etl-run"] = "r" }, stored.Metadata);
        using var reader = _store.Read(stored);
        using var received = new MemoryStream();
        await using (var back = reader.Open()) await back.CopyToAsync(received);
        Assert.True(content.AsSpan().SequenceEqual(received.ToArray()));
    }

    [Fact]
    public async Task WhatIsNotCompletedLeavesNothingBehindAndAnErrorSpan()
    {
        using var root = _spans.Source.StartActivity("root", ActivityKind.Server, default(ActivityContext))!;
        await using (var stream = _store.Write("clean/a", new Dictionary<string, string>())) await stream.WriteAsync(new byte[2 * UploadStream.PartSize + 1]);

        Assert.Empty(await KeysAsync());
        Assert.Empty((await _s3.ListMultipartUploadsAsync(new ListMultipartUploadsRequest { BucketName = "etl" })).MultipartUploads ?? []);
        var span = Assert.Single(_spans.Of(root.TraceId), IsOfAnObject);
        Assert.Equal(("S3.MultipartUpload", ActivityStatusCode.Error), (span.DisplayName, span.Status));
    }

    [Theory]
    [InlineData("0055AED6DCD90281E5", "0055AED6DCD90281E5", false)]
    [InlineData("0055AED6DCD90281E5", "0055AED6DCD90281E6", false)]
    [InlineData("0055AED6DCD90281E6", "0055AED6DCD90281E5", true)]
    [InlineData("0055AED6DCD90281E501", "0055AED6DCD90281E5", true)]
    public async Task OfTwoUploadsOutputsTheNewerOnesStays(string there, string mine, bool superseded)
    {
        var first = await WriteAsync("first", there);

        var second = await WriteAsync("second", mine);

        Assert.Equal(superseded, second.Superseded);
        using var stored = await _s3.GetObjectAsync("etl", "clean/a");
        using var text = new StreamReader(stored.ResponseStream);
        Assert.Equal(superseded ? "first" : "second", await text.ReadToEndAsync());
        Assert.Equal(superseded ? first.ETag : second.ETag, stored.ETag.Trim('"'));
    }

    [Fact]
    public async Task AWriterThatCameInBetweenIsSeen()
    {
        await using var slow = Begin("old", "01");
        await slow.WriteAsync("old"u8.ToArray());
        await WriteAsync("new", "02");

        Assert.True((await slow.CompleteAsync(CancellationToken.None)).Superseded);
    }

    async Task<WrittenObject> WriteAsync(string content, string sequencer)
    {
        await using var stream = Begin(content, sequencer);
        await stream.WriteAsync(System.Text.Encoding.UTF8.GetBytes(content));
        return await stream.CompleteAsync(CancellationToken.None);
    }

    UploadStream Begin(string run, string sequencer) =>
        _store.Write("clean/a", new Dictionary<string, string> { [ObjectMetadata.Sequencer] = sequencer, [ObjectMetadata.Run] = run }, sequencer);

    /// <summary>The test's own looks into the bucket have spans as well.</summary>
    static bool IsOfAnObject(Activity span) => span.GetTagItem("aws.s3.key") is not null;

    async Task<IEnumerable<string>> KeysAsync() =>
        ((await _s3.ListObjectsV2Async(new ListObjectsV2Request { BucketName = "etl" })).S3Objects ?? []).Select(stored => stored.Key);
}
