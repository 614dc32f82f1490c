using Amazon.CDK;
using EtlTracing.Deployment;

// Synthesizes the stack: cdk synth, cdk deploy and cdk destroy run this (see cdk.json). Without an account or a region from the
// environment the template fits any.
var app = new App();
_ = new EtlStack(app, EtlStack.DefaultName, new StackProps
{
    Env = new Amazon.CDK.Environment
    {
        Account = System.Environment.GetEnvironmentVariable("CDK_DEFAULT_ACCOUNT"),
        Region = System.Environment.GetEnvironmentVariable("CDK_DEFAULT_REGION"),
    },
});
app.Synth();
