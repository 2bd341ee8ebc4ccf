using ImageBuilderDataProtection.Audit;

namespace ImageBuilderDataProtection.Kms;

/// <summary>What every successful KMS call answers.</summary>
/// <param name="RequestId">The request id that CloudTrail also shows.</param>
/// <param name="AuditEvent">The call's CloudTrail record, where it is known.</param>
public abstract record KmsResult(string RequestId, KmsAuditEvent? AuditEvent);

/// <summary>The answer of GenerateDataKey. The receiver zeroes <see cref="Plaintext"/> after use.</summary>
/// <param name="KeyArn">The key that wrapped the data key.</param>
/// <param name="Plaintext">The data key itself, 32 bytes.</param>
/// <param name="CiphertextBlob">The data key encrypted under the KMS key.</param>
/// <param name="RequestId">The request id.</param>
/// <param name="AuditEvent">The call's CloudTrail record.</param>
public sealed record GeneratedDataKey(KeyArn KeyArn, byte[] Plaintext, byte[] CiphertextBlob, string RequestId, KmsAuditEvent? AuditEvent)
    : KmsResult(RequestId, AuditEvent);

/// <summary>The answer of Encrypt and of ReEncrypt.</summary>
/// <param name="KeyArn">The key that encrypted.</param>
/// <param name="CiphertextBlob">The ciphertext.</param>
/// <param name="RequestId">The request id.</param>
/// <param name="AuditEvent">The call's CloudTrail record.</param>
public sealed record EncryptedData(KeyArn KeyArn, byte[] CiphertextBlob, string RequestId, KmsAuditEvent? AuditEvent)
    : KmsResult(RequestId, AuditEvent);

/// <summary>The answer of Decrypt. The receiver zeroes <see cref="Plaintext"/> after use.</summary>
/// <param name="KeyArn">The key that decrypted.</param>
/// <param name="Plaintext">The plaintext.</param>
/// <param name="RequestId">The request id.</param>
/// <param name="AuditEvent">The call's CloudTrail record.</param>
public sealed record DecryptedData(KeyArn KeyArn, byte[] Plaintext, string RequestId, KmsAuditEvent? AuditEvent)
    : KmsResult(RequestId, AuditEvent);

/// <summary>The answer of CreateKey and DescribeKey.</summary>
/// <param name="Key">The key.</param>
/// <param name="RequestId">The request id.</param>
/// <param name="AuditEvent">The call's CloudTrail record.</param>
public sealed record DescribedKey(KeyMetadata Key, string RequestId, KmsAuditEvent? AuditEvent)
    : KmsResult(RequestId, AuditEvent);

/// <summary>The answer of ListAliases for one key.</summary>
/// <param name="AliasNames">The alias names, with their <c>alias/</c>, in ordinal order.</param>
/// <param name="RequestId">The request id.</param>
/// <param name="AuditEvent">The call's CloudTrail record.</param>
public sealed record ListedAliases(IReadOnlyList<string> AliasNames, string RequestId, KmsAuditEvent? AuditEvent)
    : KmsResult(RequestId, AuditEvent);

/// <summary>The answer of GetKeyPolicy.</summary>
/// <param name="Policy">The policy's JSON, exactly as it was put.</param>
/// <param name="RequestId">The request id.</param>
/// <param name="AuditEvent">The call's CloudTrail record.</param>
public sealed record ReadKeyPolicy(string Policy, string RequestId, KmsAuditEvent? AuditEvent)
    : KmsResult(RequestId, AuditEvent);

/// <summary>The answer of GetKeyRotationStatus.</summary>
/// <param name="KeyRotationEnabled">Whether the key rotates on its own.</param>
/// <param name="RotationPeriodInDays">The period in days, 90 to 2,560; null when rotation is off.</param>
/// <param name="RequestId">The request id.</param>
/// <param name="AuditEvent">The call's CloudTrail record.</param>
public sealed record RotationStatus(bool KeyRotationEnabled, int? RotationPeriodInDays, string RequestId, KmsAuditEvent? AuditEvent)
    : KmsResult(RequestId, AuditEvent);

/// <summary>The answer of a call that returns nothing else.</summary>
/// <param name="RequestId">The request id.</param>
/// <param name="AuditEvent">The call's CloudTrail record.</param>
public sealed record KmsAcknowledgement(string RequestId, KmsAuditEvent? AuditEvent)
    : KmsResult(RequestId, AuditEvent);
