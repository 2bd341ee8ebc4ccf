using System.Net;
using System.Security;
using ImageBuilderDataProtection.Kms.Aws;
using ImageBuilderDataProtection.Policies;

namespace ImageBuilderDataProtection.Commands;

/// <summary>Turns the common AWS parameters into Core's settings.</summary>
/// <param name="cmdlet">The cmdlet that has them.</param>
internal sealed class AwsParameters(AwsCmdlet cmdlet)
{
    private static readonly string[] AwsOnly =
    [
        nameof(AwsCmdlet.ProfileName), nameof(AwsCmdlet.AccessKey), nameof(AwsCmdlet.SecretKey), nameof(AwsCmdlet.SessionToken),
        nameof(AwsCmdlet.EndpointUrl), nameof(AwsCmdlet.UseFipsEndpoint), nameof(AwsCmdlet.ExternalId), nameof(AwsCmdlet.TimeoutSec),
    ];

    private static readonly string[] Caller = [nameof(AwsCmdlet.RoleArn), nameof(AwsCmdlet.RoleSessionName)];

    /// <summary>The settings.</summary>
    /// <param name="region">The region, where the parameters or an ARN tell it.</param>
    /// <exception cref="DataProtectionException"><c>InvalidPrincipalArn</c> or <c>NotARole</c>: -RoleArn.</exception>
    public AwsConnectionSettings ToSettings(string? region) => new()
    {
        Region = region,
        ProfileName = cmdlet.ProfileName,
        AccessKey = cmdlet.AccessKey,
        SecretKey = Text(cmdlet.SecretKey),
        SessionToken = Text(cmdlet.SessionToken),
        EndpointUrl = cmdlet.EndpointUrl,
        UseFipsEndpoint = cmdlet.UseFipsEndpoint,
        RoleArn = cmdlet.RoleArn is null ? null : PrincipalArn.ParseRole(cmdlet.RoleArn).Value,
        RoleSessionName = cmdlet.RoleSessionName,
        ExternalId = cmdlet.ExternalId,
        MfaTokenProvider = new MfaPrompt(cmdlet.Host).Ask,
        Timeout = TimeSpan.FromSeconds(cmdlet.TimeoutSec),
    };

    /// <summary>Refuses to call AWS for public keys where nothing says that it is meant: no bucket, and none of its parameters.</summary>
    /// <exception cref="DataProtectionException"><c>PublicKeysMissing</c>.</exception>
    public void RequireAnyForKeys(bool isBucket)
    {
        if (!isBucket && !Array.Exists([nameof(AwsCmdlet.Region), .. AwsOnly, .. Caller], cmdlet.MyInvocation.BoundParameters.ContainsKey))
        {
            throw new DataProtectionException(
                "PublicKeysMissing",
                FailureKind.InvalidArgument,
                "The public keys for the digest files are missing; give -PublicKeyPath, or have CloudTrail asked for them with -Region, -ProfileName or another parameter of AWS.");
        }
    }

    /// <summary>Refuses what says nothing to a local KMS.</summary>
    /// <exception cref="DataProtectionException"><c>AwsParameterWithLocalKms</c>.</exception>
    public void RequireNone() => Refuse(AwsOnly, "AwsParameterWithLocalKms", "-LocalKms, which calls no AWS");

    /// <summary>Refuses what says nothing where the trail of a local KMS is read from its files.</summary>
    /// <exception cref="DataProtectionException"><c>AwsParameterWithLocalKms</c>.</exception>
    public void RequireNoneForTrail() => Refuse([.. AwsOnly, .. Caller], "AwsParameterWithLocalKms", "-LocalKms here, which reads files and calls nothing");

    /// <summary>Refuses what says nothing where files are read.</summary>
    /// <exception cref="DataProtectionException"><c>AwsParameterWithPath</c>.</exception>
    public void RequireNoneForFiles() =>
        Refuse([nameof(KmsCmdlet.LocalKms), .. AwsOnly, .. Caller], "AwsParameterWithPath", "-Path or -LiteralPath, which read files and call nothing");

    /// <summary>Refuses a local KMS where a bucket is read.</summary>
    /// <exception cref="DataProtectionException"><c>LocalKmsWithBucket</c>.</exception>
    public void RequireNoLocalKmsForBuckets() => Refuse([nameof(KmsCmdlet.LocalKms)], "LocalKmsWithBucket", "-S3Uri, which reads a bucket of AWS");

    /// <summary>Refuses what says nothing where a query is only written.</summary>
    /// <exception cref="DataProtectionException"><c>AwsParameterWithQuery</c>.</exception>
    public void RequireNoneForQuery() =>
        Refuse([nameof(KmsCmdlet.LocalKms), .. AwsOnly, .. Caller], "AwsParameterWithQuery", "-AsQuery, which writes a query and calls nothing");

    private void Refuse(IEnumerable<string> names, string errorId, string where)
    {
        string[] given = [.. names.Where(cmdlet.MyInvocation.BoundParameters.ContainsKey).Select(static name => "-" + name)];
        if (given.Length > 0)
        {
            throw new DataProtectionException(
                errorId,
                FailureKind.InvalidArgument,
                $"{string.Join(", ", given)} cannot be used with {where}; leave out one or the other, also in $PSDefaultParameterValues.");
        }
    }

    private static string? Text(SecureString? secret) => secret is null ? null : new NetworkCredential("", secret).Password;
}
