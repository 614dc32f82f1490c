using System.Xml.Linq;

namespace EtlTracing.LocalAws.S3;

/// <summary>
/// One operation: its AWS name, the requests that mean it (by a query parameter or header that must be there, or null), and
/// what answers them. Without <paramref name="Handle"/> the operation is known and not implemented.
/// </summary>
sealed record S3Route(string Name, string Method, S3Scope Scope, string? Query, string? Header, Func<S3Request, Task>? Handle);

enum S3Scope { Service, Bucket, Object }

/// <summary>The map of the service: the first route that fits is taken.</summary>
sealed class S3Routes(BucketOperations bucket, BucketSettings settings, ListOperations list, ReadOperations read, WriteOperations write, CopyOperations copy, DeleteOperations delete, MultipartOperations multipart)
{
    // Settings of buckets and objects that exist in AWS and not here; each is refused by its name.
    static readonly string[] s_bucketSettings =
    [
        "accelerate", "analytics", "encryption", "intelligent-tiering", "inventory", "lifecycle", "logging", "metrics", "object-lock", "ownershipControls",
        "policy", "policyStatus", "publicAccessBlock", "replication", "requestPayment", "tagging", "versioning", "website", "acl", "abac", "metadataTable", "metadataConfiguration", "session",
    ];
    static readonly string[] s_objectSettings = ["acl", "tagging", "legal-hold", "retention", "restore", "select", "torrent", "encryption", "renameObject"];

    // Settings that each bucket has in AWS without being asked.
    static readonly (string Name, string Query, XElement Answer)[] s_defaults =
    [
        ("GetBucketEncryption", "encryption", S3Xml.Element("ServerSideEncryptionConfiguration", S3Xml.Element("Rule",
            S3Xml.Element("ApplyServerSideEncryptionByDefault", S3Xml.Element("SSEAlgorithm", "AES256")), S3Xml.Element("BucketKeyEnabled", "false")))),
        ("GetPublicAccessBlock", "publicAccessBlock", S3Xml.Element("PublicAccessBlockConfiguration", S3Xml.Element("BlockPublicAcls", "true"), S3Xml.Element("IgnorePublicAcls", "true"),
            S3Xml.Element("BlockPublicPolicy", "true"), S3Xml.Element("RestrictPublicBuckets", "true"))),
        ("GetBucketOwnershipControls", "ownershipControls", S3Xml.Element("OwnershipControls", S3Xml.Element("Rule", S3Xml.Element("ObjectOwnership", "BucketOwnerEnforced")))),
        ("GetBucketRequestPayment", "requestPayment", S3Xml.Element("RequestPaymentConfiguration", S3Xml.Element("Payer", "BucketOwner"))),
        ("GetBucketLogging", "logging", S3Xml.Element("BucketLoggingStatus")),
        ("GetBucketAccelerateConfiguration", "accelerate", S3Xml.Element("AccelerateConfiguration")),
    ];

    readonly S3Route[] _routes =
    [
        new("ListBuckets", "GET", S3Scope.Service, null, null, bucket.ListAsync),

        new("GetBucketLocation", "GET", S3Scope.Bucket, "location", null, bucket.LocationAsync),
        new("GetBucketNotificationConfiguration", "GET", S3Scope.Bucket, "notification", null, settings.GetNotificationsAsync),
        new("PutBucketNotificationConfiguration", "PUT", S3Scope.Bucket, "notification", null, settings.PutNotificationsAsync),
        new("GetBucketCors", "GET", S3Scope.Bucket, "cors", null, settings.GetCorsAsync),
        new("PutBucketCors", "PUT", S3Scope.Bucket, "cors", null, settings.PutCorsAsync),
        new("DeleteBucketCors", "DELETE", S3Scope.Bucket, "cors", null, settings.DeleteCorsAsync),
        new("GetBucketVersioning", "GET", S3Scope.Bucket, "versioning", null, settings.GetVersioningAsync),
        new("GetBucketAcl", "GET", S3Scope.Bucket, "acl", null, settings.GetAclAsync),
        new("GetBucketPolicy", "GET", S3Scope.Bucket, "policy", null, settings.AbsentAsync("NoSuchBucketPolicy", "The bucket policy does not exist")),
        new("GetBucketLifecycleConfiguration", "GET", S3Scope.Bucket, "lifecycle", null, settings.AbsentAsync("NoSuchLifecycleConfiguration", "The lifecycle configuration does not exist")),
        new("GetBucketTagging", "GET", S3Scope.Bucket, "tagging", null, settings.AbsentAsync("NoSuchTagSet", "The TagSet does not exist")),
        new("GetBucketWebsite", "GET", S3Scope.Bucket, "website", null, settings.AbsentAsync("NoSuchWebsiteConfiguration", "The specified bucket does not have a website configuration")),
        new("GetObjectLockConfiguration", "GET", S3Scope.Bucket, "object-lock", null, settings.AbsentAsync("ObjectLockConfigurationNotFoundError", "Object Lock configuration does not exist for this bucket")),
        new("GetBucketReplication", "GET", S3Scope.Bucket, "replication", null, settings.AbsentAsync("ReplicationConfigurationNotFoundError", "The replication configuration was not found")),
        .. s_defaults.Select(setting => new S3Route(setting.Name, "GET", S3Scope.Bucket, setting.Query, null, settings.DefaultAsync(setting.Answer))),
        new("ListMultipartUploads", "GET", S3Scope.Bucket, "uploads", null, multipart.ListUploadsAsync),
        new("ListObjectVersions", "GET", S3Scope.Bucket, "versions", null, list.VersionsAsync),
        new("DeleteObjects", "POST", S3Scope.Bucket, "delete", null, delete.ManyAsync),
        .. s_bucketSettings.SelectMany(setting => Refused(setting, S3Scope.Bucket)),
        new("ListObjectsV2", "GET", S3Scope.Bucket, "list-type", null, list.V2Async),
        new("ListObjects", "GET", S3Scope.Bucket, null, null, list.V1Async),
        new("CreateBucket", "PUT", S3Scope.Bucket, null, null, bucket.CreateAsync),
        new("HeadBucket", "HEAD", S3Scope.Bucket, null, null, bucket.HeadAsync),
        new("DeleteBucket", "DELETE", S3Scope.Bucket, null, null, bucket.DeleteAsync),
        new("PostObject", "POST", S3Scope.Bucket, null, null, null),

        new("CreateMultipartUpload", "POST", S3Scope.Object, "uploads", null, multipart.CreateAsync),
        new("UploadPartCopy", "PUT", S3Scope.Object, "uploadId", "x-amz-copy-source", copy.PartAsync),
        new("UploadPart", "PUT", S3Scope.Object, "uploadId", null, multipart.PutPartAsync),
        new("ListParts", "GET", S3Scope.Object, "uploadId", null, multipart.ListPartsAsync),
        new("CompleteMultipartUpload", "POST", S3Scope.Object, "uploadId", null, multipart.CompleteAsync),
        new("AbortMultipartUpload", "DELETE", S3Scope.Object, "uploadId", null, multipart.AbortAsync),
        new("GetObjectAttributes", "GET", S3Scope.Object, "attributes", null, read.AttributesAsync),
        new("GetObjectAcl", "GET", S3Scope.Object, "acl", null, settings.GetAclAsync),
        new("GetObjectTagging", "GET", S3Scope.Object, "tagging", null, settings.GetObjectTagsAsync),
        .. s_objectSettings.SelectMany(setting => Refused(setting, S3Scope.Object)),
        new("CopyObject", "PUT", S3Scope.Object, null, "x-amz-copy-source", copy.ObjectAsync),
        new("PutObject", "PUT", S3Scope.Object, null, null, write.PutAsync),
        new("GetObject", "GET", S3Scope.Object, null, null, read.GetAsync),
        new("HeadObject", "HEAD", S3Scope.Object, null, null, read.HeadAsync),
        new("DeleteObject", "DELETE", S3Scope.Object, null, null, delete.OneAsync),
    ];

    /// <exception cref="S3Exception">MethodNotAllowed, or NotImplemented with the operation's name.</exception>
    public S3Route Find(S3Request request)
    {
        var scope = request.Bucket.Length == 0 ? S3Scope.Service : request.Key.Length == 0 ? S3Scope.Bucket : S3Scope.Object;
        foreach (var route in _routes)
            if (route.Scope == scope && route.Method == request.Method
                && (route.Query is null || request.HasQuery(route.Query)) && (route.Header is null || request.Header(route.Header) is not null))
                return route;
        throw S3Error.MethodNotAllowed(request.Method, scope.ToString().ToUpperInvariant());
    }

    static S3Route[] Refused(string setting, S3Scope scope) =>
        [.. new[] { "GET", "PUT", "POST", "DELETE" }.Select(method => new S3Route($"{method} ?{setting}", method, scope, setting, null, null))];
}
