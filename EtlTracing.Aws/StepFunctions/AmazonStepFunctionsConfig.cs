using EtlTracing.Aws.Protocol;

namespace Amazon.StepFunctions;

public sealed class AmazonStepFunctionsConfig() : JsonServiceConfig(new JsonService("SFN", "states", "2016-11-23", "AWSStepFunctions"));
