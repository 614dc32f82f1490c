using Amazon.S3;
using Amazon.S3.Model;

namespace EtlTracing.Local;

/// <summary>One file as it was put under <c>input/</c>.</summary>
/// <param name="ETag">Without quotes, as the workflow's input has it.</param>
public sealed record Upload(string Key, string ETag, DateTimeOffset At)
{
    public static async Task<Upload> PutAsync(IAmazonS3 s3, string file, TimeProvider time, CancellationToken cancellationToken)
    {
        var key = EtlNames.InputPrefix + Path.GetFileName(file);
        var at = time.GetUtcNow();
        var answer = await s3.PutObjectAsync(new PutObjectRequest { BucketName = EtlNames.Bucket, Key = key, FilePath = file }, cancellationToken);
        return new Upload(key, answer.ETag.Trim('"'), at);
    }
}
