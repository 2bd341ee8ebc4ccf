using System.Collections.Concurrent;
using Amazon;
using Amazon.KeyManagementService;
using Amazon.Runtime;
using Amazon.S3;
using Amazon.SecurityToken;
using Amazon.SecurityToken.Model;
using ImageBuilderDataProtection.Kms.Aws.Buckets;
using ImageBuilderDataProtection.Kms.Aws.Trail;

namespace ImageBuilderDataProtection.Kms.Aws;

/// <summary>The clients of one endpoint, region and source of credentials, with what they share: connections, credentials and the caller's name.</summary>
internal sealed class AwsSession
{
    private const string ApplicationId = "ImageBuilderDataProtection";

    /// <summary>The caller's name is for the audit event only; a slow answer must not hold the work up.</summary>
    private static readonly TimeSpan CallerTimeout = TimeSpan.FromSeconds(5);

    /// <summary>
    /// The SDK sends an attempt again, at once and without counting, when a connection that was used before breaks: ten times
    /// unless told. Once tells a connection gone stale from a network that breaks every one; then attempts count, with pauses.
    /// </summary>
    private const int MaxStaleConnectionRetries = 1;

    // "Quotas in AWS CloudTrail": two LookupEvents a second, of an account in a region. Other sessions of the account count
    // as well; what CloudTrail refuses for them is tried again.
    private const int TrailRequests = 2;
    private static readonly TimeSpan TrailWindow = TimeSpan.FromSeconds(1);

    private readonly AwsConnectionSettings _settings;
    private readonly AwsHttpClientFactory _near = new(isLoopback: true);
    private readonly AwsHttpClientFactory _far = new(isLoopback: false);
    private readonly ConcurrentDictionary<string, Lazy<IAmazonKeyManagementService>> _kms = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, Lazy<IAmazonS3>> _s3 = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, string> _bucketRegions = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, Lazy<AwsTrailClient>> _trail = new(StringComparer.Ordinal);
    private readonly LateCredentials _late;
    private readonly AmazonSecurityTokenServiceConfig _sts = new();
    private AWSCredentials? _credentials;
    private Task<AwsCaller?>? _caller;

    public AwsSession(AwsConnectionSettings settings, string region, TimeProvider? clock = null)
    {
        AwsServiceClients.EnsureRegistered();
        _settings = settings;
        Region = region;
        _late = new LateCredentials(this);
        TrailPacer = new RequestPacer(TrailRequests, TrailWindow, clock ?? TimeProvider.System);
        Secrets.Add(settings.SecretKey);
        Secrets.Add(settings.SessionToken);

        // Nothing of a wrong endpoint of STS should wait for the first call, whose work at KMS would be done and its answer lost.
        string? kms = EndpointOf(Configure(new AmazonKeyManagementServiceConfig(), region, settings.EndpointUrl));
        ConfigureSts(kms is not null && AwsEndpoint.IsLoopback(kms) ? kms : null);
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

    /// <summary>KMS in a region. Nothing is sent; a wrong endpoint shows all the same.</summary>
    /// <exception cref="DataProtectionException"><c>InvalidEndpointUrl</c>, <c>InsecureEndpoint</c> or <c>EndpointConflict</c>.</exception>
    public IAmazonKeyManagementService Kms(string region) => _kms.GetOrAdd(region, name => new Lazy<IAmazonKeyManagementService>(() =>
        new AwsKmsClient(_late, RequireNoConflict(Configure(new AmazonKeyManagementServiceConfig(), name, _settings.EndpointUrl))))).Value;

    /// <summary>CloudTrail in a region.</summary>
    /// <inheritdoc cref="Kms"/>
    public AwsTrailClient Trail(string region) => _trail.GetOrAdd(region, name => new Lazy<AwsTrailClient>(() =>
        new AwsTrailClient(_late, RequireNoConflict(Configure(new AwsTrailConfig(), name, _settings.EndpointUrl))))).Value;

    /// <summary>Amazon S3 in a region.</summary>
    /// <inheritdoc cref="Kms"/>
    public IAmazonS3 S3(string region) => _s3.GetOrAdd(region, name => new Lazy<IAmazonS3>(() => MakeS3(name))).Value;

    /// <summary>The region that a bucket was found in; null when it was not looked for.</summary>
    public string? RegionOfBucket(string bucket) => _bucketRegions.GetValueOrDefault(bucket);

    /// <summary>Notes the region that a bucket was found in.</summary>
    public void NoteRegionOfBucket(string bucket, string region) => _bucketRegions[bucket] = region;

    /// <summary>The turns of requests to CloudTrail.</summary>
    public RequestPacer TrailPacer { get; }

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
    private void ConfigureSts(string? kmsLoopback)
    {
        bool follows = _settings.EndpointUrl is not null && !AwsEnvironment.HasStsEndpoint;
        Configure(_sts, Region, follows ? kmsLoopback : null);
        if (kmsLoopback is not null && EndpointOf(_sts) is null)
        {
            Configure(_sts, Region, kmsLoopback);
        }

        // What is configured later is for later sessions.
        _sts.IgnoreConfiguredEndpointUrls = true;
    }

    private AwsS3Client MakeS3(string region)
    {
        AmazonS3Config config = RequireNoConflict(Configure(new AmazonS3Config(), region, _settings.EndpointUrl));

        // A given endpoint has one name; buckets are told apart by the path there.
        config.ForcePathStyle = EndpointOf(config) is not null;

        // The SDK takes a redirect for an answer otherwise. The connections follow none.
        config.AllowAutoRedirect = true;

        // Objects are read as streams, often not to their end; gzip's checksum, or a digest file's hash, says whether they are whole.
        config.ResponseChecksumValidation = ResponseChecksumValidation.WHEN_REQUIRED;
        return new AwsS3Client(_late, config);
    }

    private static string? EndpointOf(ClientConfig config) => string.IsNullOrEmpty(config.ServiceURL) ? null : config.ServiceURL;

    private static T RequireNoConflict<T>(T config)
        where T : ClientConfig => EndpointOf(config) is null || !config.UseFIPSEndpoint
        ? config
        : throw new DataProtectionException(
            "EndpointConflict",
            FailureKind.InvalidArgument,
            "A FIPS endpoint is the region's own; leave out -UseFipsEndpoint and AWS_USE_FIPS_ENDPOINT, or the endpoint URL, which may itself be one of a FIPS endpoint.");

    private T Configure<T>(T config, string region, string? endpointUrl)
        where T : ClientConfig
    {
        config.RegionEndpoint = RegionEndpoint.GetBySystemName(region);
        config.RetryMode = RequestRetryMode.Adaptive;
        config.MaxStaleConnectionRetries = MaxStaleConnectionRetries;
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

        config.HttpClientFactory = endpoint is not null && AwsEndpoint.IsLoopback(endpoint) ? _near : _far;
        return config;
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
