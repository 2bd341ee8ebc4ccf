using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using ImageBuilderDataProtection.Kms.Aws.Buckets;
using ImageBuilderDataProtection.Kms.Aws.Trail;

namespace ImageBuilderDataProtection.Kms.Aws;

/// <summary>
/// AWS KMS, CloudTrail and Amazon S3, for whoever the settings name. Clients and credentials are kept by endpoint, region and source
/// of credentials for as long as the process lives, so that a second command connects and signs in no more.
/// </summary>
/// <param name="clock">The clock; null for the system's.</param>
public sealed class AwsConnections(TimeProvider? clock = null)
{
    /// <summary>How many sessions are kept. A process that changes its credentials more often than that starts anew.</summary>
    private const int MaxSessions = 64;

    private readonly TimeProvider _clock = clock ?? TimeProvider.System;
    private readonly ConcurrentDictionary<string, AwsSession> _sessions = new(StringComparer.Ordinal);

    // Sessions are found by a keyed hash: no secret stands in a dictionary, and without the key none can be guessed from it.
    private readonly byte[] _hashKey = RandomNumberGenerator.GetBytes(32);

    // Where nothing depends on the region that is asked first, as for a bucket, whose region any other tells, it need not be known.
    private const string FirstRegion = "us-east-1";

    /// <summary>The connections of this process.</summary>
    public static AwsConnections Shared { get; } = new();

    /// <summary>KMS as these settings see it. Nothing is sent and no credentials are looked for before the first call.</summary>
    /// <exception cref="DataProtectionException">
    /// <c>IncompleteKeys</c>, <c>RoleArnMissing</c>, <c>RegionUnknown</c>, <c>InvalidRegion</c>, <c>InvalidEndpointUrl</c>,
    /// <c>InsecureEndpoint</c> or <c>EndpointConflict</c>.
    /// </exception>
    public IKms Connect(AwsConnectionSettings settings)
    {
        AwsSession session = SessionOf(settings);

        // Nothing of a wrong endpoint should wait for the first call.
        session.Kms(session.Region);
        return new AwsKms(session, InteractionOf(settings));
    }

    /// <summary>CloudTrail's event history as these settings see it. Their endpoint is CloudTrail's.</summary>
    /// <inheritdoc cref="Connect"/>
    public AwsEventHistory ConnectToEventHistory(AwsConnectionSettings settings)
    {
        AwsSession session = SessionOf(settings);
        session.Trail(session.Region);
        return new AwsEventHistory(session, InteractionOf(settings), _clock);
    }

    /// <summary>
    /// A bucket with log files as these settings see it. Their endpoint is Amazon S3's. The bucket may be in another region than theirs.
    /// </summary>
    /// <param name="settings">How AWS is reached and as whom.</param>
    /// <param name="uri">The bucket, or a part of it.</param>
    /// <inheritdoc cref="Connect"/>
    public LogBucket ConnectToLogBucket(AwsConnectionSettings settings, S3Uri uri)
    {
        ArgumentNullException.ThrowIfNull(uri);
        AwsSession session = SessionOf(settings, uri.Region ?? FirstRegion);
        bool hasEndpoint = !string.IsNullOrEmpty(session.S3(session.Region).Config.ServiceURL);
        return uri.IsArn && hasEndpoint
            ? throw new DataProtectionException(
                "EndpointConflict", FailureKind.InvalidArgument, "The ARN of an access point leads to an endpoint of its own; give the access point's alias in -S3Uri, or leave out the endpoint URL.")
            : new LogBucket(new BucketClient(session, InteractionOf(settings), uri));
    }

    /// <summary>CloudTrail's public keys, in every region, as these settings see them. Their endpoint is CloudTrail's.</summary>
    /// <param name="settings">How AWS is reached and as whom.</param>
    /// <param name="isBesideBucket">
    /// Whether their endpoint is that of a bucket instead. One on this machine stands in for AWS as a whole, and so for CloudTrail, too, unless
    /// AWS_ENDPOINT_URL_CLOUDTRAIL names another.
    /// </param>
    /// <inheritdoc cref="Connect"/>
    public AwsDigestKeys ConnectToDigestKeys(AwsConnectionSettings settings, bool isBesideBucket = false)
    {
        ArgumentNullException.ThrowIfNull(settings);
        if (isBesideBucket && settings.EndpointUrl is { } bucket && (AwsEnvironment.HasTrailEndpoint || !AwsEndpoint.IsLoopback(bucket)))
        {
            settings = settings with { EndpointUrl = null };
        }

        AwsSession session = SessionOf(settings, FirstRegion);
        session.Trail(session.Region);
        return new AwsDigestKeys(session, InteractionOf(settings));
    }

    private static AwsInteraction InteractionOf(AwsConnectionSettings settings) => new(settings.Timeout, settings.MfaTokenProvider);

    private AwsSession SessionOf(AwsConnectionSettings settings, string? regionOtherwise = null)
    {
        ArgumentNullException.ThrowIfNull(settings);
        RequireComplete(settings);
        AwsProfiles.FollowEnvironment();
        string region = AwsRegions.Resolve(settings, regionOtherwise);
        if (_sessions.Count >= MaxSessions)
        {
            _sessions.Clear();
        }

        string key = KeyOf(settings, region);
        return _sessions.GetOrAdd(key, _ => new AwsSession(settings, region, _clock) { CredentialsFound = () => ForgetUnlessCurrent(key, settings, region) });
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
