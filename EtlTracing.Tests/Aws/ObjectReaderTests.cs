using System.Diagnostics;
using System.Globalization;
using Amazon.S3;
using EtlTracing.Aws;
using EtlTracing.Aws.Objects;
using EtlTracing.Tests.Support;
using Microsoft.AspNetCore.Http;

namespace EtlTracing.Tests.Aws;

public sealed class ObjectReaderTests : IDisposable
{
    readonly byte[] _content = new byte[11_000_003];
    readonly RecordedSpans _spans = new();

    public ObjectReaderTests()
    {
        SdkTracing.Enable();
        new Random(3).NextBytes(_content);
    }

    public void Dispose() => _spans.Dispose();

    [Fact]
    public async Task AnObjectIsReadWholeByManyRequestsOfOneVersionUnderOneSpan()
    {
        await using var server = await ScriptedServer.StartAsync((request, http) => AnswerAsync(request, http, _content.Length));
        using var s3 = server.S3();
        using var root = _spans.Source.StartActivity("root", ActivityKind.Server, default(ActivityContext))!;

        using (var reader = Read(s3))
        {
            await using var stream = reader.Open();
            using var received = new MemoryStream();
            await stream.CopyToAsync(received);
            Assert.True(_content.AsSpan().SequenceEqual(received.ToArray()));
            Assert.Same(root, Activity.Current);
        }

        var span = Assert.Single(_spans.Of(root.TraceId));
        Assert.Equal(("S3.GetObject", ActivityKind.Client, root.SpanId, "S3", "GetObject", "input/a.csv"),
            (span.DisplayName, span.Kind, span.ParentSpanId, span.GetTagItem("aws.service"), span.GetTagItem("aws.operation"), span.GetTagItem("aws.s3.key")));
        Assert.InRange(server.Requests.Count, 3, 8);
        Assert.All(server.Requests, request => Assert.Equal("\"v1\"", request.Headers.IfMatch.ToString()));
    }

    [Fact]
    public async Task ABrokenConnectionIsTakenUpWhereItBroke()
    {
        var broken = 0;
        await using var server = await ScriptedServer.StartAsync((request, http) => AnswerAsync(request, http, Interlocked.Increment(ref broken) <= 3 ? 100_000 : _content.Length));
        using var s3 = server.S3();
        using var reader = Read(s3);
        await using var stream = reader.Open(5);
        using var received = new MemoryStream();

        await stream.CopyToAsync(received);

        Assert.True(_content.AsSpan(5).SequenceEqual(received.ToArray()));
        Assert.Equal(_content.Length - 5, reader.BytesRead);
        Assert.Contains(server.Requests, request => request.Headers.Range.ToString().StartsWith("bytes=100005-", StringComparison.Ordinal));
    }

    [Fact]
    public async Task ALookAtTheEndAsksForTheEndOnly()
    {
        await using var server = await ScriptedServer.StartAsync((request, http) => AnswerAsync(request, http, _content.Length));
        using var s3 = server.S3();
        using var reader = Read(s3);
        using var stream = reader.Open(_content.Length - 8);
        var footer = new byte[8];

        stream.ReadExactly(footer);

        Assert.Equal(_content[^8..], footer);
        Assert.Equal(["bytes=10999995-11000002"], server.Requests.Select(request => request.Headers.Range.ToString()));
    }

    [Fact]
    public async Task AnObjectThatChangedIsAnErrorOnItsSpanAndNotAMixtureOfTwo()
    {
        await using var server = await ScriptedServer.StartAsync((_, http) =>
        {
            http.Response.StatusCode = StatusCodes.Status412PreconditionFailed;
            return http.Response.WriteAsync("<Error><Code>PreconditionFailed</Code><Message>changed</Message></Error>");
        });
        using var s3 = server.S3();
        using var root = _spans.Source.StartActivity("root", ActivityKind.Server, default(ActivityContext))!;
        using (var reader = Read(s3))
        {
            await using var stream = reader.Open();
            await Assert.ThrowsAsync<AmazonS3Exception>(() => stream.CopyToAsync(Stream.Null));
        }

        Assert.Equal(ActivityStatusCode.Error, Assert.Single(_spans.Of(root.TraceId)).Status);
    }

    ObjectReader Read(AmazonS3Client s3) =>
        new ObjectStore(s3, "etl", TimeProvider.System).Read(new StoredObject("input/a.csv", _content.Length, "\"v1\"", new Dictionary<string, string>()));

    /// <summary>Answers a range and breaks the connection off after so many bytes.</summary>
    async Task AnswerAsync(SeenRequest request, HttpContext http, int most)
    {
        var range = request.Headers.Range.ToString()["bytes=".Length..].Split('-').Select(each => int.Parse(each, CultureInfo.InvariantCulture)).ToArray();
        var length = range[1] - range[0] + 1;
        http.Response.StatusCode = StatusCodes.Status206PartialContent;
        http.Response.ContentLength = length;
        http.Response.Headers.ETag = "\"v1\"";
        await http.Response.Body.WriteAsync(_content.AsMemory(range[0], Math.Min(length, most)));
        await http.Response.Body.FlushAsync();
        if (most < length) http.Abort();
    }
}
