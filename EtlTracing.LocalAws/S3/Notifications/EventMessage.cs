using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;

namespace EtlTracing.LocalAws.S3.Notifications;

/// <summary>The request that caused an event.</summary>
public sealed record EventCause(string SourceAddress, string RequestId, string HostId);

/// <summary>The JSON of S3's events (https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-content-structure.html).</summary>
static class EventMessage
{
    public static string Of(StoredObject stored, string eventName, string configurationId, DateTimeOffset now, EventCause cause, LocalCloudOptions options)
    {
        var created = eventName.StartsWith("ObjectCreated:", StringComparison.Ordinal);
        var described = new Dictionary<string, object> { ["key"] = S3Url.Encode(stored.Key) };
        if (created)
        {
            described["size"] = stored.Size;
            described["eTag"] = stored.ETag;
        }
        // Grows with each write of a key; compared as text, so its width is fixed.
        described["sequencer"] = stored.Id.ToString("X18", CultureInfo.InvariantCulture);
        return JsonSerializer.Serialize(new
        {
            Records = new[]
            {
                new
                {
                    eventVersion = "2.1",
                    eventSource = "aws:s3",
                    awsRegion = options.Region,
                    eventTime = now.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture),
                    eventName,
                    userIdentity = new { principalId = $"AWS:{options.Account}" },
                    requestParameters = new { sourceIPAddress = cause.SourceAddress },
                    responseElements = new Dictionary<string, string> { ["x-amz-request-id"] = cause.RequestId, ["x-amz-id-2"] = cause.HostId },
                    s3 = new
                    {
                        s3SchemaVersion = "1.0",
                        configurationId,
                        bucket = new { name = stored.Bucket, ownerIdentity = new { principalId = options.Account }, arn = $"arn:aws:s3:::{stored.Bucket}" },
                        @object = described,
                    },
                },
            },
        });
    }

    /// <summary>What S3 sends to a queue or topic when it is configured.</summary>
    public static string Test(string bucket, DateTimeOffset now, EventCause cause) => JsonSerializer.Serialize(new
    {
        Service = "Amazon S3",
        Event = "s3:TestEvent",
        Time = now.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture),
        Bucket = bucket,
        cause.RequestId,
        cause.HostId,
    });

    /// <summary>
    /// The header of the trace that an event starts, as Lambda does on delivery. It has no parent, for nothing came before, and
    /// no sampling decision: that is the receiver's, who has the sampler.
    /// </summary>
    public static string NewTrace(DateTimeOffset now) =>
        string.Create(CultureInfo.InvariantCulture, $"Root=1-{now.ToUnixTimeSeconds():x8}-{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(12))}");
}
