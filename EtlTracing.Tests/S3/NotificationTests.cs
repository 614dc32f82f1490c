using System.Text.Json;
using Amazon.S3;
using Amazon.S3.Model;

namespace EtlTracing.Tests.S3;

public sealed class NotificationTests : S3TestBase
{
    [Fact]
    public async Task AnUploadIsToldToTheUrl()
    {
        await using var receiver = await EventReceiver.StartAsync();
        await SubscribeAsync(receiver, "input/", ".csv");
        await S3.PutObjectAsync(new PutObjectRequest { BucketName = Bucket, Key = "other/a.csv", ContentBody = "x" });
        await S3.PutObjectAsync(new PutObjectRequest { BucketName = Bucket, Key = "input/a.txt", ContentBody = "x" });

        await S3.PutObjectAsync(new PutObjectRequest { BucketName = Bucket, Key = "input/a b+(1).csv", ContentBody = "hello" });

        var got = await receiver.NextAsync();
        Assert.Matches(@"^Root=1-[0-9a-f]{8}-[0-9a-f]{24}$", got.Trace);
        Assert.Null(got.TraceParent);
        var record = JsonDocument.Parse(got.Body).RootElement.GetProperty("Records")[0];
        Assert.Equal("ObjectCreated:Put", record.GetProperty("eventName").GetString());
        Assert.Equal("aws:s3", record.GetProperty("eventSource").GetString());
        Assert.Equal("us-east-2", record.GetProperty("awsRegion").GetString());
        Assert.Equal("bucket", record.GetProperty("s3").GetProperty("bucket").GetProperty("name").GetString());
        Assert.Equal("arn:aws:s3:::bucket", record.GetProperty("s3").GetProperty("bucket").GetProperty("arn").GetString());
        Assert.Equal("to-test", record.GetProperty("s3").GetProperty("configurationId").GetString());
        var stored = record.GetProperty("s3").GetProperty("object");
        Assert.Equal("input/a+b%2B%281%29.csv", stored.GetProperty("key").GetString());
        Assert.Equal(5, stored.GetProperty("size").GetInt64());
        Assert.Equal("5d41402abc4b2a76b9719d911017c592", stored.GetProperty("eTag").GetString());
        Assert.Matches(@"^[0-9A-F]{18}$", stored.GetProperty("sequencer").GetString());
    }

    [Fact]
    public async Task AnEventComesAgainWithTheSameTraceUntilItIsTakenAndSurvivesARestart()
    {
        await using var receiver = await EventReceiver.StartAsync();
        receiver.Status = 500;
        await SubscribeAsync(receiver);
        await S3.PutObjectAsync(new PutObjectRequest { BucketName = Bucket, Key = "k", ContentBody = "x" });
        var first = await receiver.NextAsync();
        var second = await receiver.NextAsync();

        await StopAsync();
        receiver.Status = 200;
        await StartAsync();

        var third = await receiver.NextAsync();
        while (receiver.TryNext(out var later)) third = later;
        Assert.Equal((first.Trace, first.Body), (second.Trace, second.Body));
        Assert.Equal((first.Trace, first.Body), (third.Trace, third.Body));
    }

    [Fact]
    public async Task SequencersGrowAndNamesTellHowItWasMade()
    {
        await using var receiver = await EventReceiver.StartAsync();
        await SubscribeAsync(receiver);

        await S3.PutObjectAsync(new PutObjectRequest { BucketName = Bucket, Key = "k", ContentBody = "x" });
        var put = Record(await receiver.NextAsync());
        await S3.CopyObjectAsync(Bucket, "k", Bucket, "copy");
        var copy = Record(await receiver.NextAsync());
        var upload = (await S3.InitiateMultipartUploadAsync(Bucket, "k")).UploadId;
        var part = new PartETag(await S3.UploadPartAsync(new UploadPartRequest { BucketName = Bucket, Key = "k", UploadId = upload, PartNumber = 1, InputStream = new MemoryStream([1]) }));
        await S3.CompleteMultipartUploadAsync(new CompleteMultipartUploadRequest { BucketName = Bucket, Key = "k", UploadId = upload, PartETags = [part] });
        var multipart = Record(await receiver.NextAsync());

        Assert.Equal(["ObjectCreated:Put", "ObjectCreated:Copy", "ObjectCreated:CompleteMultipartUpload"], [put.Name, copy.Name, multipart.Name]);
        Assert.True(string.CompareOrdinal(put.Sequencer, multipart.Sequencer) < 0, $"{put.Sequencer} < {multipart.Sequencer}");
    }

    [Fact]
    public async Task TheConfigurationComesBack()
    {
        await using var receiver = await EventReceiver.StartAsync();
        await SubscribeAsync(receiver, "input/", ".csv");

        var read = Assert.Single((await S3.GetBucketNotificationAsync(Bucket)).LambdaFunctionConfigurations);

        Assert.Equal(("to-test", receiver.Url), (read.Id, read.FunctionArn));
        Assert.Equal([("Prefix", "input/"), ("Suffix", ".csv")], read.Filter.S3KeyFilter.FilterRules.Select(rule => (rule.Name, rule.Value)));
        Assert.Equal((400, "InvalidArgument"), await ErrorOf(() => SubscribeAsync("arn:aws:lambda:us-east-2:000000000000:function:f")));
    }

    Task<PutBucketNotificationResponse> SubscribeAsync(EventReceiver receiver, string prefix = "", string suffix = "") => SubscribeAsync(receiver.Url, prefix, suffix);

    Task<PutBucketNotificationResponse> SubscribeAsync(string url, string prefix = "", string suffix = "") => S3.PutBucketNotificationAsync(new PutBucketNotificationRequest
    {
        BucketName = Bucket,
        LambdaFunctionConfigurations =
        [
            new()
            {
                Id = "to-test",
                FunctionArn = url,
                Events = [EventType.ObjectCreatedAll],
                Filter = new Filter { S3KeyFilter = new S3KeyFilter { FilterRules = [new FilterRule("Prefix", prefix), new FilterRule("Suffix", suffix)] } },
            },
        ],
    });

    static (string Name, string Sequencer) Record(ReceivedEvent got)
    {
        var record = JsonDocument.Parse(got.Body).RootElement.GetProperty("Records")[0];
        return (record.GetProperty("eventName").GetString()!, record.GetProperty("s3").GetProperty("object").GetProperty("sequencer").GetString()!);
    }
}
