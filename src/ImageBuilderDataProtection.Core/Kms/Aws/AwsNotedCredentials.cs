using Amazon.Runtime;

namespace ImageBuilderDataProtection.Kms.Aws;

/// <summary>Credentials whose secrets are noted each time they are used, before AWS can repeat them.</summary>
/// <param name="source">The credentials.</param>
/// <param name="secrets">Where they are noted.</param>
internal sealed class AwsNotedCredentials(AWSCredentials source, AwsSecrets secrets) : AWSCredentials
{
    /// <inheritdoc />
    public override ImmutableCredentials GetCredentials() => Note(source.GetCredentials());

    /// <inheritdoc />
    public override async Task<ImmutableCredentials> GetCredentialsAsync() => Note(await source.GetCredentialsAsync());

    private ImmutableCredentials Note(ImmutableCredentials credentials)
    {
        secrets.Add(credentials.SecretKey);
        secrets.Add(credentials.Token);
        return credentials;
    }
}
