using System.Text;
using Amazon.S3;
using Amazon.S3.Model;
using ChecksumAlgorithm = EtlTracing.LocalAws.S3.Checksums.ChecksumAlgorithm;

namespace EtlTracing.Tests.S3;

public sealed class ChecksumTests : S3TestBase
{
    const int PartSize = 5 << 20;

    /// <summary>The published check values over the nine digits.</summary>
    [Theory]
    [InlineData("CRC32", "CBF43926")]
    [InlineData("CRC32C", "E3069283")]
    [InlineData("CRC64NVME", "AE8B14860A799888")]
    [InlineData("SHA1", "F7C3BC1D808E04732ADF679965CCC34CA7AE3441")]
    [InlineData("SHA256", "15E2B0D3C33891EBB0F1EF609EC419420C20E320CE94C65FBC8C3312448EB225")]
    public void AlgorithmsGiveTheirCheckValues(string name, string expected)
    {
        using var hash = ChecksumAlgorithm.Find(name)!.Start();
        hash.Append("1234"u8);
        hash.Append("56789"u8);

        Assert.Equal(expected, Convert.ToHexString(hash.Finish()));
    }

    [Theory]
    [InlineData("CRC32")]
    [InlineData("CRC32C")]
    [InlineData("CRC64NVME")]
    public void CombinedCrcsAreThoseOfTheWhole(string name)
    {
        var algorithm = ChecksumAlgorithm.Find(name)!;
        var bytes = Bytes(100_003);
        string Of(ReadOnlySpan<byte> part)
        {
            using var hash = algorithm.Start();
            hash.Append(part);
            return Convert.ToBase64String(hash.Finish());
        }

        foreach (var cut in new[] { 0, 1, 4097, 99_999, bytes.Length })
            Assert.Equal(Of(bytes), algorithm.Polynomial!.Combine(Of(bytes.AsSpan(0, cut)), Of(bytes.AsSpan(cut)), bytes.Length - cut));
    }

    [Theory]
    [InlineData("x-amz-checksum-crc32", "y/Q5Jg==", 200, "")]
    [InlineData("x-amz-checksum-crc32", "AAAAAA==", 400, "BadDigest")]
    [InlineData("x-amz-checksum-crc32", "AAAA", 400, "InvalidRequest")]
    [InlineData("x-amz-checksum-crc64nvme", "rosUhgp5mIg=", 200, "")]
    [InlineData("x-amz-sdk-checksum-algorithm", "SHA256", 400, "InvalidRequest")]
    [InlineData("Content-MD5", "JfnnlDI7RThTCIUfGxZiDQ==", 400, "BadDigest")]
    [InlineData("Content-MD5", "abc", 400, "InvalidDigest")]
    [InlineData("x-amz-content-sha256", "15e2b0d3c33891ebb0f1ef609ec419420c20e320ce94c65fbc8c3312448eb225", 200, "")]
    [InlineData("x-amz-content-sha256", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855", 400, "XAmzContentSHA256Mismatch")]
    public async Task WhatAClientClaimsIsVerified(string header, string value, int status, string code)
    {
        using var request = new HttpRequestMessage(HttpMethod.Put, "/bucket/k") { Content = new ByteArrayContent("123456789"u8.ToArray()) };
        if (header.StartsWith("Content", StringComparison.Ordinal)) request.Content.Headers.TryAddWithoutValidation(header, value);
        else request.Headers.TryAddWithoutValidation(header, value);

        using var answer = await Http.SendAsync(request);

        Assert.Equal(status, (int)answer.StatusCode);
        Assert.Contains(code, await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Equal(status == 200, Cloud.Objects.Find(Bucket, "k") is not null);
    }

    [Fact]
    public async Task ATrailersChecksumIsVerified()
    {
        static string Request(string crc) =>
            "PUT /bucket/k HTTP/1.1\r\nHost: x\r\nContent-Encoding: aws-chunked\r\nx-amz-content-sha256: STREAMING-UNSIGNED-PAYLOAD-TRAILER\r\nx-amz-decoded-content-length: 9\r\nx-amz-trailer: x-amz-checksum-crc32\r\n"
            + $"Content-Length: {Body(crc).Length}\r\nConnection: close\r\n\r\n{Body(crc)}";
        static string Body(string crc) => $"4\r\n1234\r\n5\r\n56789\r\n0\r\nx-amz-checksum-crc32:{crc}\r\n\r\n";

        Assert.Contains("<Code>BadDigest</Code>", await RawHttp.SendAsync(Cloud.Endpoint, Request("AAAAAA==")), StringComparison.Ordinal);
        Assert.Null(Cloud.Objects.Find(Bucket, "k"));
        Assert.StartsWith("HTTP/1.1 200", await RawHttp.SendAsync(Cloud.Endpoint, Request("y/Q5Jg==")), StringComparison.Ordinal);
        Assert.Equal("CRC32 FULL_OBJECT y/Q5Jg==", Cloud.Objects.Find(Bucket, "k")!.Checksum!.ToString());
        Assert.False(Cloud.Objects.Find(Bucket, "k")!.Headers.ContainsKey("content-encoding"));
    }

    [Fact]
    public async Task EveryAnswerSaysTheDefaultChecksumOnlyWhenAsked()
    {
        await Cloud.Objects.PutAsync(Bucket, "k", new MemoryStream(Encoding.ASCII.GetBytes("123456789")));

        var plain = await S3.GetObjectMetadataAsync(new GetObjectMetadataRequest { BucketName = Bucket, Key = "k", ChecksumMode = null });
        var asked = await S3.GetObjectMetadataAsync(new GetObjectMetadataRequest { BucketName = Bucket, Key = "k", ChecksumMode = ChecksumMode.ENABLED });

        Assert.Null(plain.ChecksumCRC64NVME);
        Assert.Equal(("rosUhgp5mIg=", ChecksumType.FULL_OBJECT), (asked.ChecksumCRC64NVME, asked.ChecksumType));
    }

    [Theory]
    [InlineData("CRC32", "FULL_OBJECT")]
    [InlineData("CRC32", "COMPOSITE")]
    [InlineData("SHA1", "COMPOSITE")]
    [InlineData("SHA256", "COMPOSITE")]
    public async Task AMultipartObjectHasItsTypeOfChecksum(string algorithm, string type)
    {
        var bytes = Bytes(PartSize + 1000);
        var upload = await S3.InitiateMultipartUploadAsync(new InitiateMultipartUploadRequest { BucketName = Bucket, Key = "k", ChecksumAlgorithm = ChecksumAlgorithmOf(algorithm), ChecksumType = ChecksumType.FindValue(type) });
        var parts = new List<PartETag>();
        foreach (var (number, part) in new[] { (1, bytes[..PartSize]), (2, bytes[PartSize..]) })
        {
            var put = await S3.UploadPartAsync(new UploadPartRequest { BucketName = Bucket, Key = "k", UploadId = upload.UploadId, PartNumber = number, InputStream = new MemoryStream(part), ChecksumAlgorithm = ChecksumAlgorithmOf(algorithm) });
            parts.Add(new PartETag(put) { ChecksumCRC32 = put.ChecksumCRC32, ChecksumSHA1 = put.ChecksumSHA1, ChecksumSHA256 = put.ChecksumSHA256 });
        }

        await S3.CompleteMultipartUploadAsync(new CompleteMultipartUploadRequest { BucketName = Bucket, Key = "k", UploadId = upload.UploadId, PartETags = parts, ChecksumType = ChecksumType.FindValue(type) });

        var found = ChecksumAlgorithm.Find(algorithm)!;
        using var whole = found.Start();
        if (type == "FULL_OBJECT") whole.Append(bytes);
        else foreach (var part in new[] { bytes[..PartSize], bytes[PartSize..] })
        {
            using var one = found.Start();
            one.Append(part);
            whole.Append(one.Finish());
        }
        var expected = Convert.ToBase64String(whole.Finish()) + (type == "FULL_OBJECT" ? "" : "-2");
        Assert.Equal($"{algorithm} {type} {expected}", Cloud.Objects.Find(Bucket, "k")!.Checksum!.ToString());
    }

    static Amazon.S3.ChecksumAlgorithm ChecksumAlgorithmOf(string name) => Amazon.S3.ChecksumAlgorithm.FindValue(name);
}
