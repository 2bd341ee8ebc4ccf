using System.Management.Automation;
using System.Security;

namespace ImageBuilderDataProtection.Commands;

/// <summary>The base of the cmdlets that call AWS, with the parameters that say how it is reached and as whom.</summary>
public abstract class AwsCmdlet : DataProtectionCmdlet
{
    private protected const string S3Set = "S3";

    /// <summary>The region.</summary>
    [Parameter]
    [Alias("RegionToCall")]
    [ValidateNotNullOrEmpty]
    public string? Region { get; set; }

    /// <summary>The profile of the shared AWS files.</summary>
    [Parameter]
    [Alias("StoredCredentials", "AWSProfileName")]
    [ValidateNotNullOrEmpty]
    public string? ProfileName { get; set; }

    /// <summary>The access key id.</summary>
    [Parameter]
    [Alias("AK")]
    [ValidateNotNullOrEmpty]
    public string? AccessKey { get; set; }

    /// <summary>The secret access key.</summary>
    [Parameter]
    [Alias("SK", "SecretAccessKey")]
    [ValidateNotNullOrEmpty]
    [SecretTextTransformation]
    public SecureString? SecretKey { get; set; }

    /// <summary>The session token of temporary credentials.</summary>
    [Parameter]
    [Alias("ST")]
    [ValidateNotNullOrEmpty]
    [SecretTextTransformation]
    public SecureString? SessionToken { get; set; }

    /// <summary>The endpoint of the service.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? EndpointUrl { get; set; }

    /// <summary>Whether FIPS endpoints are used.</summary>
    [Parameter]
    public SwitchParameter UseFipsEndpoint { get; set; }

    /// <summary>The role to act as.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? RoleArn { get; set; }

    /// <summary>The name of the role's session.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? RoleSessionName { get; set; }

    /// <summary>The external id that the role asks for.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? ExternalId { get; set; }

    /// <summary>Seconds that one call may take.</summary>
    [Parameter]
    [ValidateRange(1, 3600)]
    public int TimeoutSec { get; set; } = 60;
}
