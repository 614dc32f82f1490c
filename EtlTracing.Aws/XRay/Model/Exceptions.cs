using EtlTracing.Aws.Protocol;

namespace Amazon.XRay.Model;

public sealed class InvalidRequestException : AmazonXRayException
{
    internal InvalidRequestException(JsonFault fault) : base(fault) { }
}

public sealed class ThrottledException : AmazonXRayException
{
    internal ThrottledException(JsonFault fault) : base(fault) { }
}
