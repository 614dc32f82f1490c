using System.Net;

namespace EtlTracing.Viewer;

/// <summary>
/// Headers that keep data from becoming markup, and a check of the host: without it a page elsewhere could read this
/// one by letting its own name point at loopback (DNS rebinding).
/// </summary>
sealed class PageSecurity(RequestDelegate next)
{
    const string Policy =
        "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

    public Task InvokeAsync(HttpContext context)
    {
        if (context.Connection.LocalIpAddress is { } address && IPAddress.IsLoopback(address) && !IsLoopback(context.Request.Host.Host))
        {
            context.Response.StatusCode = StatusCodes.Status421MisdirectedRequest;
            return context.Response.WriteAsync("This viewer listens on loopback and answers to localhost only.");
        }
        var headers = context.Response.Headers;
        headers.ContentSecurityPolicy = Policy;
        headers.XContentTypeOptions = "nosniff";
        headers["Referrer-Policy"] = "same-origin";
        headers.CacheControl = "no-store";
        return next(context);
    }

    static bool IsLoopback(string host) =>
        host is "localhost" || IPAddress.TryParse(host.Trim('[', ']'), out var address) && IPAddress.IsLoopback(address);
}
