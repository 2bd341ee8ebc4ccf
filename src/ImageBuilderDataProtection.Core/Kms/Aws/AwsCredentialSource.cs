using Amazon.Runtime;
using Amazon.Runtime.CredentialManagement;
using Amazon.Runtime.Credentials;
using Amazon.SecurityToken;

namespace ImageBuilderDataProtection.Kms.Aws;

/// <summary>
/// Finds credentials in AWS's order ("Standardized credential providers" in the AWS SDKs and Tools Reference Guide):
/// explicit keys, then the profile named, then the SDK's default chain: environment, shared files, container, instance.
/// With a role given, the credentials found assume it.
/// </summary>
/// <param name="settings">The common parameters.</param>
/// <param name="secrets">What no message may repeat.</param>
/// <param name="stsFor">STS, as who has these credentials.</param>
internal sealed class AwsCredentialSource(
    AwsConnectionSettings settings, AwsSecrets secrets, Func<AWSCredentials, IAmazonSecurityTokenService> stsFor)
{
    /// <summary>The credentials; those that expire renew themselves.</summary>
    /// <exception cref="DataProtectionException"><c>ProfileNotFound</c>, <c>ProfileInvalid</c> or <c>CredentialsMissing</c>.</exception>
    public async Task<AWSCredentials> FindAsync(CancellationToken cancellationToken)
    {
        AWSCredentials found = settings.AccessKey is not null ? Explicit() : await FromProfileOrChainAsync(cancellationToken);
        return settings.RoleArn is null
            ? found
            : Assume(found, new AwsRole(
                settings.RoleArn, settings.RoleSessionName ?? AwsConnectionSettings.DefaultRoleSessionName, settings.ExternalId, MfaSerial: null));
    }

    private AWSCredentials Explicit() => settings.SessionToken is null
        ? new BasicAWSCredentials(settings.AccessKey, settings.SecretKey)
        : new SessionAWSCredentials(settings.AccessKey, settings.SecretKey, settings.SessionToken);

    private async Task<AWSCredentials> FromProfileOrChainAsync(CancellationToken cancellationToken)
    {
        if (settings.ProfileName is not null)
        {
            return await ApartAsync(() => FromProfile(settings.ProfileName, []), cancellationToken);
        }

        if (!AwsEnvironment.HasCredentials)
        {
            string name = AwsEnvironment.ProfileName;
            if (AwsEnvironment.NamesProfile || AwsProfiles.Find(name) is { CanCreateAWSCredentials: true })
            {
                return await ApartAsync(() => FromProfile(name, []), cancellationToken);
            }
        }

        try
        {
            AwsProfiles.FollowEnvironment();
            using var chain = new DefaultAWSCredentialsIdentityResolver();
            return await ApartAsync(() => chain.ResolveIdentity(clientConfig: null, cancellationToken), cancellationToken);
        }
        catch (AmazonClientException error)
        {
            throw AwsErrors.CredentialsMissing(error);
        }
    }

    private AWSCredentials FromProfile(string name, IReadOnlyList<string> cameFrom)
    {
        if (cameFrom.Contains(name, StringComparer.Ordinal))
        {
            throw AwsErrors.ProfileInvalid(name, "its source_profile leads back to itself");
        }

        CredentialProfile profile = AwsProfiles.Find(name) ?? throw AwsErrors.ProfileNotFound(name);
        CredentialProfileOptions options = profile.Options;
        if (!string.IsNullOrEmpty(options.RoleArn) && string.IsNullOrEmpty(options.WebIdentityTokenFile))
        {
            AWSCredentials source = string.IsNullOrEmpty(options.SourceProfile)
                ? FromCredentialSource(name, options.CredentialSource)
                : FromSourceProfile(profile, [.. cameFrom, name]);
            return Assume(source, new AwsRole(
                options.RoleArn,
                options.RoleSessionName ?? AwsConnectionSettings.DefaultRoleSessionName,
                options.ExternalID,
                string.IsNullOrEmpty(options.MfaSerial) ? null : options.MfaSerial));
        }

        try
        {
            return profile.GetAWSCredentials(new CredentialProfileStoreChain());
        }
        catch (Exception error) when (error is InvalidDataException or AmazonClientException or ArgumentException or InvalidOperationException)
        {
            throw AwsErrors.ProfileInvalid(name, "it holds no complete set of settings to sign in with", error);
        }
    }

    // A profile may name itself as its source, and then means its own keys.
    private AWSCredentials FromSourceProfile(CredentialProfile profile, IReadOnlyList<string> cameFrom)
    {
        CredentialProfileOptions options = profile.Options;
        if (options.SourceProfile != profile.Name || string.IsNullOrEmpty(options.AccessKey))
        {
            return FromProfile(options.SourceProfile, cameFrom);
        }

        return string.IsNullOrEmpty(options.Token)
            ? new BasicAWSCredentials(options.AccessKey, options.SecretKey)
            : new SessionAWSCredentials(options.AccessKey, options.SecretKey, options.Token);
    }

    private static AWSCredentials FromCredentialSource(string profile, string? source)
    {
        try
        {
            return source switch
            {
                "Environment" => new EnvironmentVariablesAWSCredentials(),
                "Ec2InstanceMetadata" => new InstanceProfileAWSCredentials(),
                "EcsContainer" => new GenericContainerCredentials(),
                _ => throw AwsErrors.ProfileInvalid(
                    profile, "its role_arn needs a source_profile, or a credential_source that is Environment, Ec2InstanceMetadata or EcsContainer"),
            };
        }
        catch (Exception error) when (error is InvalidOperationException or AmazonClientException)
        {
            throw AwsErrors.ProfileInvalid(profile, $"its credential_source {source} has no credentials here", error);
        }
    }

    // The SDK asks the instance's or container's service synchronously; no one who stops the command waits for that.
    private static Task<AWSCredentials> ApartAsync(Func<AWSCredentials> find, CancellationToken cancellationToken) =>
        Task.Run(find, cancellationToken).WaitAsync(cancellationToken);

    private AwsRoleCredentials Assume(AWSCredentials source, AwsRole role) => new(stsFor(new AwsNotedCredentials(source, secrets)), role, secrets);
}
