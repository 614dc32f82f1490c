using Amazon.CDK;
using Amazon.CDK.AWS.IAM;
using Amazon.CDK.AWS.Lambda;
using Amazon.CDK.AWS.S3;
using Constructs;

namespace EtlTracing.Deployment;

/// <summary>
/// Empties the bucket when the stack is deleted: CloudFormation deletes empty buckets only. Within a function's 15 minutes, so some
/// million objects; more have to be deleted by hand first. The CDK's own (AutoDeleteObjects) asks for wildcard actions and leaves its log group behind.
/// </summary>
sealed class BucketEmptier : Construct
{
    // cfnresponse is there for code given inline. Pages are deleted as they are listed, so nothing grows with their number.
    const string Code = """
        import boto3, cfnresponse

        def handler(event, context):
            try:
                bucket = event['ResourceProperties']['Bucket']
                if event['RequestType'] == 'Delete':
                    pages = boto3.client('s3').get_paginator('list_object_versions').paginate(Bucket=bucket)
                    for page in pages:
                        found = page.get('Versions', []) + page.get('DeleteMarkers', [])
                        objects = [{'Key': o['Key'], 'VersionId': o['VersionId']} for o in found]
                        if objects:
                            gone = boto3.client('s3').delete_objects(Bucket=bucket, Delete={'Objects': objects, 'Quiet': True})
                            if gone.get('Errors'):
                                raise RuntimeError(str(gone['Errors'][0]))
                cfnresponse.send(event, context, cfnresponse.SUCCESS, {}, bucket)
            except Exception as e:
                cfnresponse.send(event, context, cfnresponse.FAILED, {}, event.get('PhysicalResourceId', 'none'), reason=str(e))
        """;

    public BucketEmptier(Construct scope, string id, Bucket bucket)
        : base(scope, id)
    {
        var logs = OwnedLogs.Create(this, "Logs");
        var function = new Function(this, "Function", new FunctionProps
        {
            Description = "Empties the data bucket when the stack is deleted",
            Runtime = Runtime.PYTHON_3_12,
            Handler = "index.handler",
            Code = Amazon.CDK.AWS.Lambda.Code.FromInline(Code),
            Timeout = Duration.Minutes(15),
            LogGroup = logs,
            Role = FunctionRole.Create(this, "Role", logs),
        });
        function.AddToRolePolicy(new PolicyStatement(new PolicyStatementProps { Actions = ["s3:ListBucketVersions"], Resources = [bucket.BucketArn] }));
        function.AddToRolePolicy(new PolicyStatement(new PolicyStatementProps
        {
            Actions = ["s3:DeleteObject", "s3:DeleteObjectVersion"],
            Resources = [bucket.ArnForObjects("*")],
        }));

        var resource = new CustomResource(this, "Resource", new CustomResourceProps
        {
            ServiceToken = function.FunctionArn,
            ResourceType = "Custom::EmptyBucket",
            Properties = new Dictionary<string, object> { ["Bucket"] = bucket.BucketName },
        });
        // Deleted in reverse: the contents while function, its rights and its log group are still there, then the bucket.
        resource.Node.AddDependency(function, logs);
    }
}
