namespace EtlTracing.LocalAws.S3;

public sealed class S3Service
{
    public Task HandleAsync(HttpContext context) => throw new NotImplementedException();
}
