using ImageBuilderDataProtection.Kms.Aws;

namespace ImageBuilderDataProtection.Kms.Local.Endpoint;

/// <summary>
/// A local KMS served over HTTP on 127.0.0.1, for any AWS SDK or tool: AWS KMS and CloudTrail LookupEvents in JSON 1.1, and
/// STS GetCallerIdentity and AssumeRole in the Query protocol, all on one address. Requests must be signed with credentials
/// that the store issued (Signature Version 4); they come under the store's policies and leave its records. It serves until
/// it is stopped.
/// </summary>
public sealed class LocalKmsEndpoint : IDisposable, IAsyncDisposable
{
    /// <summary>How long the credentials of an endpoint that acts as a role are good: the longest session that IAM gives.</summary>
    private static readonly TimeSpan RoleSessionTime = TimeSpan.FromHours(12);

    private readonly LocalKmsStore _store;
    private readonly CredentialStore _credentialStore;
    private readonly HttpServer _server;
    private int _isStopped;

    private LocalKmsEndpoint(LocalKmsStore store, CredentialStore credentialStore, IssuedCredentials issued, string? region, int? port)
    {
        _store = store;
        _credentialStore = credentialStore;
        _server = HttpServer.Start(
            port,
            authority => new RequestHandler(store, credentialStore, new RequestAuthenticator(credentialStore, store.Clock, authority, region)).AnswerAsync,
            out string found);
        Url = new Uri($"http://{found}");
        Credentials = issued.Credentials;
        Principal = issued.Caller.ToString();
        Region = region;
    }

    /// <summary>The address, as clients take it for their endpoint URL.</summary>
    public Uri Url { get; }

    /// <summary>The credentials issued at the start. They are good at this endpoint alone, and end with it.</summary>
    public LocalCredentials Credentials { get; }

    /// <summary>The ARN of whom the credentials are.</summary>
    public string Principal { get; }

    /// <summary>The only region that requests may be signed for; null for any.</summary>
    public string? Region { get; }

    /// <summary>The folder of the local KMS.</summary>
    public string Folder => _store.Folder;

    /// <summary>Whether it has not been stopped.</summary>
    public bool IsRunning => Volatile.Read(ref _isStopped) == 0;

    /// <summary>Starts to serve the local KMS in a folder, which is made if it is not there.</summary>
    /// <inheritdoc cref="Start(LocalKmsStore, LocalKmsEndpointSettings)"/>
    public static LocalKmsEndpoint Start(string folder, LocalKmsEndpointSettings settings) => Start(LocalKmsStore.Open(folder), settings);

    /// <summary>Starts to serve a local KMS.</summary>
    /// <exception cref="DataProtectionException">
    /// <c>AccountUnknown</c>: neither the settings nor the store tell the account; <c>InvalidAccount</c>;
    /// <c>AccountMismatch</c>: the role is of another; <c>InvalidRegion</c>; <c>InvalidPort</c>;
    /// <c>PortUnavailable</c>: another program has the port; or the store cannot be used.
    /// </exception>
    public static LocalKmsEndpoint Start(LocalKmsStore store, LocalKmsEndpointSettings settings)
    {
        ArgumentNullException.ThrowIfNull(store);
        ArgumentNullException.ThrowIfNull(settings);
        RequireValid(settings);
        LocalCaller caller = CallerOf(store, settings);
        try
        {
            store.EnsureCreated();
            var credentialStore = new CredentialStore(store);
            credentialStore.RemoveExpired();
            IssuedCredentials issued = credentialStore.IssueOwn(caller, caller.Principal.IsAccountRoot ? null : RoleSessionTime);
            return new LocalKmsEndpoint(store, credentialStore, issued, settings.Region, settings.Port);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw store.Unusable(error);
        }
    }

    /// <summary>
    /// The environment variables with which AWS SDKs and the AWS CLI use this endpoint ("Environment variables" in the AWS SDKs
    /// and Tools Reference Guide). They hold the secret access key.
    /// </summary>
    /// <param name="region">The region for the clients; null for the endpoint's own.</param>
    public IReadOnlyDictionary<string, string> ToEnvironment(string? region = null)
    {
        var variables = new SortedDictionary<string, string>(StringComparer.Ordinal)
        {
            ["AWS_ACCESS_KEY_ID"] = Credentials.AccessKeyId,
            ["AWS_SECRET_ACCESS_KEY"] = Credentials.SecretAccessKey,
            ["AWS_ENDPOINT_URL_CLOUDTRAIL"] = Url.OriginalString,
            ["AWS_ENDPOINT_URL_KMS"] = Url.OriginalString,
            ["AWS_ENDPOINT_URL_STS"] = Url.OriginalString,
        };
        if (Credentials.SessionToken is { } token)
        {
            variables["AWS_SESSION_TOKEN"] = token;
        }

        if ((region ?? Region) is { } known)
        {
            // The AWS CLI of version 1 reads the second only.
            variables["AWS_REGION"] = known;
            variables["AWS_DEFAULT_REGION"] = known;
        }

        return variables;
    }

    /// <summary>Stops serving, which ends the credentials that were issued at the start. Once is enough; more do no harm.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _isStopped, 1) == 0)
        {
            // First, so that a request that still is at work cannot be followed by another.
            try
            {
                _credentialStore.Revoke(Credentials.AccessKeyId);
            }
            finally
            {
                await _server.DisposeAsync().ConfigureAwait(false);
            }
        }
    }

    /// <inheritdoc cref="DisposeAsync"/>
    public void Dispose() => DisposeAsync().AsTask().GetAwaiter().GetResult();

    /// <summary>The address.</summary>
    public override string ToString() => Url.OriginalString;

    private static void RequireValid(LocalKmsEndpointSettings settings)
    {
        if (settings.Region is { } region && !LocalKmsStore.IsRegion(region))
        {
            throw AwsRegions.Invalid(region);
        }

        if (settings.Port is < 1 or > ushort.MaxValue)
        {
            throw new DataProtectionException(
                "InvalidPort", FailureKind.InvalidArgument, $"{settings.Port} is not a port; it must be 1 to {ushort.MaxValue}, or left out for a free one.");
        }
    }

    private static LocalCaller CallerOf(LocalKmsStore store, LocalKmsEndpointSettings settings)
    {
        if (settings.Role is { } role)
        {
            return settings.Account is null || settings.Account == role.Account
                ? LocalCaller.AssumeRole(role, settings.RoleSessionName)
                : throw new DataProtectionException(
                    "AccountMismatch", FailureKind.InvalidArgument, $"The role {role} is of the account {role.Account}, not of {settings.Account}; leave the account out.");
        }

        string account = settings.Account ?? OnlyAccount(store);
        return account.Length == 12 && account.All(char.IsAsciiDigit)
            ? LocalCaller.AccountRoot(account, settings.Partition)
            : throw new DataProtectionException("InvalidAccount", FailureKind.InvalidArgument, $"\"{account}\" is not an account; it must have twelve digits.");
    }

    private static string OnlyAccount(LocalKmsStore store) => store.Accounts is [string only]
        ? only
        : throw new DataProtectionException(
            "AccountUnknown",
            FailureKind.InvalidArgument,
            $"The account is not known: \"{store.Folder}\" holds keys of {store.Accounts.Count} accounts; give -AccountId or -RoleArn.");
}
