using EtlTracing.Aws.Protocol;

namespace Amazon.XRay;

public sealed class AmazonXRayConfig() : JsonServiceConfig(new JsonService("XRay", "xray", "2016-04-12", Target: null));
