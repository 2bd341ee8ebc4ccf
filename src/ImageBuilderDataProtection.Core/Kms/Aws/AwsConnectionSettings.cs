using System.Text;

namespace ImageBuilderDataProtection.Kms.Aws;

/// <summary>
/// How AWS is reached and as whom: the common parameters of the cmdlets. What is null is left to AWS's own rules
/// ("Configuration and authentication settings reference" in the AWS SDKs and Tools Reference Guide). It holds secrets,
/// so its text names none of its values.
/// </summary>
public sealed record AwsConnectionSettings
{
    /// <summary>The session name of an assumed role when none is given.</summary>
    public const string DefaultRoleSessionName = "ImageBuilderDataProtection";

    /// <summary>How long one call may take when nothing else is said.</summary>
    public static readonly TimeSpan DefaultTimeout = TimeSpan.FromSeconds(60);

    /// <summary>The region, such as <c>us-west-2</c>.</summary>
    public string? Region { get; init; }

    /// <summary>The profile of the shared config and credentials files.</summary>
    public string? ProfileName { get; init; }

    /// <summary>The access key id; it comes before every other source of credentials.</summary>
    public string? AccessKey { get; init; }

    /// <summary>The secret access key.</summary>
    public string? SecretKey { get; init; }

    /// <summary>The session token of temporary credentials.</summary>
    public string? SessionToken { get; init; }

    /// <summary>The endpoint of the service that is called, KMS unless said otherwise, in place of the region's own.</summary>
    public string? EndpointUrl { get; init; }

    /// <summary>Whether FIPS endpoints are used; where it is not, AWS_USE_FIPS_ENDPOINT and the profile decide.</summary>
    public bool UseFipsEndpoint { get; init; }

    /// <summary>The role to assume first, with the credentials found.</summary>
    public string? RoleArn { get; init; }

    /// <summary>The name of the role's session.</summary>
    public string? RoleSessionName { get; init; }

    /// <summary>The external id that the role's trust policy may ask for.</summary>
    public string? ExternalId { get; init; }

    /// <summary>
    /// Asks the user for the code of the MFA device with this serial number, where a profile names one. Null where no one
    /// can be asked.
    /// </summary>
    public Func<string, string?>? MfaTokenProvider { get; init; }

    /// <summary>How long one call may take, its repeated attempts included; of an object in a bucket, until it comes, and then until its next bytes.</summary>
    public TimeSpan Timeout { get; init; } = DefaultTimeout;

    /// <summary>The endpoint, the region and the names; never a key.</summary>
    public override string ToString()
    {
        var text = new StringBuilder("AWS");
        Append("region", Region);
        Append("profile", ProfileName);
        Append("role", RoleArn);
        return text.ToString();

        void Append(string name, string? value) => _ = value is null ? text : text.Append(' ').Append(name).Append(' ').Append(value);
    }
}
