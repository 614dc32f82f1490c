using EtlTracing.LocalAws.S3.Checksums;

namespace EtlTracing.LocalAws.S3;

sealed class WriteOperations(S3Store store)
{
    public async Task PutAsync(S3Request request)
    {
        var headers = ObjectHeaders.Read(request);
        var condition = WriteCondition.Read(request);
        // Asked twice: now, so that nothing is sent in vain, and in the transaction, where it counts.
        condition.Check(store.Find(request.Bucket, request.Key), request.Key);
        using var upload = await S3Body.ReceiveAsync(request, store, S3Limits.Put, claimed => claimed ?? ChecksumAlgorithm.Crc64Nvme);
        var stored = store.Put(new NewObject { Bucket = request.Bucket, Key = request.Key, Headers = headers, Condition = condition, Cause = request.Cause },
            upload.Intake, upload.Claimed ?? ChecksumAlgorithm.Crc64Nvme);
        var answer = request.Context.Response.Headers;
        answer.ETag = stored.QuotedETag;
        answer["x-amz-server-side-encryption"] = "AES256";
        answer[stored.Checksum!.Algorithm.Header] = stored.Checksum.Value;
        answer["x-amz-checksum-type"] = stored.Checksum.Type;
        await request.Empty();
    }
}
