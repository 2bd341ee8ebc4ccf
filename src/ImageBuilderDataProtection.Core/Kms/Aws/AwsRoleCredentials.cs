using Amazon.Runtime;
using Amazon.SecurityToken;
using Amazon.SecurityToken.Model;

namespace ImageBuilderDataProtection.Kms.Aws;

/// <summary>
/// The credentials of an assumed role, renewed before they expire (AssumeRole in the AWS STS API Reference). The SDK has such
/// a class, but finds its STS client by itself, so that neither the endpoint nor the time limit would be ours.
/// </summary>
internal sealed class AwsRoleCredentials : RefreshingAWSCredentials
{
    private readonly IAmazonSecurityTokenService _sts;
    private readonly AwsRole _role;
    private readonly AwsSecrets _secrets;

    /// <param name="sts">STS, as who assumes the role.</param>
    /// <param name="role">The role.</param>
    /// <param name="secrets">What no message may repeat.</param>
    public AwsRoleCredentials(IAmazonSecurityTokenService sts, AwsRole role, AwsSecrets secrets)
    {
        _sts = sts;
        _role = role;
        _secrets = secrets;

        // Renewal ahead of time goes on behind the user's back, where no one can be asked for a code.
        PreemptExpiryTime = role.MfaSerial is null ? TimeSpan.FromMinutes(5) : TimeSpan.Zero;
    }

    /// <inheritdoc />
    protected override CredentialsRefreshState GenerateNewCredentials() => GenerateNewCredentialsAsync().GetAwaiter().GetResult();

    /// <inheritdoc />
    protected override async Task<CredentialsRefreshState> GenerateNewCredentialsAsync()
    {
        var request = new AssumeRoleRequest
        {
            RoleArn = _role.Arn,
            RoleSessionName = _role.SessionName,
            ExternalId = _role.ExternalId,
            SerialNumber = _role.MfaSerial,
            TokenCode = _role.MfaSerial is null ? null : AskForCode(_role.MfaSerial),
        };
        TimeSpan timeout = AwsInteraction.Current.Timeout;
        using var limit = new CancellationTokenSource(timeout);
        try
        {
            AssumeRoleResponse response = await _sts.AssumeRoleAsync(request, limit.Token);
            if (response.Credentials is not { AccessKeyId: not null, SecretAccessKey: not null, SessionToken: not null, Expiration: { } expiration } assumed)
            {
                throw AwsErrors.UnexpectedResponse($"AssumeRole of {_role.Arn}");
            }

            _secrets.Add(assumed.SecretAccessKey);
            _secrets.Add(assumed.SessionToken);
            return new CredentialsRefreshState(
                new ImmutableCredentials(assumed.AccessKeyId, assumed.SecretAccessKey, assumed.SessionToken),
                expiration);
        }
        catch (Exception error) when (error is not DataProtectionException)
        {
            throw AwsErrors.Translate(error, $"AssumeRole of {_role.Arn}", _secrets, timeout);
        }
    }

    private string AskForCode(string serial)
    {
        string? code = AwsInteraction.Current.AskForCode(serial);
        return string.IsNullOrWhiteSpace(code) ? throw AwsErrors.MfaCodeNeeded(_role.Arn, serial) : code.Trim();
    }
}
