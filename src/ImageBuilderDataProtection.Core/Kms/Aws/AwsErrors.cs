using System.Net.Sockets;
using System.Security.Authentication;
using Amazon.Runtime;

namespace ImageBuilderDataProtection.Kms.Aws;

/// <summary>
/// Turns what goes wrong on the way to AWS into one sentence: what was tried, what AWS or the network says, with AWS's code
/// and request id, and what to do. Nothing is swallowed; what is not known here keeps its own words.
/// </summary>
internal static class AwsErrors
{
    private const int MaxQuotedLength = 400;

    /// <summary>The failure that this exception is.</summary>
    /// <param name="error">What was thrown.</param>
    /// <param name="call">The call, such as <c>Decrypt with alias/ExampleKMSKey</c>.</param>
    /// <param name="secrets">What must not be repeated.</param>
    /// <param name="timeout">How long the call was allowed to take.</param>
    /// <param name="auditEvent">Makes the client's view of a call that AWS refused, of code and message.</param>
    public static DataProtectionException Translate(
        Exception error, string call, AwsSecrets secrets, TimeSpan timeout, Func<AmazonServiceException, Audit.KmsAuditEvent?>? auditEvent = null)
    {
        if (FindIn<DataProtectionException>(error) is { } known)
        {
            return known;
        }

        Exception? cause = secrets.AreIn(error.ToString()) ? null : error;
        if (FindIn<AmazonServiceException>(error) is { } refusal && CodeOf(refusal) is { } code)
        {
            string message = $"{call} failed: {Say(refusal, secrets)} ({Identify(code, refusal)}); {AwsAdvice.For(code, refusal)}.";
            return new KmsException(code, message, refusal.RequestId, auditEvent?.Invoke(refusal), cause);
        }

        return Network(error, call, timeout, cause) ?? Other(error, call, secrets, cause);
    }

    /// <summary>No source of credentials has any.</summary>
    public static DataProtectionException CredentialsMissing(Exception cause) => new(
        "CredentialsMissing",
        FailureKind.PermissionDenied,
        "No AWS credentials were found in the environment, the shared files, a container or an instance; give -ProfileName or -AccessKey and -SecretKey, or sign in, such as with aws sso login.",
        cause);

    /// <summary>The profile named does not exist.</summary>
    public static DataProtectionException ProfileNotFound(string name) => new(
        "ProfileNotFound", FailureKind.NotFound, $"The profile \"{name}\" is not in the shared AWS config or credentials file; correct -ProfileName, AWS_PROFILE or source_profile.");

    /// <summary>The profile cannot be used.</summary>
    public static DataProtectionException ProfileInvalid(string name, string why, Exception? cause = null) => new(
        "ProfileInvalid", FailureKind.InvalidData, $"The profile \"{name}\" cannot be used: {why}; correct it in the shared AWS config or credentials file.", cause);

    /// <summary>A profile asks for an MFA code and no one gives it.</summary>
    public static DataProtectionException MfaCodeNeeded(string role, string serial) => new(
        "MfaCodeNeeded",
        FailureKind.PermissionDenied,
        $"The profile assumes {role} with a code of the MFA device {serial}, which no one entered; run the command where it can ask, or sign in first and use those credentials.");

    /// <summary>AWS answered a call that succeeded with something that is no answer, or lacks what each answer has.</summary>
    public static DataProtectionException UnexpectedResponse(string call, Exception? cause = null) => new(
        "UnexpectedResponse",
        FailureKind.Unavailable,
        $"{call} failed: what answered is no AWS response; check the endpoint, and any proxy in between.",
        cause);

    // HTTP status codes stand in for a code where the body has none; such an answer may not be AWS's at all.
    private static string? CodeOf(AmazonServiceException error) =>
        !string.IsNullOrEmpty(error.ErrorCode) && !error.ErrorCode.Contains(' ', StringComparison.Ordinal) ? error.ErrorCode
        : (int)error.StatusCode >= 400 ? $"Http{(int)error.StatusCode}"
        : null;

    private static string Identify(string code, AmazonServiceException error) =>
        string.IsNullOrEmpty(error.RequestId) ? code : $"{code}, request id {error.RequestId}";

    private static string Say(AmazonServiceException error, AwsSecrets secrets)
    {
        string message = secrets.Redact(error.Message ?? "").ReplaceLineEndings("\n").Split('\n')[0].Trim().TrimEnd('.', ':');
        return message.Length == 0 || message.StartsWith("Exception of type", StringComparison.Ordinal)
            ? "AWS refused it"
            : message.Length <= MaxQuotedLength ? message : message[..MaxQuotedLength] + "...";
    }

    private static DataProtectionException? Network(Exception error, string call, TimeSpan timeout, Exception? cause)
    {
        if (FindIn<OperationCanceledException>(error) is not null || FindIn<TimeoutException>(error) is not null)
        {
            return Unavailable("TimedOut", $"no answer came within {timeout.TotalSeconds:0.###} seconds; try again, or allow more with -TimeoutSec");
        }

        if (FindIn<AuthenticationException>(error) is not null)
        {
            return Unavailable("TlsFailed", "the endpoint's certificate or TLS version was not accepted; check the endpoint, the proxy and the trusted certificates");
        }

        if (FindIn<SocketException>(error) is { } socket)
        {
            return socket.SocketErrorCode switch
            {
                SocketError.HostNotFound or SocketError.NoData or SocketError.TryAgain or SocketError.NoRecovery =>
                    Unavailable("EndpointNotFound", "the endpoint's name is not known (DNS); check -Region, -EndpointUrl and the network"),
                SocketError.ConnectionReset or SocketError.ConnectionAborted or SocketError.Shutdown => ConnectionLost(),
                SocketError.TimedOut => Unavailable("TimedOut", "the endpoint did not answer; check the network and try again"),
                _ => Unavailable("EndpointUnreachable", $"the endpoint cannot be reached ({socket.SocketErrorCode}); check -EndpointUrl and the network"),
            };
        }

        if (FindIn<AmazonUnmarshallingException>(error) is not null || FindIn<System.Text.Json.JsonException>(error) is not null ||
            FindIn<System.Xml.XmlException>(error) is not null)
        {
            return UnexpectedResponse(call, cause);
        }

        return FindIn<HttpRequestException>(error) is not null || FindIn<IOException>(error) is not null ? ConnectionLost() : null;

        DataProtectionException ConnectionLost() => Unavailable("ConnectionLost", "the connection was closed before an answer came; try again");

        DataProtectionException Unavailable(string errorId, string what) => new(errorId, FailureKind.Unavailable, $"{call} failed: {what}.", cause);
    }

    private static DataProtectionException Other(Exception error, string call, AwsSecrets secrets, Exception? cause)
    {
        string said = secrets.Redact(error.Message).ReplaceLineEndings(" ").Trim().TrimEnd('.');
        return said.Contains("SSO Token", StringComparison.Ordinal)
            ? new DataProtectionException(
                "SignInNeeded",
                FailureKind.PermissionDenied,
                $"{call} failed: the profile's sign-in to IAM Identity Center is missing or has expired; run aws sso login with this profile.",
                cause)
            : new DataProtectionException(
                "AwsCallFailed", FailureKind.Unavailable, $"{call} failed: {said} ({error.GetType().Name}); check the credentials, the endpoint and the network.", cause);
    }

    private static T? FindIn<T>(Exception? error)
        where T : Exception
    {
        for (Exception? current = error; current is not null; current = current.InnerException)
        {
            if (current is T found)
            {
                return found;
            }
        }

        return null;
    }
}
