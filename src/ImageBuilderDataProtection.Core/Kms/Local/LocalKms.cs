namespace ImageBuilderDataProtection.Kms.Local;
internal sealed class LocalKms(LocalKmsStore store, LocalCaller caller, string region) : IKms
{
    public Task<GeneratedDataKey> GenerateDataKeyAsync(KeyIdentifier key, EncryptionContext context, CancellationToken cancellationToken) => throw new NotImplementedException($"{store.Folder}{caller}{region}");
    public Task<EncryptedData> EncryptAsync(KeyIdentifier key, ReadOnlyMemory<byte> plaintext, EncryptionContext context, CancellationToken cancellationToken) => throw new NotImplementedException($"{store.Folder}{caller}{region}");
    public Task<DecryptedData> DecryptAsync(KeyIdentifier key, ReadOnlyMemory<byte> ciphertextBlob, EncryptionContext context, CancellationToken cancellationToken) => throw new NotImplementedException($"{store.Folder}{caller}{region}");
    public Task<EncryptedData> ReEncryptAsync(KeyIdentifier sourceKey, ReadOnlyMemory<byte> ciphertextBlob, EncryptionContext sourceContext, KeyIdentifier destinationKey, EncryptionContext destinationContext, CancellationToken cancellationToken) => throw new NotImplementedException($"{store.Folder}{caller}{region}");
    public Task<DescribedKey> CreateKeyAsync(string? policy, string? description, bool bypassPolicyLockoutSafetyCheck, CancellationToken cancellationToken) => throw new NotImplementedException($"{store.Folder}{caller}{region}");
    public Task<DescribedKey> DescribeKeyAsync(KeyIdentifier key, CancellationToken cancellationToken) => throw new NotImplementedException($"{store.Folder}{caller}{region}");
    public Task<KmsAcknowledgement> CreateAliasAsync(string aliasName, KeyIdentifier targetKey, CancellationToken cancellationToken) => throw new NotImplementedException($"{store.Folder}{caller}{region}");
    public Task<KmsAcknowledgement> DeleteAliasAsync(string aliasName, CancellationToken cancellationToken) => throw new NotImplementedException($"{store.Folder}{caller}{region}");
    public Task<ListedAliases> ListAliasesAsync(KeyIdentifier key, CancellationToken cancellationToken) => throw new NotImplementedException($"{store.Folder}{caller}{region}");
    public Task<ReadKeyPolicy> GetKeyPolicyAsync(KeyIdentifier key, CancellationToken cancellationToken) => throw new NotImplementedException($"{store.Folder}{caller}{region}");
    public Task<KmsAcknowledgement> PutKeyPolicyAsync(KeyIdentifier key, string policy, bool bypassPolicyLockoutSafetyCheck, CancellationToken cancellationToken) => throw new NotImplementedException($"{store.Folder}{caller}{region}");
    public Task<KmsAcknowledgement> EnableKeyRotationAsync(KeyIdentifier key, int rotationPeriodInDays, CancellationToken cancellationToken) => throw new NotImplementedException($"{store.Folder}{caller}{region}");
    public Task<RotationStatus> GetKeyRotationStatusAsync(KeyIdentifier key, CancellationToken cancellationToken) => throw new NotImplementedException($"{store.Folder}{caller}{region}");
    public Task<KmsAcknowledgement> RotateKeyOnDemandAsync(KeyIdentifier key, CancellationToken cancellationToken) => throw new NotImplementedException($"{store.Folder}{caller}{region}");
    public Task<KmsAcknowledgement> EnableKeyAsync(KeyIdentifier key, CancellationToken cancellationToken) => throw new NotImplementedException($"{store.Folder}{caller}{region}");
    public Task<KmsAcknowledgement> DisableKeyAsync(KeyIdentifier key, CancellationToken cancellationToken) => throw new NotImplementedException($"{store.Folder}{caller}{region}");
    public Task<KmsAcknowledgement> ScheduleKeyDeletionAsync(KeyIdentifier key, int pendingWindowInDays, CancellationToken cancellationToken) => throw new NotImplementedException($"{store.Folder}{caller}{region}");
    public Task<KmsAcknowledgement> CancelKeyDeletionAsync(KeyIdentifier key, CancellationToken cancellationToken) => throw new NotImplementedException($"{store.Folder}{caller}{region}");
}
