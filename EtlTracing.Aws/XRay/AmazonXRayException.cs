using Amazon.Runtime;
using Amazon.XRay.Model;
using EtlTracing.Aws.Protocol;

namespace Amazon.XRay;

/// <summary>Any error the service answers with; those a caller may want to tell apart have a type of their own.</summary>
public class AmazonXRayException : AmazonServiceException
{
    internal AmazonXRayException(JsonFault fault) : base(fault.Message, fault.Inner!, fault.Side, fault.Code, fault.RequestId!, fault.Status) { }

    internal static AmazonXRayException Of(JsonFault fault) => fault.Code switch
    {
        "InvalidRequest" or "InvalidRequestException" => new InvalidRequestException(fault),
        "Throttled" or "ThrottledException" => new ThrottledException(fault),
        _ => new AmazonXRayException(fault),
    };
}
