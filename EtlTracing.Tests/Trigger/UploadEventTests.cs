using System.Text.Json;
using EtlTracing.Trigger;

namespace EtlTracing.Tests.Trigger;

public class UploadEventTests
{
    public const string Put = """
        {"Records":[{"eventVersion":"2.1","eventSource":"aws:s3","awsRegion":"us-east-2","eventTime":"2026-11-22T22:00:00.000Z","eventName":"ObjectCreated:Put",
         "s3":{"s3SchemaVersion":"1.0","configurationId":"c","bucket":{"name":"etl","arn":"arn:aws:s3:::etl"},
               "object":{"key":"input/a+b%2Bc.csv","size":1,"eTag":"e1","sequencer":"0055AED6DCD90281E5"}}}]}
        """;

    [Fact]
    public void AKeyInANotificationIsDecoded() =>
        Assert.Equal([new Upload("etl", "input/a b+c.csv", null, "e1", "0055AED6DCD90281E5")], Read(Put));

    [Fact]
    public void AKeyInAnEventBridgeEventIsNot() =>
        Assert.Equal([new Upload("etl", "input/a b+c%20.csv", "v1", "e1", "00")], Read("""
            {"version":"0","id":"i","detail-type":"Object Created","source":"aws.s3","detail":{"version":"0","bucket":{"name":"etl"},
             "object":{"key":"input/a b+c%20.csv","size":1,"etag":"e1","version-id":"v1","sequencer":"00"},"reason":"PutObject"}}
            """));

    [Fact]
    public void AllRecordsOfAnyVersion2AreReadAndUnknownFieldsSkipped() =>
        Assert.Equal(["input/1", "input/2"], Read("""
            {"Records":[
             {"eventVersion":"2.6","eventName":"ObjectCreated:Copy","new":{},"s3":{"bucket":{"name":"etl"},"object":{"key":"input/1"}}},
             {"eventVersion":"2.1","eventName":"ObjectRemoved:Delete","s3":{"bucket":{"name":"etl"},"object":{"key":"input/0"}}},
             {"eventVersion":"2.0","eventName":"ObjectCreated:CompleteMultipartUpload","s3":{"bucket":{"name":"etl"},"object":{"key":"input/2"}}}]}
            """).Select(upload => upload.Key));

    [Theory]
    [InlineData("""{"Service":"Amazon S3","Event":"s3:TestEvent","Bucket":"etl"}""")]
    [InlineData("""{"detail-type":"Object Deleted","source":"aws.s3","detail":{}}""")]
    public void OtherEventsOfS3HoldNoUpload(string json) => Assert.Empty(Read(json));

    [Theory]
    [InlineData("[]", "found a JSON Array; expected an object with 'Records' or 'detail'")]
    [InlineData("""{"a":1,"b":2}""", "found an object with 'a', 'b'; expected 'Records' of an S3 notification, or 'detail' of an EventBridge event")]
    [InlineData("""{"Records":[{"eventVersion":"3.0","eventName":"ObjectCreated:Put"}]}""", "found eventVersion '3.0'; expected 2.x")]
    [InlineData("""{"Records":[{"eventVersion":"2.1","eventName":"ObjectCreated:Put","s3":{"bucket":{"name":"etl"}}}]}""", "found no 'object' in {\"bucket\":{\"name\":\"etl\"}}")]
    [InlineData("""{"Records":[{"eventVersion":"2.1","eventName":"ObjectCreated:Put","s3":{"bucket":{"name":"etl"},"object":{"key":7}}}]}""", "found 'key' that is no text in {\"key\":7}")]
    public void AnythingElseIsRefusedWithWhatWasFound(string json, string message) => Assert.Equal(message, Assert.Throws<FormatException>(() => Read(json)).Message);

    [Theory]
    [InlineData("input/a.csv", true)]
    [InlineData("input/", false)]
    [InlineData("input/folder/", false)]
    [InlineData("clean/a.csv.parquet", false)]
    public void OnlyObjectsUnderInputAreInput(string key, bool isInput) => Assert.Equal(isInput, new Upload("etl", key, null, null, null).IsInput);

    [Fact]
    public void AnExecutionsNameDependsOnTheUploadOnly()
    {
        var upload = new Upload("etl", "input/a.csv", null, "e1", "01");

        Assert.Equal("3e0b4f3e".Length + 56, upload.ExecutionName.Length);
        Assert.Matches("^[0-9a-f]{64}$", upload.ExecutionName);
        Assert.Equal(upload.ExecutionName, (upload with { }).ExecutionName);
        Assert.Equal(6, new[] { upload, upload with { Bucket = "b" }, upload with { Key = "input/b.csv" }, upload with { ETag = "e2" }, upload with { VersionId = "v" }, upload with { Sequencer = "02" } }.Select(each => each.ExecutionName).Distinct().Count());
    }

    static IReadOnlyList<Upload> Read(string json) => Upload.Read(JsonDocument.Parse(json).RootElement);
}
