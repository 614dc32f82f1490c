using System.Globalization;

namespace EtlTracing.LocalAws.S3;

/// <summary>Answers browsers' preflight requests, and marks answers for the pages that may read them.</summary>
sealed class CorsRules(S3Store store)
{
    public Task PreflightAsync(S3Request request)
    {
        var origin = request.Header("Origin");
        var method = request.Header("Access-Control-Request-Method");
        if (origin is null) throw new S3Exception(400, "BadRequest", "Insufficient information. Origin request header needed.");
        if (store.Buckets().FirstOrDefault(bucket => bucket.Name == request.Bucket) is not { } bucket) throw S3Error.CorsForbidden("CORSResponse: Bucket not found", method ?? "OPTIONS", "BUCKET");
        if (bucket.Cors is null)
            throw S3Error.CorsForbidden("CORSResponse: CORS is not enabled for this bucket.", method ?? "OPTIONS", "BUCKET");
        if (method is null) throw new S3Exception(400, "BadRequest", "Invalid Access-Control-Request-Method: null");
        var headers = request.Header("Access-Control-Request-Headers")?.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries) ?? [];
        var rule = CorsConfiguration.Parse(bucket.Cors).FirstOrDefault(rule => rule.Allows(origin, method) && headers.All(rule.AllowsHeader))
            ?? throw S3Error.CorsForbidden("CORSResponse: This CORS request is not allowed. This is usually because the evalution of Origin, request method / Access-Control-Request-Method or Access-Control-Request-Headers are not whitelisted by the resource's CORS spec.", method, request.Key.Length > 0 ? "OBJECT" : "BUCKET");
        Write(request, rule, origin);
        var answer = request.Context.Response.Headers;
        if (headers.Length > 0) answer.AccessControlAllowHeaders = string.Join(", ", headers.Select(name => name.ToLowerInvariant()));
        return request.Empty();
    }

    /// <summary>Adds the headers to whatever the answer will be, errors included.</summary>
    public void Apply(S3Request request)
    {
        if (request.Header("Origin") is not { } origin || request.Bucket.Length == 0) return;
        if (store.Buckets().FirstOrDefault(bucket => bucket.Name == request.Bucket)?.Cors is not { } cors) return;
        if (CorsConfiguration.Parse(cors).FirstOrDefault(rule => rule.Allows(origin, request.Method)) is { } rule) Write(request, rule, origin);
    }

    static void Write(S3Request request, CorsRule rule, string origin)
    {
        var answer = request.Context.Response.Headers;
        var any = rule.Origins.Contains("*");
        answer.AccessControlAllowOrigin = any ? "*" : origin;
        // The origin's cookies are no business of "every origin".
        if (!any) answer.AccessControlAllowCredentials = "true";
        answer.AccessControlAllowMethods = string.Join(", ", rule.Methods);
        if (rule.MaxAgeSeconds is { } age) answer.AccessControlMaxAge = age.ToString(CultureInfo.InvariantCulture);
        if (rule.ExposedHeaders.Count > 0) answer.AccessControlExposeHeaders = string.Join(", ", rule.ExposedHeaders);
        answer.Vary = "Origin, Access-Control-Request-Headers, Access-Control-Request-Method";
    }
}
