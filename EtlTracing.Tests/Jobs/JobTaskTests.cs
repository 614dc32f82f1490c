using System.Text.Json;
using EtlTracing.Aws;
using EtlTracing.Jobs;

namespace EtlTracing.Tests.Jobs;

public class JobTaskTests
{
    [Fact]
    public void ATasksInputIsReadAsTheWorkflowComposesIt()
    {
        var task = JobTask.FromJson("""
            {"run":{"bucket_name":"etl","object_key":"input/x.csv","trace_id":"1-69210000-00000000000000000000abcd","parent_id":"53995c3f42cd8ad8","sampled":true,"version_id":null,"etag":"e","sequencer":"01",
                    "clean":{"output_key":"clean/x.csv.parquet","rows_read":1}},
             "state":"Process","entered":"2026-11-22T22:40:34.567Z","retry":2,"execution":"arn:aws:states:us-east-2:000000000000:execution:etl-workflow:abc"}
            """);

        Assert.Equal(new JobTask
        {
            Run = new RunInput { BucketName = "etl", ObjectKey = "input/x.csv", TraceId = "1-69210000-00000000000000000000abcd", ParentId = "53995c3f42cd8ad8", Sampled = true, Etag = "e", Sequencer = "01" },
            Entered = new DateTimeOffset(2026, 11, 22, 22, 40, 34, 567, TimeSpan.Zero),
            Retry = 2,
            Execution = "arn:aws:states:us-east-2:000000000000:execution:etl-workflow:abc",
            CleanOutputKey = "clean/x.csv.parquet",
        }, task);
        Assert.Equal("abc", task.RunName);
    }

    [Fact]
    public void ARunStartedByHandNeedsBucketAndKeyOnly() =>
        Assert.Equal("input/x.csv", JobTask.FromJson("""{"run":{"bucket_name":"etl","object_key":"input/x.csv"},"state":"Clean"}""").Run.ObjectKey);

    [Theory]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("""{"run":null}""")]
    [InlineData("""{"run":{"object_key":"input/x.csv"}}""")]
    public void AnyOtherInputIsRefused(string json) => Assert.ThrowsAny<JsonException>(() => JobTask.FromJson(json));

    [Theory]
    [InlineData("input/a/b.csv.gz", "clean/a/b.csv.gz.parquet", "rejected/a/b.csv.gz.csv", "processed/a/b.csv.gz.parquet", "processed/a/b.csv.gz.groups.parquet")]
    [InlineData("input/input/x", "clean/input/x.parquet", "rejected/input/x.csv", "processed/input/x.parquet", "processed/input/x.groups.parquet")]
    public void OutputKeysAppendToTheInputsName(string input, string clean, string rejected, string processed, string groups)
    {
        var task = new JobTask { Run = new RunInput { BucketName = "etl", ObjectKey = input } };

        Assert.Equal(new JobKeys { Input = input, Output = clean, Rejected = rejected }, JobKeys.ForClean(task));
        var process = JobKeys.ForProcess(task with { CleanOutputKey = clean });
        Assert.Equal((clean, processed, groups), (process.Input, process.Output, process.Groups));
        Assert.Equal(process, JobKeys.ForProcess(task));
    }
}
