using Amazon.StepFunctions;
using EtlTracing;
using EtlTracing.Aws;
using EtlTracing.ServiceDefaults;
using EtlTracing.Trigger;

SdkTracing.Enable();
var builder = WebApplication.CreateSlimBuilder(args).AddServiceDefaults();
var stateMachine = builder.Configuration[EtlEnvironment.StateMachineArn]
    ?? throw new InvalidOperationException($"{EtlEnvironment.StateMachineArn} is not set: the workflow to start");
builder.Services.AddSingleton(new AmazonStepFunctionsClient());
builder.Services.AddSingleton(services => ActivatorUtilities.CreateInstance<RunStarter>(services, stateMachine));
builder.Services.AddHostedService(services => ActivatorUtilities.CreateInstance<WarmUp>(services, stateMachine));

var app = builder.Build();
app.MapHealth();
app.MapEvents();
await app.RunAsync();
