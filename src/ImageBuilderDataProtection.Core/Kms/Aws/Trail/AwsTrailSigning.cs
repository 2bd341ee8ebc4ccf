using Amazon.Runtime;
using Amazon.Runtime.Credentials.Internal;
using Amazon.Runtime.Internal;
using Amazon.Runtime.Internal.Auth;

namespace ImageBuilderDataProtection.Kms.Aws.Trail;

/// <summary>The step of the SDK's pipeline that says how requests are signed: with Signature Version 4, all of them.</summary>
internal sealed class AwsTrailSigning : BaseAuthResolverHandler
{
    /// <inheritdoc />
    protected override List<IAuthSchemeOption> ResolveAuthOptions(IExecutionContext executionContext) => AuthSchemeOption.DEFAULT_SIGV4;
}
