namespace EtlTracing.LocalAws.XRay;

public sealed class XRayService
{
    public Task HandleAsync(HttpContext context) => throw new NotImplementedException();
}
