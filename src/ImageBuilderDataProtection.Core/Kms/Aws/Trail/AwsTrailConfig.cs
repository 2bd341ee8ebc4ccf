using Amazon.KeyManagementService;
using Amazon.Runtime;
using Amazon.Runtime.Endpoints;
using Amazon.Runtime.Internal;
using Amazon.Runtime.Internal.Endpoints.StandardLibrary;
using Amazon.Util.Internal;

namespace ImageBuilderDataProtection.Kms.Aws.Trail;

/// <summary>
/// How CloudTrail is reached. Its names are those by which the SDK finds settings of the service, such as
/// AWS_ENDPOINT_URL_CLOUDTRAIL and cloudtrail under services in the shared config file.
/// </summary>
internal sealed class AwsTrailConfig : ClientConfig
{
    private const string Service = "CloudTrail";
    private const string SigningName = "cloudtrail";

    private static readonly string Agent = InternalSDKUtils.BuildUserAgentString(Service, "1.0");

    // What AWS_DEFAULTS_MODE chooses from is the same for every service.
    public AwsTrailConfig()
        : base(new DefaultConfigurationProvider(AmazonKeyManagementServiceDefaultConfiguration.GetAllConfigurations()))
    {
        ServiceId = Service;
        AuthenticationServiceName = SigningName;
    }

    /// <inheritdoc />
    public override string ServiceVersion => "2013-11-01";

    /// <inheritdoc />
    public override string UserAgent => Agent;

    /// <inheritdoc />
    public override string RegionEndpointServiceName => SigningName;

    /// <summary>
    /// The endpoint: the one configured, else the region's ("AWS CloudTrail endpoints and quotas" in the AWS General
    /// Reference). In the GovCloud regions the only endpoint is a FIPS one.
    /// </summary>
    public override Endpoint DetermineServiceOperationEndpoint(ServiceOperationEndpointParameters parameters)
    {
        if (ServiceURL is { Length: > 0 } url)
        {
            return new Endpoint(url);
        }

        string region = RegionEndpoint.SystemName;
        Partition partition = Fn.Partition(region);
        string suffix = UseDualstackEndpoint ? partition.dualStackDnsSuffix : partition.dnsSuffix;
        bool isNamedFips = UseFIPSEndpoint && !region.StartsWith("us-gov-", StringComparison.Ordinal);
        return new Endpoint($"https://cloudtrail{(isNamedFips ? "-fips" : "")}.{region}.{suffix}");
    }
}
