using System.Net;
using System.Text.Json;
using Amazon.Runtime;
using Amazon.Runtime.Internal;
using Amazon.Runtime.Internal.Transform;

namespace EtlTracing.Aws.Protocol;

/// <summary>An error answer: <c>{"__type":"com.amazonaws…#TaskTimedOut","message":"…"}</c>, or its name in x-amzn-ErrorType.</summary>
sealed record JsonFault(string Code, string Message, string? RequestId, HttpStatusCode Status, Exception? Inner)
{
    public ErrorType Side => (int)Status < 500 ? ErrorType.Sender : ErrorType.Receiver;
}

sealed class JsonRequestMarshaller(JsonService service, string path, JsonSerializerOptions json) : IMarshaller<IRequest, AmazonWebServiceRequest>
{
    public IRequest Marshall(AmazonWebServiceRequest input)
    {
        var request = new DefaultRequest(input, service.Id)
        {
            HttpMethod = "POST",
            ResourcePath = path,
            Content = JsonSerializer.SerializeToUtf8Bytes(input, json.GetTypeInfo(input.GetType())),
        };
        request.Headers["Content-Type"] = service.Target is null ? "application/json" : "application/x-amz-json-1.0";
        if (service.Target is { } target) request.Headers["X-Amz-Target"] = $"{target}.{input.GetType().Name[..^"Request".Length]}";
        return request;
    }
}

sealed class JsonResponseUnmarshaller<T>(JsonSerializerOptions json, Func<JsonFault, AmazonServiceException> toException) : ResponseUnmarshaller
    where T : AmazonWebServiceResponse, new()
{
    public override AmazonWebServiceResponse Unmarshall(UnmarshallerContext context)
    {
        var body = Body(context);
        var response = body.Length == 0 ? new T() : (T)JsonSerializer.Deserialize(body, json.GetTypeInfo(typeof(T)))!;
        response.ResponseMetadata = new ResponseMetadata { RequestId = RequestId(context) };
        return response;
    }

    public override AmazonServiceException UnmarshallException(UnmarshallerContext context, Exception innerException, HttpStatusCode statusCode)
    {
        var code = context.ResponseData.GetHeaderValue("x-amzn-ErrorType");
        var message = "";
        try
        {
            using var body = JsonDocument.Parse(Body(context));
            if (body.RootElement.ValueKind == JsonValueKind.Object)
                foreach (var member in body.RootElement.EnumerateObject())
                {
                    if (string.IsNullOrEmpty(code) && member.Name is "__type" or "code") code = member.Value.ToString();
                    if (member.Name is "message" or "Message") message = member.Value.ToString();
                }
        }
        catch (JsonException)
        {
            // A proxy's page, say. The status is all there is.
        }
        code = string.IsNullOrEmpty(code) ? statusCode.ToString() : code[(code.LastIndexOf('#') + 1)..].Split(':')[0];
        return toException(new(code, message.Length == 0 ? code : message, RequestId(context), statusCode, innerException));
    }

    protected override UnmarshallerContext ConstructUnmarshallerContext(Stream responseStream, bool maintainResponseBody, IWebResponseData response, bool isException) =>
        new JsonUnmarshallerContext(responseStream, maintainResponseBody, response, isException);

    protected override UnmarshallerContext ConstructUnmarshallerContext(Stream responseStream, bool maintainResponseBody, IWebResponseData response, bool isException, IRequestContext requestContext) =>
        new JsonUnmarshallerContext(responseStream, maintainResponseBody, response, isException, requestContext);

    static string? RequestId(UnmarshallerContext context) => context.ResponseData.GetHeaderValue("x-amzn-RequestId");

    static byte[] Body(UnmarshallerContext context)
    {
        using var body = new MemoryStream();
        ((JsonUnmarshallerContext)context).Stream.CopyTo(body);
        return body.ToArray();
    }
}
