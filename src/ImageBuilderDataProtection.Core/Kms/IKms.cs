namespace ImageBuilderDataProtection.Kms;

/// <summary>
/// The few KMS calls this module makes, as one caller sees them from one region. An identifier that is an ARN is sent to
/// the ARN's own region; the others are names within the caller's account and default region.
/// Every method throws <see cref="KmsException"/> when KMS refuses, with the error's AWS name, another
/// <see cref="DataProtectionException"/> when KMS cannot be asked, and <see cref="OperationCanceledException"/> when cancelled. See the AWS KMS API Reference for each operation.
/// </summary>
public interface IKms
{
    /// <summary>The caller's region, where identifiers that are no ARN are looked up.</summary>
    string Region { get; }

    /// <summary>GenerateDataKey with <c>NumberOfBytes</c> 32.</summary>
    Task<GeneratedDataKey> GenerateDataKeyAsync(KeyIdentifier key, EncryptionContext context, CancellationToken cancellationToken);

    /// <summary>Encrypt, at most 4,096 bytes.</summary>
    Task<EncryptedData> EncryptAsync(KeyIdentifier key, ReadOnlyMemory<byte> plaintext, EncryptionContext context, CancellationToken cancellationToken);

    /// <summary>Decrypt, always with KeyId, so that a ciphertext of another key is refused (IncorrectKeyException).</summary>
    Task<DecryptedData> DecryptAsync(KeyIdentifier key, ReadOnlyMemory<byte> ciphertextBlob, EncryptionContext context, CancellationToken cancellationToken);

    /// <summary>ReEncrypt from one key and context to another, without the plaintext leaving KMS.</summary>
    Task<EncryptedData> ReEncryptAsync(
        KeyIdentifier sourceKey,
        ReadOnlyMemory<byte> ciphertextBlob,
        EncryptionContext sourceContext,
        KeyIdentifier destinationKey,
        EncryptionContext destinationContext,
        CancellationToken cancellationToken);

    /// <summary>CreateKey: a symmetric encryption key. Without a policy, KMS's default key policy.</summary>
    Task<DescribedKey> CreateKeyAsync(string? policy, string? description, bool bypassPolicyLockoutSafetyCheck, CancellationToken cancellationToken);

    /// <summary>DescribeKey.</summary>
    Task<DescribedKey> DescribeKeyAsync(KeyIdentifier key, CancellationToken cancellationToken);

    /// <summary>CreateAlias. The name starts with <c>alias/</c>.</summary>
    Task<KmsAcknowledgement> CreateAliasAsync(string aliasName, KeyIdentifier targetKey, CancellationToken cancellationToken);

    /// <summary>DeleteAlias.</summary>
    Task<KmsAcknowledgement> DeleteAliasAsync(string aliasName, CancellationToken cancellationToken);

    /// <summary>ListAliases of one key.</summary>
    Task<ListedAliases> ListAliasesAsync(KeyIdentifier key, CancellationToken cancellationToken);

    /// <summary>GetKeyPolicy of the policy named <c>default</c>, the only one there is.</summary>
    Task<ReadKeyPolicy> GetKeyPolicyAsync(KeyIdentifier key, CancellationToken cancellationToken);

    /// <summary>PutKeyPolicy of the policy named <c>default</c>.</summary>
    Task<KmsAcknowledgement> PutKeyPolicyAsync(KeyIdentifier key, string policy, bool bypassPolicyLockoutSafetyCheck, CancellationToken cancellationToken);

    /// <summary>EnableKeyRotation with the given period, 90 to 2,560 days.</summary>
    Task<KmsAcknowledgement> EnableKeyRotationAsync(KeyIdentifier key, int rotationPeriodInDays, CancellationToken cancellationToken);

    /// <summary>GetKeyRotationStatus.</summary>
    Task<RotationStatus> GetKeyRotationStatusAsync(KeyIdentifier key, CancellationToken cancellationToken);

    /// <summary>RotateKeyOnDemand: new key material now; what the old encrypted still opens.</summary>
    Task<KmsAcknowledgement> RotateKeyOnDemandAsync(KeyIdentifier key, CancellationToken cancellationToken);

    /// <summary>EnableKey.</summary>
    Task<KmsAcknowledgement> EnableKeyAsync(KeyIdentifier key, CancellationToken cancellationToken);

    /// <summary>DisableKey.</summary>
    Task<KmsAcknowledgement> DisableKeyAsync(KeyIdentifier key, CancellationToken cancellationToken);

    /// <summary>ScheduleKeyDeletion with a waiting period of 7 to 30 days.</summary>
    Task<KmsAcknowledgement> ScheduleKeyDeletionAsync(KeyIdentifier key, int pendingWindowInDays, CancellationToken cancellationToken);

    /// <summary>CancelKeyDeletion. The key is left disabled.</summary>
    Task<KmsAcknowledgement> CancelKeyDeletionAsync(KeyIdentifier key, CancellationToken cancellationToken);
}
