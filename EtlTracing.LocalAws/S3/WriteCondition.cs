namespace EtlTracing.LocalAws.S3;

/// <summary>If-Match and If-None-Match on a write, checked inside its transaction (S3's conditional writes).</summary>
public sealed record WriteCondition(string? Match, bool MustNotExist)
{
    public static readonly WriteCondition None = new(null, false);

    /// <summary>From the headers of PutObject, CompleteMultipartUpload, CopyObject or DeleteObject.</summary>
    public static WriteCondition Read(S3Request request)
    {
        var noneMatch = request.Header("If-None-Match");
        // S3 takes no eTag here: "expects the * character".
        var match = request.Header("If-Match");
        if (match is not null && noneMatch is not null) throw S3Error.HeaderNotImplemented("If-Match,If-None-Match", "Multiple conditional request headers present in the request");
        if (noneMatch is not null and not "*") throw S3Error.HeaderNotImplemented("If-None-Match", "We don't accept the provided value of If-None-Match header for this API");
        if (match is "*" && request.Method != "DELETE") throw S3Error.HeaderNotImplemented("If-Match", "We don't accept the provided value of If-Match header for this API");
        return match is null && noneMatch is null ? None : new WriteCondition(match?.Trim().Trim('"'), noneMatch is not null);
    }

    /// <summary>The condition holds, but was asked of an upload that began before the key's last change.</summary>
    public void CheckNotOvertaken(string key)
    {
        if (this != None) throw S3Error.ConditionalRequestConflict(MustNotExist ? "If-None-Match" : "If-Match", key);
    }

    public void Check(StoredObject? existing, string key)
    {
        if (MustNotExist && existing is not null) throw S3Error.PreconditionFailed("If-None-Match");
        if (Match is null) return;
        if (existing is null) throw S3Error.NoSuchKey(key);
        if (Match != "*" && Match != existing.ETag) throw S3Error.PreconditionFailed("If-Match");
    }
}
