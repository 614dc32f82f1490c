using EtlTracing.Tests.Support;
using EtlTracing.Traces;

namespace EtlTracing.Tests.EndToEnd;

/// <summary>One upload is one trace: both its trees, read back whole.</summary>
public sealed class TraceTests
{
    // As X-Ray has it. The S3 segments below the calls are those that X-Ray infers.
    const string Segments = """
        etl-trigger etl.operation=S3 ObjectCreated
          SFN [aws StartExecution]
            etl-workflow <AWS::StepFunctions::StateMachine>
              Clean
                etl-clean-job etl.operation=Clean etl.parent.source=state
                  Read Data
                    S3 [aws GetObject]
                      S3 <AWS::S3>
                  Data Cleaning
                    Standardize Column Names
                    Drop Columns
                    Remove Duplicates
                    Fill Null Values
                    Filter Minimum Nights
                    Round Number of Reviews
                    Convert Currency price
                    Convert Currency service_fee
                    Fix Skewness reviews_per_month
                    Fix Skewness number_of_reviews
                    Fix Skewness calculated_host_listings_count
                    Correct Review Dates
                    Correct Neighbourhood Group
                    Drop Remaining Nulls
                    Filter Room Type
                    Final Data Types
                  Write Data
                    S3 [aws PutObject]
                      S3 <AWS::S3>
              Process
                etl-process-job etl.operation=Process etl.parent.source=state
                  Read Data
                    S3 [aws GetObject]
                      S3 <AWS::S3>
                  Data Processing
                    Calculate Minimum Total Spend
                    Calculate Cost Per Night
                    Rank by Cost Per Night in Neighborhood
                    Rank by Cost Per Night Overall
                    Rank by Number of Reviews
                    Calculate Total Properties
                    Create Property Rank
                    Summarize Groups
                  Write Data
                    S3 [aws PutObject]
                      S3 <AWS::S3>
                    S3 [aws PutObject]
                      S3 <AWS::S3>

        """;

    // As an OTLP back end such as the Aspire dashboard has it.
    const string Spans = """
        etl-trigger: S3 ObjectCreated (Server)
          SFN.StartExecution (Client)
            etl-workflow: etl-workflow (Server)
              Clean (Internal)
                etl-clean-job: Clean (Server)
                  Read Data (Internal)
                    S3.GetObject (Client)
                  Data Cleaning (Internal)
                    Standardize Column Names (Internal)
                    Drop Columns (Internal)
                    Remove Duplicates (Internal)
                    Fill Null Values (Internal)
                    Filter Minimum Nights (Internal)
                    Round Number of Reviews (Internal)
                    Convert Currency price (Internal)
                    Convert Currency service_fee (Internal)
                    Fix Skewness reviews_per_month (Internal)
                    Fix Skewness number_of_reviews (Internal)
                    Fix Skewness calculated_host_listings_count (Internal)
                    Correct Review Dates (Internal)
                    Correct Neighbourhood Group (Internal)
                    Drop Remaining Nulls (Internal)
                    Filter Room Type (Internal)
                    Final Data Types (Internal)
                  Write Data (Internal)
                    S3.PutObject (Client)
              Process (Internal)
                etl-process-job: Process (Server)
                  Read Data (Internal)
                    S3.GetObject (Client)
                  Data Processing (Internal)
                    Calculate Minimum Total Spend (Internal)
                    Calculate Cost Per Night (Internal)
                    Rank by Cost Per Night in Neighborhood (Internal)
                    Rank by Cost Per Night Overall (Internal)
                    Rank by Number of Reviews (Internal)
                    Calculate Total Properties (Internal)
                    Create Property Rank (Internal)
                    Summarize Groups (Internal)
                  Write Data (Internal)
                    S3.PutObject (Client)
                    S3.PutObject (Client)

        """;

    [Fact]
    public async Task BothTreesOfAnUploadAreWhole()
    {
        await using var recorder = await OtlpRecorder.StartAsync();
        await using var system = await SystemUnderTest.StartAsync(options => options with { ForwardTelemetryTo = recorder.Grpc });

        var run = await system.RunOfAsync(await system.UploadAsync("listings.csv", Listings.Csv(1000)));

        Assert.True(run.Status == RunStatus.Succeeded, $"{run.Status} {run.Error} {run.Cause}");
        var segments = await system.WholeTraceAsync(run.Input.TraceId!);
        Assert.Equal(Segments, SegmentDocuments.Print(segments, EtlAttributes.Operation, EtlAttributes.ParentSource));
        var all = segments.SelectMany(SegmentDocuments.Flatten).ToList();
        var steps = all.Where(segment => SegmentDocuments.Annotation(segment, EtlAttributes.Step) is not null).ToList();
        Assert.All(steps, step => Assert.True(SegmentDocuments.Annotation(step, EtlAttributes.RowsIn) is not null && SegmentDocuments.Annotation(step, EtlAttributes.RowsOut) is not null, step.ToJsonString()));
        Assert.InRange(steps.Count, 24, 80);
        Assert.InRange(segments.Sum(segment => segment.ToJsonString().Length), 1, 90_000);

        var sent = all.Count(segment => (bool?)segment["inferred"] != true);
        await recorder.WaitForAsync(recorded => recorded.Spans.Count >= sent);
        Assert.Equal(Spans, SpanTree.Print(recorder.Spans));
        Assert.Equal(run.Input.TraceId!.Replace("-", "", StringComparison.Ordinal)[1..], Assert.Single(recorder.Spans.Select(span => span.TraceId).Distinct()));
    }
}
