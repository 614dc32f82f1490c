using Amazon.Runtime;

namespace Amazon.StepFunctions.Model;

public abstract class AmazonStepFunctionsRequest : AmazonWebServiceRequest;
