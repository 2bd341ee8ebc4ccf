using Amazon;
using Amazon.Runtime;
using Amazon.RuntimeDependencies;
using Amazon.SecurityToken;
using Amazon.SSO;
using Amazon.SSOOIDC;

namespace ImageBuilderDataProtection.Kms.Aws;

/// <summary>
/// Tells the SDK which clients to sign in with. Left alone it looks for their assemblies by name among all that the process
/// has loaded, and in a PowerShell session finds those of another module, of another version.
/// </summary>
internal static class AwsServiceClients
{
    static AwsServiceClients()
    {
        GlobalRuntimeDependencyRegistry registry = GlobalRuntimeDependencyRegistry.Instance;
        registry.RegisterSSOClient(static context =>
            new AmazonSSOClient(new AnonymousAWSCredentials(), Secure(new AmazonSSOConfig(), context.SSOClientContextData.Region)));
        registry.RegisterSSOOIDCClient(static context =>
            new AmazonSSOOIDCClient(new AnonymousAWSCredentials(), Secure(new AmazonSSOOIDCConfig(), context.SSOOIDCClientContextData.Region)));

        // For web identities, whose calls are not signed; roles are assumed by AwsRoleCredentials.
        registry.RegisterSecurityTokenServiceClient(static context => new AmazonSecurityTokenServiceClient(
            new AnonymousAWSCredentials(), Secure(new AmazonSecurityTokenServiceConfig(), context.SecurityTokenServiceClientContextData.Region)));
    }

    /// <summary>Makes sure that the SDK is told; cheap when it is.</summary>
    public static void EnsureRegistered() => System.Runtime.CompilerServices.RuntimeHelpers.RunClassConstructor(typeof(AwsServiceClients).TypeHandle);

    private static T Secure<T>(T config, RegionEndpoint? region)
        where T : ClientConfig
    {
        config.RegionEndpoint = region ?? RegionEndpoint.USEast1;
        _ = AwsEndpoint.Configured(config);
        return config;
    }
}
