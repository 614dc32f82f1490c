using Amazon.CDK;
using Constructs;

namespace EtlTracing.Deployment;

public sealed class EtlStack : Stack
{
    public const string DefaultName = "EtlTracing";

    public EtlStack(Construct scope, string id, IStackProps? props = null)
        : base(scope, id, props)
    {
    }
}
