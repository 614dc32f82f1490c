using Amazon.Runtime;

namespace Amazon.XRay.Model;

public abstract class AmazonXRayRequest : AmazonWebServiceRequest;
