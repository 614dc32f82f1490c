using System.Text.Json;

namespace EtlTracing.LocalAws.Signing;

/// <summary>Signatures of the JSON services, when a key is required. Their bodies are small, so they are hashed in memory.</summary>
sealed class SignatureCheck(LocalCloudOptions options)
{
    const int LargestBody = 8 << 20;

    public async Task RunAsync(HttpContext context, Func<HttpContext, Task> next)
    {
        if (options.RequiredKey is { } key && await ProblemAsync(context, key) is var (code, message))
        {
            context.Response.StatusCode = 403;
            context.Response.Headers["x-amzn-ErrorType"] = code;
            context.Response.ContentType = "application/x-amz-json-1.0";
            await context.Response.WriteAsync(JsonSerializer.Serialize(new Dictionary<string, string> { ["__type"] = code, ["message"] = message }), context.RequestAborted);
            return;
        }
        await next(context);
    }

    static async Task<(string Code, string Message)?> ProblemAsync(HttpContext context, AccessKey key)
    {
        var request = context.Request;
        if (request.Headers.Authorization.Count == 0) return ("MissingAuthenticationTokenException", "Missing Authentication Token");
        if (SignedRequest.FromHeader(request.Headers.Authorization.ToString(), request.Headers["X-Amz-Date"]) is not { } signed)
            return ("IncompleteSignatureException", "The Authorization header lacks a credential, signed headers, a signature or a date.");
        if (signed.AccessKeyId != key.Id) return ("UnrecognizedClientException", "The security token included in the request is invalid.");
        request.EnableBuffering(bufferThreshold: LargestBody, bufferLimit: LargestBody);
        using var body = new MemoryStream();
        try
        {
            await request.Body.CopyToAsync(body, context.RequestAborted);
        }
        catch (IOException)
        {
            return ("InvalidSignatureException", "The request's body is too large.");
        }
        request.Body.Position = 0;
        var signing = new SigningKey(key, signed);
        var canonical = signed.CanonicalRequest(request, request.Path.Value ?? "/", request.Query.SelectMany(pair => pair.Value.Select(value => (pair.Key, value ?? ""))), SigningKey.Hash(body.GetBuffer().AsSpan(0, (int)body.Length)));
        return SigningKey.Same(signing.Sign(signing.StringToSign(canonical)), signed.Signature) ? null
            : ("InvalidSignatureException", "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method.");
    }
}
