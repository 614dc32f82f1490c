namespace EtlTracing.LocalAws.StepFunctions;

public sealed class StepFunctionsService
{
    public Task HandleAsync(HttpContext context) => throw new NotImplementedException();
}
