using System.Text;
using CsCheck;
using EtlTracing.LocalAws.S3;
using EtlTracing.LocalAws.S3.Notifications;

namespace EtlTracing.Tests.S3;

/// <summary>Parsers meet noise and mutated examples: each accepts, or throws the service's own error, and nothing else.</summary>
public sealed class FuzzTests
{
    static readonly int s_iterations = LongSuite.IsOn ? 200_000 : 2_000;

    static Gen<byte[]> Noise(params string[] examples) => Gen.OneOf(
        Gen.Byte.Array[0, 300],
        Gen.Select(Gen.Int[0, examples.Length - 1], Gen.Int[0, 4000], Gen.Byte.Array[0, 8], Gen.Int[0, 6], (which, at, insert, drop) =>
        {
            var example = Encoding.UTF8.GetBytes(examples[which]);
            at %= example.Length + 1;
            return (byte[])[.. example[..at], .. insert, .. example[Math.Min(example.Length, at + drop)..]];
        }));

    [Fact]
    public void Notifications() => Noise(
        "<NotificationConfiguration><CloudFunctionConfiguration><Id>a</Id><CloudFunction>http://h/e</CloudFunction><Event>s3:ObjectCreated:*</Event><Filter><S3Key><FilterRule><Name>prefix</Name><Value>in/</Value></FilterRule></S3Key></Filter></CloudFunctionConfiguration></NotificationConfiguration>")
        .Sample(bytes => Try(() => NotificationConfiguration.Read(S3Xml.Parse(new MemoryStream(bytes), "NotificationConfiguration"))), iter: s_iterations);

    [Fact]
    public void Ranges() => Gen.Select(Gen.OneOf(Gen.String[Gen.Char["bytes=0123456789-, "], 0, 30], Gen.String[Gen.Char["0123456789-"], 0, 25].Select(text => "bytes=" + text)), Gen.Long[0, 1000])
        .Sample((header, size) => Try(() =>
        {
            if (ByteRange.Parse(header, size) is { } range) Assert.True(range.Start >= 0 && range.Count > 0 && range.Start + range.Count <= size, $"{header} of {size}: {range}");
        }), iter: s_iterations);

    [Fact]
    public void ChunkedBodies() => Noise(
        "4\r\n1234\r\n0\r\nx-amz-checksum-crc32:y/Q5Jg==\r\n\r\n",
        "4;chunk-signature=ad80c730a21e5b8d04586a2213dd63b9a0e99e0e2307b0ade35a65485a288648\r\n1234\r\n0;chunk-signature=b6c6ea8a5354eaf15b3cb7646744f4275b71ea724fed81ceb9323e279d449df9\r\n\r\n")
        .Sample(bytes => TryAsync(async () =>
        {
            await using var body = new AwsChunkedStream(new MemoryStream(bytes), null);
            using var read = new MemoryStream();
            await body.CopyToAsync(read);
            Assert.True(read.Length <= bytes.Length);
        }).GetAwaiter().GetResult(), iter: s_iterations);

    [Fact]
    public void Urls() => Gen.String.Sample(text =>
    {
        if (S3Request.TryDecode(Uri.EscapeDataString(text), false, out var decoded)) Assert.Equal(Encoding.UTF8.GetBytes(text), Encoding.UTF8.GetBytes(decoded));
        S3Request.TryDecode(text, true, out _);
    }, iter: s_iterations);

    /// <summary>Whatever is cut off, a chunked body that comes whole is what was sent.</summary>
    [Fact]
    public void ChunkedBodiesComeBack() => Gen.Byte.Array[1, 100].List[0, 10].Sample(chunks => TryAsync(async () =>
    {
        var wire = new MemoryStream();
        foreach (var chunk in chunks)
        {
            wire.Write(Encoding.ASCII.GetBytes($"{chunk.Length:x}\r\n"));
            wire.Write(chunk);
            wire.Write("\r\n"u8);
        }
        wire.Write("0\r\nname:value\r\n\r\n"u8);
        await using var body = new AwsChunkedStream(new DribblingStream(wire.ToArray()), null);
        using var read = new MemoryStream();
        await body.CopyToAsync(read);
        Assert.Equal(chunks.SelectMany(chunk => chunk), read.ToArray());
        Assert.Equal("value", body.Trailers["name"]);
    }).GetAwaiter().GetResult(), iter: s_iterations / 10);

    static void Try(Action parse)
    {
        try
        {
            parse();
        }
        catch (S3Exception)
        {
            return;
        }
    }

    static async Task TryAsync(Func<Task> parse)
    {
        try
        {
            await parse();
        }
        catch (S3Exception)
        {
            return;
        }
    }

    /// <summary>Gives three bytes at a time, so that lines cross reads.</summary>
    sealed class DribblingStream(byte[] bytes) : MemoryStream(bytes)
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            base.ReadAsync(buffer[..Math.Min(3, buffer.Length)], cancellationToken);
    }
}
