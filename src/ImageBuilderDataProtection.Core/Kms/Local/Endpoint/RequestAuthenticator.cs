using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace ImageBuilderDataProtection.Kms.Local.Endpoint;

/// <summary>
/// Verifies who sent a request: Signature Version 4 against the credentials that the store issued, within five minutes of its
/// date, once. What is refused, and how the refusal reads, follows "Troubleshoot Signature Version 4 signing for AWS API
/// requests" in the IAM User Guide.
/// </summary>
/// <param name="credentials">The credentials.</param>
/// <param name="clock">The time.</param>
/// <param name="authority">The host and port that requests must be for.</param>
/// <param name="onlyRegion">The region that requests must be signed for; null for any.</param>
internal sealed class RequestAuthenticator(CredentialStore credentials, TimeProvider clock, string authority, string? onlyRegion)
{
    private const string InvocationId = "amz-sdk-invocation-id";
    private const string Attempt = "amz-sdk-request";
    private static readonly TimeSpan Window = TimeSpan.FromMinutes(5);

    private readonly ReplayGuard _replays = new();
    private readonly DateTime _start = WholeSeconds(clock.GetUtcNow().UtcDateTime);

    /// <summary>Verifies a request for one service.</summary>
    /// <exception cref="EndpointFault">It is refused.</exception>
    public SignedRequest Verify(EndpointRequest request, EndpointService service)
    {
        // A page in a browser can be made to reach 127.0.0.1 by another name; and what was signed for one endpoint is not for the next.
        if (request.Header("host") != authority)
        {
            throw EndpointFault.AccessDenied($"The request is for the host \"{request.Header("host")}\"; this endpoint is {authority}.");
        }

        AuthorizationHeader authorization = AuthorizationHeader.Parse(request.Header("authorization") ?? throw EndpointFault.MissingAuthentication());
        DateTime date = RequireDate(request, authorization);
        RequireScope(authorization.Scope, service);
        IReadOnlyList<KeyValuePair<string, string>> signedHeaders = SignedHeaders(request, authorization);
        IssuedCredentials signer = RequireCredentials(request, authorization);
        RequireSignature(request, authorization, signer, signedHeaders, date);
        RequireFirst(request, authorization, date);
        return new SignedRequest(request, signer, authorization.Scope.Region);
    }

    private DateTime RequireDate(EndpointRequest request, AuthorizationHeader authorization)
    {
        if (!DateTime.TryParseExact(
            request.Header("x-amz-date"), SignatureV4.DateFormat, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out DateTime date))
        {
            throw EndpointFault.IncompleteSignature("The request has no header X-Amz-Date of the form 20150830T123600Z.");
        }

        if (authorization.Scope.Date != date.ToString("yyyyMMdd", CultureInfo.InvariantCulture))
        {
            throw EndpointFault.InvalidSignature(
                $"Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: '{authorization.Scope.Date}' != '{date:yyyyMMdd}'.");
        }

        DateTime now = clock.GetUtcNow().UtcDateTime;
        if (date < now - Window)
        {
            throw EndpointFault.InvalidSignature($"Signature expired: {Write(date)} is now earlier than {Write(now - Window)} ({Write(now)} - 5 min.)");
        }

        // What was sent to an endpoint that ran before this one is not in this one's memory.
        if (date < _start)
        {
            throw EndpointFault.InvalidSignature($"Signature expired: {Write(date)} is earlier than {Write(_start)}, when this endpoint started.");
        }

        return date <= now + Window
            ? date
            : throw EndpointFault.InvalidSignature($"Signature not yet current: {Write(date)} is still later than {Write(now + Window)} ({Write(now)} + 5 min.)");
    }

    private void RequireScope(CredentialScope scope, EndpointService service)
    {
        string expected = service switch { EndpointService.Kms => "kms", EndpointService.Sts => "sts", _ => "cloudtrail" };
        if (scope.Service != expected)
        {
            throw EndpointFault.InvalidSignature($"Credential should be scoped to correct service: '{expected}'.");
        }

        if (!LocalKmsStore.IsRegion(scope.Region) || (onlyRegion is not null && scope.Region != onlyRegion))
        {
            throw EndpointFault.InvalidSignature($"Credential should be scoped to a valid region, not '{scope.Region}'.");
        }
    }

    // "Create a signed AWS API request": host and every x-amz- header must be signed.
    private static KeyValuePair<string, string>[] SignedHeaders(EndpointRequest request, AuthorizationHeader authorization)
    {
        var names = new SortedSet<string>(authorization.SignedHeaders, StringComparer.Ordinal);
        if (!names.SequenceEqual(authorization.SignedHeaders))
        {
            throw EndpointFault.IncompleteSignature("SignedHeaders must name each header once, in order.");
        }

        string? unsigned = request.Headers.Keys
            .Select(static name => name.ToLowerInvariant())
            .FirstOrDefault(name => (name == "host" || name.StartsWith("x-amz-", StringComparison.Ordinal)) && !names.Contains(name));
        if (unsigned is not null)
        {
            throw EndpointFault.InvalidSignature($"The header {unsigned} must be signed.");
        }

        return
        [
            .. names.Select(name => KeyValuePair.Create(
                name, request.Header(name) ?? throw EndpointFault.IncompleteSignature($"The header {name} is signed, but the request does not have it."))),
        ];
    }

    private IssuedCredentials RequireCredentials(EndpointRequest request, AuthorizationHeader authorization)
    {
        IssuedCredentials signer = credentials.Find(authorization.AccessKeyId) ?? throw EndpointFault.UnknownCredentials();
        bool isToken = CryptographicOperations.FixedTimeEquals(
            Encoding.UTF8.GetBytes(request.Header("x-amz-security-token") ?? ""), Encoding.UTF8.GetBytes(signer.Credentials.SessionToken ?? ""));
        if (!isToken)
        {
            throw EndpointFault.UnknownCredentials();
        }

        return signer;
    }

    private void RequireSignature(
        EndpointRequest request, AuthorizationHeader authorization, IssuedCredentials signer, IReadOnlyList<KeyValuePair<string, string>> signedHeaders, DateTime date)
    {
        string bodyHash = SignatureV4.HashOf(request.Body.Span);
        string canonical = SignatureV4.CanonicalRequest(request.Method, signedHeaders, bodyHash);
        string toSign = SignatureV4.StringToSign(date, authorization.Scope, canonical);
        byte[] expected = SignatureV4.Sign(signer.Credentials.SecretAccessKey, authorization.Scope, toSign);

        // The hash that the client states is signed like any header; it must be that of the body, too.
        bool isBody = request.Header("x-amz-content-sha256") is not { } stated || stated == bodyHash;
        if (!CryptographicOperations.FixedTimeEquals(expected, authorization.Signature) || !isBody)
        {
            throw EndpointFault.InvalidSignature(
                "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method.");
        }

        // Told only to who has the secret.
        if (credentials.HasEnded(signer))
        {
            credentials.Revoke(signer.Credentials.AccessKeyId);
            throw EndpointFault.ExpiredCredentials();
        }
    }

    private void RequireFirst(EndpointRequest request, AuthorizationHeader authorization, DateTime date)
    {
        string? invocation = request.Header(InvocationId);
        string? unsignedInvocation = invocation is null || authorization.SignedHeaders.Contains(InvocationId) ? null : $"{invocation}\n{request.Header(Attempt)}";
        DateTime now = clock.GetUtcNow().UtcDateTime;
        bool isFirst;
        lock (_replays)
        {
            isFirst = _replays.TryTake(authorization.Signature, unsignedInvocation, date, date + Window, now);
        }

        if (isFirst)
        {
            return;
        }

        // Without an invocation id it may be an honest client's second equal request of one second. It is not taken either; but at
        // this error, other than at that below, AWS clients sign anew and try again by themselves.
        throw invocation is null && (now - date).Duration() <= ReplayGuard.Freshness
            ? EndpointFault.Throttled("An equal request of the same second was received before, and each signed request is taken once; sign it anew a second later.")
            : EndpointFault.InvalidSignature("The request was received before, and each signed request is taken once; sign it anew.");
    }

    private static DateTime WholeSeconds(DateTime time) => new(time.Ticks - (time.Ticks % TimeSpan.TicksPerSecond), DateTimeKind.Utc);

    private static string Write(DateTime time) => time.ToString(SignatureV4.DateFormat, CultureInfo.InvariantCulture);
}
