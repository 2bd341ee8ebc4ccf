using Amazon.Runtime;
using Amazon.S3;
using ImageBuilderDataProtection.Kms.Aws.Trail;

namespace ImageBuilderDataProtection.Kms.Aws;

/// <summary>What to do about AWS's errors ("Common Errors" in the AWS KMS and the AWS STS API Reference, and each operation's page).</summary>
internal static class AwsAdvice
{
    private const string SetClock = "set this machine's clock, which differs from AWS's";
    private const string TryLater = "AWS has trouble; try again later";

    /// <summary>What the user can do, as the end of a sentence.</summary>
    public static string For(string code, AmazonServiceException error) => error is AmazonS3Exception ? ForS3(code, error) : ForAny(code, error);

    // "Error responses" in the Amazon S3 API Reference. What is refused for the key of an encrypted object is told by S3, too.
    private static string ForS3(string code, AmazonServiceException error) => code switch
    {
        "AccessDenied" or "Forbidden" when TellsOfKey(error.Message) =>
            "the object is encrypted with a KMS key, and the caller's policies and the key policy must allow kms:Decrypt with it",
        "AccessDenied" or "Forbidden" =>
            "the caller's policies and the bucket policy must allow s3:ListBucket on the bucket and s3:GetObject on its objects",
        "NoSuchBucket" or "InvalidBucketName" => "correct the bucket in -S3Uri",
        "NoSuchKey" or "NotFound" => "correct -S3Uri; an object that was just listed has been removed since",
        "InvalidObjectState" => "the object is archived; restore it first, such as with aws s3api restore-object",
        "PermanentRedirect" or "TemporaryRedirect" or "AuthorizationHeaderMalformed" or "IllegalLocationConstraintException" =>
            "the bucket is in another region, which S3 did not tell; give it with -Region",
        "SlowDown" => ForAny("ThrottlingException", error),
        _ when code.StartsWith("KMS.", StringComparison.Ordinal) => "the object is encrypted with a KMS key that cannot be used; see the key's state",
        _ => ForAny(code, error),
    };

    private static string ForAny(string code, AmazonServiceException error) => code switch
    {
        "AccessDeniedException" or "AccessDenied" when error is AwsTrailException trail => $"the caller's policies must allow cloudtrail:{trail.Operation}",
        "AccessDeniedException" or "AccessDenied" =>
            "the key policy, the caller's policies and, for a role, its trust policy must allow the call under this encryption context",
        "DisabledException" => "enable the key or use another",
        "KMSInvalidStateException" => "see the key's state with Get-IBWorkflowKey; one that is pending deletion opens again after the deletion is cancelled and the key enabled",
        "NotFoundException" => "check the key's name, its account and -Region",
        "InvalidCiphertextException" => "the encrypted data key was altered, or its encryption context is another",
        "IncorrectKeyException" => "name the key that the message was encrypted with",
        "KeyUnavailableException" or "DependencyTimeoutException" or "KMSInternalException" => TryLater,
        "ThrottlingException" or "Throttling" or "TooManyRequestsException" or "RequestLimitExceeded" => "wait and try again, with fewer calls at a time",
        "LimitExceededException" => "ask for a higher quota or use fewer",
        "MalformedPolicyDocumentException" => "correct the policy",
        "AlreadyExistsException" => "use another name",
        "ExpiredTokenException" or "ExpiredToken" => "the temporary credentials have expired; get new ones, such as with aws sso login",
        "RequestExpired" or "RequestTimeTooSkewed" or "RequestInTheFuture" => SetClock,
        "InvalidSignatureException" or "SignatureDoesNotMatch" => TellsOfClock(error.Message)
            ? SetClock
            : "the secret key is not that of the access key; correct -SecretKey or the profile",
        "UnrecognizedClientException" or "InvalidClientTokenId" or "InvalidAccessKeyId" or "InvalidToken" => "the access key is not known in this partition or region; correct -AccessKey or the profile, or add the session token",
        "MissingAuthenticationToken" or "MissingAuthenticationTokenException" or "IncompleteSignature" => "the request reached AWS unsigned; check any proxy in between",
        "OptInRequired" => "enable the region for the account",
        "ValidationException" or "ValidationError" => "correct the value",
        _ when (int)error.StatusCode >= 500 => TryLater,
        _ when code.StartsWith("Http", StringComparison.Ordinal) => "what answered may not be AWS; check the endpoint, and any proxy in between",
        _ => "see this error in the API reference of the service",
    };

    private static bool TellsOfKey(string? message) =>
        message is not null && (message.Contains("kms:", StringComparison.OrdinalIgnoreCase) || message.Contains("ciphertext", StringComparison.OrdinalIgnoreCase));

    private static bool TellsOfClock(string? message) =>
        message is not null &&
        (message.Contains("Signature expired", StringComparison.OrdinalIgnoreCase) ||
            message.Contains("not yet current", StringComparison.OrdinalIgnoreCase));
}
