using Amazon.Runtime;
using Amazon.Runtime.Endpoints;
using Amazon.Runtime.Internal;
using static Amazon.Runtime.Internal.Endpoints.StandardLibrary.Fn;

namespace EtlTracing.Aws.Protocol;

/// <summary>
/// What tells one JSON service of AWS from another: <c>Id</c> is its name in <c>AWS_ENDPOINT_URL_…</c> and in profiles,
/// <c>Prefix</c> the first label of its host and its name in signatures, <c>Target</c> the prefix of X-Amz-Target
/// in AWS JSON 1.0 (null for REST JSON, where each operation has a path).
/// </summary>
public sealed record JsonService(string Id, string Prefix, string ApiVersion, string? Target);

/// <summary>
/// Configuration of a client whose official package is not used. Types of Amazon.Runtime.Internal are public but no contract,
/// so AWSSDK.Core's version is pinned and they are used in this folder only.
/// </summary>
public abstract class JsonServiceConfig : ClientConfig
{
    static readonly DefaultConfigurationProvider s_defaults =
        new([new DefaultConfiguration { Name = DefaultConfigurationMode.Standard, RetryMode = RequestRetryMode.Standard }]);

    protected JsonServiceConfig(JsonService service) : base(s_defaults)
    {
        Service = service;
        ServiceId = service.Id;
        AuthenticationServiceName = service.Prefix;
        EndpointProvider = new HostByRegion(service.Prefix);
    }

    public JsonService Service { get; }
    public override string ServiceVersion => Service.ApiVersion;
    public override string UserAgent => "EtlTracing.Aws/1.0";
    public override string RegionEndpointServiceName => Service.Prefix;

    public override Endpoint DetermineServiceOperationEndpoint(ServiceOperationEndpointParameters parameters) =>
        EndpointProvider.ResolveEndpoint(EndpointParameters());

    internal EndpointParameters EndpointParameters()
    {
        var url = ServiceURL; // Before the region: asking for the URL may set it anew.
        return new()
        {
            ["Endpoint"] = url,
            ["Region"] = RegionEndpoint?.SystemName ?? AuthenticationRegion,
            ["UseFIPS"] = UseFIPSEndpoint,
            ["UseDualStack"] = UseDualstackEndpoint,
        };
    }

    sealed class HostByRegion(string prefix) : IEndpointProvider
    {
        public Endpoint ResolveEndpoint(EndpointParameters parameters)
        {
            if (parameters["Endpoint"] is string { Length: > 0 } url) return new Endpoint(url);
            var region = parameters["Region"] as string
                ?? throw new AmazonClientException("no AWS region: set AWS_REGION, or region in the profile");
            var suffix = GetAttr(Partition(region), parameters["UseDualStack"] is true ? "dualStackDnsSuffix" : "dnsSuffix");
            return new Endpoint($"https://{prefix}{(parameters["UseFIPS"] is true ? "-fips" : "")}.{region}.{suffix}");
        }
    }
}
