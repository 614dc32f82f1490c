using Amazon.CDK;
using Amazon.CDK.AWS.IAM;
using Amazon.CDK.AWS.S3;
using Constructs;

namespace EtlTracing.Deployment;

/// <summary>The bucket of inputs and outputs. It tells EventBridge of each upload, and is emptied and deleted with the stack.</summary>
public sealed class DataBucket : Construct
{
    readonly BucketEmptier _emptier;

    public DataBucket(Construct scope, string id)
        : base(scope, id)
    {
        Bucket = new Bucket(this, "Bucket", new BucketProps
        {
            BlockPublicAccess = BlockPublicAccess.BLOCK_ALL,
            EnforceSSL = true,
            Encryption = BucketEncryption.S3_MANAGED,
            ObjectOwnership = ObjectOwnership.BUCKET_OWNER_ENFORCED,
            RemovalPolicy = RemovalPolicy.DESTROY,
            LifecycleRules =
            [
                new LifecycleRule { Id = "rejects", Prefix = EtlNames.RejectedPrefix, Expiration = Duration.Days(90) },
                // Of jobs that were killed: parts that nobody will complete.
                new LifecycleRule { Id = "aborted-uploads", AbortIncompleteMultipartUploadAfter = Duration.Days(1) },
            ],
        });

        // The construct's own EventBridgeEnabled brings a function with rights on every bucket; the property needs none.
        var bucket = (CfnBucket)Bucket.Node.DefaultChild!;
        bucket.NotificationConfiguration = new CfnBucket.NotificationConfigurationProperty
        {
            EventBridgeConfiguration = new CfnBucket.EventBridgeConfigurationProperty { EventBridgeEnabled = true },
        };

        _emptier = new BucketEmptier(this, "Emptier", Bucket);
    }

    public Bucket Bucket { get; }

    /// <summary>Whoever writes here is deleted before the bucket is emptied, or it would not stay empty.</summary>
    public void WrittenBy(IConstruct writer) => writer.Node.AddDependency(_emptier);

    public PolicyStatement Reading(params string[] prefixes) => Allow(["s3:GetObject"], prefixes);

    public PolicyStatement Writing(params string[] prefixes) => Allow(["s3:PutObject", "s3:AbortMultipartUpload"], prefixes);

    /// <summary>Without it S3 answers 403 where an object is missing, and nobody could tell the two apart.</summary>
    public PolicyStatement Listing() => new(new PolicyStatementProps { Actions = ["s3:ListBucket"], Resources = [Bucket.BucketArn] });

    PolicyStatement Allow(string[] actions, string[] prefixes) => new(new PolicyStatementProps
    {
        Actions = actions,
        Resources = [.. prefixes.Select(prefix => Bucket.ArnForObjects($"{prefix}*"))],
    });
}
