using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;

namespace ImageBuilderDataProtection.Kms.Aws;

/// <summary>
/// AWS KMS, for whoever the settings name. Clients and credentials are kept by endpoint, region and source of credentials
/// for as long as the process lives, so that a second command connects and signs in no more.
/// </summary>
public sealed class AwsConnections
{
    /// <summary>How many sessions are kept. A process that changes its credentials more often than that starts anew.</summary>
    private const int MaxSessions = 64;

    private readonly ConcurrentDictionary<string, AwsSession> _sessions = new(StringComparer.Ordinal);

    // Sessions are found by a keyed hash: no secret stands in a dictionary, and without the key none can be guessed from it.
    private readonly byte[] _hashKey = RandomNumberGenerator.GetBytes(32);

    /// <summary>The connections of this process.</summary>
    public static AwsConnections Shared { get; } = new();

    /// <summary>KMS as these settings see it. Nothing is sent and no credentials are looked for before the first call.</summary>
    /// <exception cref="DataProtectionException">
    /// <c>IncompleteKeys</c>, <c>RoleArnMissing</c>, <c>RegionUnknown</c>, <c>InvalidRegion</c>, <c>InvalidEndpointUrl</c>,
    /// <c>InsecureEndpoint</c> or <c>EndpointConflict</c>.
    /// </exception>
    public IKms Connect(AwsConnectionSettings settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        RequireComplete(settings);
        AwsProfiles.FollowEnvironment();
        string region = AwsRegions.Resolve(settings);
        if (_sessions.Count >= MaxSessions)
        {
            _sessions.Clear();
        }

        string key = KeyOf(settings, region);
        AwsSession session = _sessions.GetOrAdd(
            key, _ => new AwsSession(settings, region) { CredentialsFound = () => ForgetUnlessCurrent(key, settings, region) });
        return new AwsKms(session, new AwsInteraction(settings.Timeout, settings.MfaTokenProvider));
    }

    // Credentials that were found in another environment than that which the session is known by are not for the next command.
    private void ForgetUnlessCurrent(string key, AwsConnectionSettings settings, string region)
    {
        if (KeyOf(settings, region) != key)
        {
            _sessions.TryRemove(key, out _);
        }
    }

    private static void RequireComplete(AwsConnectionSettings settings)
    {
        bool hasSecret = !string.IsNullOrEmpty(settings.SecretKey);
        if (settings.AccessKey is not null != hasSecret || (settings.SessionToken is not null && !hasSecret))
        {
            throw new DataProtectionException(
                "IncompleteKeys",
                FailureKind.InvalidArgument,
                "Keys are incomplete; give -AccessKey and -SecretKey together, and -SessionToken with both for temporary credentials.");
        }

        if (settings.RoleArn is null && (settings.RoleSessionName ?? settings.ExternalId) is not null)
        {
            throw new DataProtectionException(
                "RoleArnMissing", FailureKind.InvalidArgument, "-RoleSessionName and -ExternalId belong to a role; give the role as -RoleArn, too.");
        }
    }

    private string KeyOf(AwsConnectionSettings settings, string region)
    {
        string?[] parts =
        [
            region, settings.ProfileName, settings.AccessKey, settings.SecretKey, settings.SessionToken, settings.EndpointUrl,
            settings.UseFipsEndpoint ? "fips" : null, settings.RoleArn, settings.RoleSessionName, settings.ExternalId,
            .. AwsEnvironment.Snapshot(), .. AwsProfiles.Stamps(),
        ];
        using var text = new MemoryStream();
        using (var writer = new BinaryWriter(text, Encoding.UTF8, leaveOpen: true))
        {
            foreach (string? part in parts)
            {
                writer.Write(part is not null);
                writer.Write(part ?? "");
            }
        }

        byte[] bytes = text.ToArray();
        try
        {
            return Convert.ToHexString(HMACSHA256.HashData(_hashKey, bytes));
        }
        finally
        {
            CryptographicOperations.ZeroMemory(bytes);
            CryptographicOperations.ZeroMemory(text.GetBuffer());
        }
    }
}
