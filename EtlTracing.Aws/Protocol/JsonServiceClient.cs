using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Amazon.Runtime;
using Amazon.Runtime.Credentials.Internal;
using Amazon.Runtime.Endpoints;
using Amazon.Runtime.Internal;
using Amazon.Runtime.Internal.Auth;

namespace EtlTracing.Aws.Protocol;

/// <summary>Credentials, retries, endpoints and signing are AWSSDK.Core's; this adds JSON and where to send it.</summary>
public abstract class JsonServiceClient : AmazonServiceClient
{
    readonly JsonService _service;
    readonly JsonSerializerOptions _json;
    readonly Func<JsonFault, AmazonServiceException> _toException;

    private protected JsonServiceClient(
        AWSCredentials? credentials, JsonServiceConfig config, JsonSerializerOptions json, Func<JsonFault, AmazonServiceException> toException)
        : base(credentials!, config)
    {
        _service = config.Service;
        _json = json;
        _toException = toException;
    }

    protected override IServiceMetadata ServiceMetadata => new Metadata(((JsonServiceConfig)Config).Service.Id);

    protected override void CustomizeRuntimePipeline(RuntimePipeline pipeline)
    {
        pipeline.RemoveHandler<EndpointResolver>();
        pipeline.AddHandlerAfter<Marshaller>(new ConfiguredEndpoint());
        pipeline.AddHandlerAfter<ConfiguredEndpoint>(new SignatureVersion4());
    }

    /// <summary>In REST JSON <paramref name="path"/> is the operation's; in AWS JSON the request's class names the operation.</summary>
    private protected Task<T> SendAsync<T>(AmazonWebServiceRequest request, CancellationToken cancellationToken, string path = "/")
        where T : AmazonWebServiceResponse, new() =>
        InvokeAsync<T>(request, new InvokeOptions
        {
            RequestMarshaller = new JsonRequestMarshaller(_service, path, _json),
            ResponseUnmarshaller = new JsonResponseUnmarshaller<T>(_json, _toException),
        }, cancellationToken);

    /// <summary>The SDK's base classes have members of their own, which are no part of the message.</summary>
    private protected static JsonSerializerOptions MessagesOf(JsonSerializerContext messages) =>
        new(messages.Options) { TypeInfoResolver = messages.WithAddedModifier(OwnMembersOnly) };

    static void OwnMembersOnly(JsonTypeInfo type)
    {
        for (var i = type.Properties.Count - 1; i >= 0; i--)
            if (type.Properties[i].DeclaringType.Namespace == typeof(AmazonWebServiceRequest).Namespace) type.Properties.RemoveAt(i);
    }

    sealed class ConfiguredEndpoint : BaseEndpointResolver
    {
        protected override EndpointParameters MapEndpointsParameters(IRequestContext requestContext) =>
            ((JsonServiceConfig)requestContext.ClientConfig).EndpointParameters();

        protected override void ServiceSpecificHandler(IExecutionContext executionContext, EndpointParameters parameters) =>
            InjectHostPrefix(executionContext.RequestContext);
    }

    sealed class SignatureVersion4 : BaseAuthResolverHandler
    {
        protected override List<IAuthSchemeOption> ResolveAuthOptions(IExecutionContext executionContext) => AuthSchemeOption.DEFAULT_SIGV4;
    }

    sealed class Metadata(string id) : IServiceMetadata
    {
        public string ServiceId => id;
        public IDictionary<string, string> OperationNameMapping { get; } = new Dictionary<string, string>();
    }
}
