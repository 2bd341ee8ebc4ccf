using System.Collections.Concurrent;
using Amazon;
using Amazon.KeyManagementService;
using Amazon.Runtime;
using Amazon.SecurityToken;
using Amazon.SecurityToken.Model;

namespace ImageBuilderDataProtection.Kms.Aws;

/// <summary>The clients of one endpoint, region and source of credentials, with what they share: connections, credentials and the caller's name.</summary>
internal sealed class AwsSession
{
    private const string ApplicationId = "ImageBuilderDataProtection";

    /// <summary>The caller's name is for the audit event only; a slow answer must not hold the work up.</summary>
    private static readonly TimeSpan CallerTimeout = TimeSpan.FromSeconds(5);

    private readonly AwsConnectionSettings _settings;
    private readonly AwsHttpClientFactory _http;
    private readonly ConcurrentDictionary<string, Lazy<IAmazonKeyManagementService>> _kms = new(StringComparer.Ordinal);
    private readonly LateCredentials _late;
    private readonly AmazonSecurityTokenServiceConfig _sts = new();
    private AWSCredentials? _credentials;
    private Task<AwsCaller?>? _caller;

    /// <exception cref="DataProtectionException"><c>InvalidEndpointUrl</c>, <c>InsecureEndpoint</c> or <c>EndpointConflict</c>.</exception>
    public AwsSession(AwsConnectionSettings settings, string region)
    {
        AwsServiceClients.EnsureRegistered();
        _settings = settings;
        Region = region;
        _late = new LateCredentials(this);
        Secrets.Add(settings.SecretKey);
        Secrets.Add(settings.SessionToken);

        // A first configuration, for what it finds out: nothing of a wrong endpoint, STS's neither, should wait for the first
        // call, whose work at KMS would be done and its answer lost.
        var config = new AmazonKeyManagementServiceConfig();
        string? endpoint = Configure(config, region, settings.EndpointUrl);
        if (endpoint is not null && config.UseFIPSEndpoint)
        {
            throw new DataProtectionException(
                "EndpointConflict",
                FailureKind.InvalidArgument,
                "A FIPS endpoint is the region's own; leave out -UseFipsEndpoint and AWS_USE_FIPS_ENDPOINT, or the endpoint URL, which may itself be one of a FIPS endpoint.");
        }

        bool isLoopback = endpoint is not null && AwsEndpoint.IsLoopback(endpoint);
        _http = new AwsHttpClientFactory(isLoopback);
        Kms(region);
        bool isStsLoopback = ConfigureSts(isLoopback ? endpoint : null);
        _sts.HttpClientFactory = isStsLoopback == isLoopback ? _http : new AwsHttpClientFactory(isStsLoopback);
    }

    /// <summary>The region of calls that no ARN leads elsewhere.</summary>
    public string Region { get; }

    /// <summary>Called when the credentials were found, which is at the first call and may be long after the connection.</summary>
    public Action? CredentialsFound { get; init; }

    /// <summary>What no message may repeat.</summary>
    public AwsSecrets Secrets { get; } = new();

    /// <summary>The credentials, renewed where they were to expire.</summary>
    /// <exception cref="DataProtectionException">There are none, or they cannot be renewed.</exception>
    public async Task<ImmutableCredentials> CredentialsAsync(CancellationToken cancellationToken)
    {
        try
        {
            AWSCredentials source = await SourceAsync(cancellationToken);
            ImmutableCredentials credentials = await source.GetCredentialsAsync().WaitAsync(cancellationToken);
            Secrets.Add(credentials.SecretKey);
            Secrets.Add(credentials.Token);
            return credentials;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            throw;
        }
        catch (Exception error) when (error is not DataProtectionException)
        {
            throw AwsErrors.Translate(error, "Getting AWS credentials", Secrets, AwsInteraction.Current.Timeout);
        }
    }

    /// <summary>KMS in a region.</summary>
    public IAmazonKeyManagementService Kms(string region) => _kms.GetOrAdd(region, name => new Lazy<IAmazonKeyManagementService>(() =>
    {
        var config = new AmazonKeyManagementServiceConfig();
        Configure(config, name, _settings.EndpointUrl);
        config.HttpClientFactory = _http;
        return new AwsKmsClient(_late, config);
    })).Value;

    /// <summary>
    /// Who calls; null where STS does not tell. It is asked once: not knowing the caller takes nothing from the work done,
    /// and the audit event, which has no caller then, shows it.
    /// </summary>
    public Task<AwsCaller?> CallerAsync()
    {
        Task<AwsCaller?> begun = LazyInitializer.EnsureInitialized(ref _caller, AskCallerAsync);
        return begun;
    }

    private async Task<AwsCaller?> AskCallerAsync()
    {
        using var limit = new CancellationTokenSource(CallerTimeout);
        try
        {
            GetCallerIdentityResponse response = await Sts(_late).GetCallerIdentityAsync(new GetCallerIdentityRequest(), limit.Token).WaitAsync(limit.Token);
            return response is { Arn: { } arn, Account: { } account, UserId: { } userId } ? new AwsCaller(arn, account, userId) : null;
        }
        catch (Exception)
        {
            // Whatever it was: the work of KMS, which is done by now, must not be lost for it.
            return null;
        }
    }

    private AmazonSecurityTokenServiceClient Sts(AWSCredentials credentials) => new(credentials, _sts);

    // A loopback endpoint is a stand-in for AWS as a whole: credentials that are good there are to go nowhere else, unless
    // an endpoint of STS is configured. Given with -EndpointUrl, it comes before one that is configured for every service.
    private bool ConfigureSts(string? kmsLoopback)
    {
        bool follows = _settings.EndpointUrl is not null && !AwsEnvironment.HasStsEndpoint;
        string? endpoint = Configure(_sts, Region, follows ? kmsLoopback : null) ?? (kmsLoopback is null ? null : Configure(_sts, Region, kmsLoopback));

        // What is configured later is for later sessions.
        _sts.IgnoreConfiguredEndpointUrls = true;
        return endpoint is not null && AwsEndpoint.IsLoopback(endpoint);
    }

    private string? Configure(ClientConfig config, string region, string? endpointUrl)
    {
        config.RegionEndpoint = RegionEndpoint.GetBySystemName(region);
        config.RetryMode = RequestRetryMode.Adaptive;
        if (_settings.ProfileName is not null)
        {
            config.Profile = new Profile(_settings.ProfileName);
        }

        if (string.IsNullOrEmpty(config.ClientAppId))
        {
            config.ClientAppId = ApplicationId;
        }

        if ((_settings.UseFipsEndpoint ? true : AwsEnvironment.UseFipsEndpoint) is { } fips)
        {
            config.UseFIPSEndpoint = fips;
        }

        if (AwsEnvironment.IgnoreConfiguredEndpointUrls is { } ignored)
        {
            config.IgnoreConfiguredEndpointUrls = ignored;
        }

        string? endpoint = endpointUrl is null ? AwsEndpoint.Configured(config) : AwsEndpoint.Require(endpointUrl, "given with -EndpointUrl");
        if (endpoint is not null)
        {
            config.ServiceURL = endpoint;
            config.AuthenticationRegion = region;
        }

        return endpoint;
    }

    private async Task<AWSCredentials> SourceAsync(CancellationToken cancellationToken)
    {
        if (_credentials is { } known)
        {
            return known;
        }

        AWSCredentials found = await new AwsCredentialSource(_settings, Secrets, Sts).FindAsync(cancellationToken);
        CredentialsFound?.Invoke();
        return Interlocked.CompareExchange(ref _credentials, found, null) ?? found;
    }

    /// <summary>Credentials that are looked for when the first request is signed, so that clients can be made without any.</summary>
    private sealed class LateCredentials(AwsSession session) : AWSCredentials
    {
        public override ImmutableCredentials GetCredentials() => GetCredentialsAsync().GetAwaiter().GetResult();

        public override Task<ImmutableCredentials> GetCredentialsAsync() => session.CredentialsAsync(CancellationToken.None);
    }
}
