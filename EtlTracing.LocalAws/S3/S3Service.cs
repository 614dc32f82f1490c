using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Xml.Linq;
using Microsoft.AspNetCore.Connections;

namespace EtlTracing.LocalAws.S3;

/// <summary>S3's REST protocol: finds the operation, and turns what goes wrong into S3's errors.</summary>
public sealed class S3Service
{
    readonly S3Routes _routes;
    readonly CorsRules _cors;
    readonly S3Signature _signature;
    readonly ILogger<S3Service> _log;

    internal S3Service(S3Routes routes, CorsRules cors, S3Signature signature, ILogger<S3Service> log)
    {
        _routes = routes;
        _cors = cors;
        _signature = signature;
        _log = log;
    }

    /// <summary>The operation and key that a request is about; null when there is none, or it can't be read.</summary>
    public (string Operation, string Key)? Describe(HttpContext context)
    {
        try
        {
            var request = S3Request.Read(context);
            return (_routes.Find(request).Name, request.Key);
        }
        catch (S3Exception)
        {
            return null;
        }
    }

    /// <summary>Answers with an error without looking at the request.</summary>
    public Task RefuseAsync(HttpContext context, S3Exception error)
    {
        WriteIds(context.Response);
        return WriteErrorAsync(context, null, error);
    }

    public async Task HandleAsync(HttpContext context)
    {
        var response = context.Response;
        WriteIds(response);
        S3Request? request = null;
        try
        {
            request = S3Request.Read(context);
            await AnswerAsync(request);
        }
        catch (S3Exception e)
        {
            await WriteErrorAsync(context, request, e);
        }
        catch (BadHttpRequestException) when (!response.HasStarted)
        {
            // The client ended the body before its Content-Length.
            await WriteErrorAsync(context, request, S3Error.IncompleteBody());
        }
        catch (Exception e) when (context.RequestAborted.IsCancellationRequested || e is ConnectionResetException or ConnectionAbortedException)
        {
            // Nobody is there to read an answer.
            context.Abort();
        }
#pragma warning disable CA1031 // The edge of the service: whatever went wrong, such as a full disk, nothing was committed and the client may try again.
        catch (Exception e)
#pragma warning restore CA1031
        {
            _log.LogError(e, "{Method} {Path} failed", context.Request.Method, request?.RawPath);
            await WriteErrorAsync(context, request, S3Error.InternalError());
        }
    }

    async Task AnswerAsync(S3Request request)
    {
        CheckHeaders(request.Context.Request);
        if (request.Method == "OPTIONS")
        {
            await _cors.PreflightAsync(request);
            return;
        }
        if (request.Bucket.Length > 0 && !BucketName.IsValid(request.Bucket)) throw S3Error.InvalidBucketName(request.Bucket);
        var keySize = Encoding.UTF8.GetByteCount(request.Key);
        if (keySize > S3Limits.Key) throw S3Error.KeyTooLong(keySize);
        _signature.Check(request);
        _signature.CheckOwner(request);
        var route = _routes.Find(request);
        if (route.Handle is null) throw S3Error.NotImplemented(route.Name);
        if (request.Query("versionId") is { } version and not "null")
            throw S3Error.InvalidArgument("Invalid version id specified", "versionId", version);
        _cors.Apply(request);
        await route.Handle(request);
    }

    static void CheckHeaders(HttpRequest request)
    {
        // Header lines as they came: name, colon, space, value, line end.
        var size = request.Headers.Sum(header => header.Value.Sum(value => header.Key.Length + 4 + (value is null ? 0 : Encoding.UTF8.GetByteCount(value))));
        if (size > S3Limits.Headers) throw S3Error.HeadersTooLarge();
    }

    static void WriteIds(HttpResponse response)
    {
        response.Headers.Server = "AmazonS3";
        response.Headers["x-amz-request-id"] = RequestId();
        response.Headers["x-amz-id-2"] = Convert.ToBase64String(RandomNumberGenerator.GetBytes(56));
    }

    static async Task WriteErrorAsync(HttpContext context, S3Request? request, S3Exception error)
    {
        var response = context.Response;
        if (response.HasStarted)
        {
            context.Abort();
            return;
        }
        var (id, host) = (response.Headers["x-amz-request-id"].ToString(), response.Headers["x-amz-id-2"].ToString());
        response.Headers.Remove("ETag");
        response.StatusCode = error.Status;
        // A client that was not told to continue never sends its body; what comes next on this connection could be either.
        if (context.Request.Headers.Expect.Count > 0) response.Headers.Connection = "close";
        // No body: answers to HEAD have none, and 304 and 412 of a HEAD are only told by their status.
        if (HttpMethods.IsHead(context.Request.Method) || error.Status == 304) return;
        var body = S3Xml.Write(new XElement("Error",
            new XElement("Code", error.Code),
            new XElement("Message", error.Message),
            error.Details.Select(detail => new XElement(detail.Name, detail.Value)),
            new XElement("RequestId", id),
            new XElement("HostId", host)));
        response.ContentType = "application/xml";
        response.ContentLength = body.Length;
        // Also to a client that has ended its side: it may still listen.
        await response.Body.WriteAsync(body, CancellationToken.None);
    }

    /// <summary>Sixteen characters such as S3's: 4442587FB7D0A2F9.</summary>
    static string RequestId() => BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(8)).ToString("X16", CultureInfo.InvariantCulture);
}
