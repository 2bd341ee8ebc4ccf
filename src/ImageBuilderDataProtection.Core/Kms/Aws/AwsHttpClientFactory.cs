using System.Net;
using System.Net.Security;
using System.Security.Authentication;
using Amazon.Runtime;

namespace ImageBuilderDataProtection.Kms.Aws;

/// <summary>
/// The HTTP connections of one session: TLS 1.2 at least, no redirects (a signed request goes where it was meant to go),
/// and no proxy between this machine and itself. Time limits are the caller's, so that they cover repeated attempts.
/// </summary>
/// <param name="isLoopback">Whether the endpoint is on this machine.</param>
internal sealed class AwsHttpClientFactory(bool isLoopback) : HttpClientFactory
{
    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(10);

    private readonly Lazy<HttpClient> _client = new(() => Create(isLoopback));

    /// <inheritdoc />
    public override HttpClient CreateHttpClient(IClientConfig clientConfig) => _client.Value;

    /// <inheritdoc />
    public override bool UseSDKHttpClientCaching(IClientConfig clientConfig) => false;

    /// <inheritdoc />
    public override bool DisposeHttpClientsAfterUse(IClientConfig clientConfig) => false;

    private static HttpClient Create(bool isLoopback) => new(new TracingHandler(new SocketsHttpHandler
    {
        AllowAutoRedirect = false,
        AutomaticDecompression = DecompressionMethods.None,
        ConnectTimeout = ConnectTimeout,

        // Whoever stops reading an object has no use for the rest of it.
        MaxResponseDrainSize = 0,
        PooledConnectionLifetime = TimeSpan.FromMinutes(5),
        UseCookies = false,
        UseProxy = !isLoopback,
        SslOptions = new SslClientAuthenticationOptions { EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13 },
    }))
    {
        Timeout = Timeout.InfiniteTimeSpan,
    };

    private sealed class TracingHandler(HttpMessageHandler inner) : DelegatingHandler(inner)
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            if (AwsCallTrace.Current is { } trace && request.Headers.TryGetValues("User-Agent", out IEnumerable<string>? agent))
            {
                trace.UserAgent = string.Join(' ', agent);
            }

            return base.SendAsync(request, cancellationToken);
        }
    }
}
