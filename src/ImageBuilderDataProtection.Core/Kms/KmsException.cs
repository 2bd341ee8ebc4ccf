using ImageBuilderDataProtection.Audit;

namespace ImageBuilderDataProtection.Kms;

/// <summary>
/// KMS refused or failed a call. <see cref="DataProtectionException.ErrorId"/> is the error's AWS name, such as
/// <c>AccessDeniedException</c>, <c>DisabledException</c>, <c>NotFoundException</c>, <c>InvalidCiphertextException</c>,
/// <c>IncorrectKeyException</c>, <c>KMSInvalidStateException</c>, <c>MalformedPolicyDocumentException</c>
/// ("Common Errors" and each operation's page in the AWS KMS API Reference).
/// </summary>
public sealed class KmsException : DataProtectionException
{
    /// <summary>Makes the failure of one KMS call.</summary>
    /// <param name="errorCode">The error's AWS name.</param>
    /// <param name="message">KMS's message.</param>
    /// <param name="requestId">The request id that CloudTrail also shows.</param>
    /// <param name="auditEvent">The CloudTrail record of the refused call, where it is known.</param>
    /// <param name="innerException">The cause, if any.</param>
    public KmsException(string errorCode, string message, string? requestId, KmsAuditEvent? auditEvent = null, Exception? innerException = null)
        : base(errorCode, KindOf(errorCode), message, innerException)
    {
        RequestId = requestId;
        AuditEvent = auditEvent;
    }

    /// <summary>The request id that CloudTrail also shows.</summary>
    public string? RequestId { get; }

    /// <summary>The CloudTrail record of the refused call, where it is known.</summary>
    public KmsAuditEvent? AuditEvent { get; }

    /// <inheritdoc />
    private protected override DataProtectionException WithMessage(string message) => new KmsException(ErrorId, message, RequestId, AuditEvent, this);

    private static FailureKind KindOf(string errorCode) => errorCode switch
    {
        "AccessDeniedException" or "AccessDenied" or "Forbidden" or "InvalidAccessKeyId" or "InvalidToken" or "ExpiredTokenException" or "ExpiredToken" or "UnrecognizedClientException" or
            "InvalidClientTokenId" or "InvalidSignatureException" or "SignatureDoesNotMatch" or "MissingAuthenticationToken" or "OptInRequired" =>
            FailureKind.PermissionDenied,
        "NotFoundException" or "NoSuchBucket" or "NoSuchKey" or "NotFound" => FailureKind.NotFound,
        "AlreadyExistsException" => FailureKind.AlreadyExists,
        "DisabledException" or "KMSInvalidStateException" or "InvalidObjectState" => FailureKind.InvalidState,
        "InvalidCiphertextException" or "IncorrectKeyException" => FailureKind.SecurityViolation,
        "MalformedPolicyDocumentException" => FailureKind.InvalidData,
        "ValidationException" or "InvalidArnException" or "InvalidAliasNameException" or "TagException" or "ValidationError" or
            "UnsupportedOperationException" => FailureKind.InvalidArgument,
        "LimitExceededException" => FailureKind.LimitExceeded,
        _ => FailureKind.Unavailable,
    };
}
