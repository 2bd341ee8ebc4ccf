using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using ImageBuilderDataProtection.Audit;
using ImageBuilderDataProtection.Kms;

namespace ImageBuilderDataProtection.Tests.Messages;

/// <summary>The three calls a keyring makes, on keys in memory, with an audit event for each call.</summary>
internal sealed class FakeKms : IKms
{
    private readonly Dictionary<string, (KeyArn Key, byte[] Plaintext, EncryptionContext Context)> _ciphertexts = [];

    /// <summary>The caller's region.</summary>
    public string Region { get; set; } = "us-west-2";

    /// <summary>Which key each identifier means.</summary>
    public Dictionary<string, KeyArn> Names { get; } = [];

    /// <summary>The keys that refuse, with the error's name.</summary>
    public Dictionary<KeyArn, string> Refusals { get; } = [];

    /// <summary>When set, what Decrypt says the key was.</summary>
    public KeyArn? AnsweredInstead { get; set; }

    /// <summary>The length of the data keys; KMS makes them of 32 bytes as asked.</summary>
    public int DataKeyLength { get; set; } = 32;

    /// <summary>The calls, as <c>Decrypt alias/x</c>.</summary>
    public List<string> Calls { get; } = [];

    /// <summary>The audit events of the calls.</summary>
    public List<KmsAuditEvent> Events { get; } = [];

    /// <summary>The plaintext data keys handed out.</summary>
    public List<byte[]> HandedOut { get; } = [];

    public KeyArn AddKey(string region, char id, string account = "111122223333", string partition = "aws")
    {
        var arn = KeyArn.Create(partition, region, account, $"1234abcd-12ab-34cd-56ef-12345678900{id}");
        Names[arn.Value] = arn;
        Names[arn.KeyId] = arn;
        return arn;
    }

    public Task<GeneratedDataKey> GenerateDataKeyAsync(KeyIdentifier key, EncryptionContext context, CancellationToken cancellationToken)
    {
        (KeyArn arn, KmsAuditEvent audit) = Call("GenerateDataKey", key, cancellationToken);
        byte[] dataKey = HandOut(RandomNumberGenerator.GetBytes(DataKeyLength));
        return Task.FromResult(new GeneratedDataKey(arn, dataKey, Seal(arn, dataKey, context), "request", audit));
    }

    public Task<EncryptedData> EncryptAsync(KeyIdentifier key, ReadOnlyMemory<byte> plaintext, EncryptionContext context, CancellationToken cancellationToken)
    {
        (KeyArn arn, KmsAuditEvent audit) = Call("Encrypt", key, cancellationToken);
        return Task.FromResult(new EncryptedData(arn, Seal(arn, plaintext.ToArray(), context), "request", audit));
    }

    public Task<DecryptedData> DecryptAsync(KeyIdentifier key, ReadOnlyMemory<byte> ciphertextBlob, EncryptionContext context, CancellationToken cancellationToken)
    {
        (KeyArn arn, KmsAuditEvent audit) = Call("Decrypt", key, cancellationToken);
        (KeyArn sealedBy, byte[] plaintext, EncryptionContext sealedWith) = _ciphertexts[Convert.ToHexString(ciphertextBlob.Span)];
        if (!sealedBy.IsRelatedTo(arn) && AnsweredInstead is null)
        {
            throw new KmsException("IncorrectKeyException", "The key ID in the request does not identify a CMK that can perform this operation.", "request", audit);
        }

        return sealedWith.Equals(context)
            ? Task.FromResult(new DecryptedData(AnsweredInstead ?? arn, HandOut(plaintext.ToArray()), "request", audit))
            : throw new KmsException("InvalidCiphertextException", "", "request", audit);
    }

    private (KeyArn Arn, KmsAuditEvent Audit) Call(string operation, KeyIdentifier key, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        Calls.Add($"{operation} {key}");

        // Only which event it is matters here, not what it says.
        var audit = (KmsAuditEvent)RuntimeHelpers.GetUninitializedObject(typeof(KmsAuditEvent));
        Events.Add(audit);
        if (!Names.TryGetValue(key.Value, out KeyArn? arn))
        {
            throw new KmsException("NotFoundException", $"{key} is not found.", "request", audit);
        }

        return Refusals.TryGetValue(arn, out string? error)
            ? throw new KmsException(error, $"{arn} refuses.", "request", audit)
            : (arn, audit);
    }

    private byte[] Seal(KeyArn arn, byte[] plaintext, EncryptionContext context)
    {
        byte[] blob = RandomNumberGenerator.GetBytes(40);
        _ciphertexts[Convert.ToHexString(blob)] = (arn, plaintext.ToArray(), context);
        return blob;
    }

    private byte[] HandOut(byte[] plaintext)
    {
        HandedOut.Add(plaintext);
        return plaintext;
    }

    public Task<EncryptedData> ReEncryptAsync(
        KeyIdentifier sourceKey,
        ReadOnlyMemory<byte> ciphertextBlob,
        EncryptionContext sourceContext,
        KeyIdentifier destinationKey,
        EncryptionContext destinationContext,
        CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<DescribedKey> CreateKeyAsync(string? policy, string? description, bool bypassPolicyLockoutSafetyCheck, CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    public Task<DescribedKey> DescribeKeyAsync(KeyIdentifier key, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<KmsAcknowledgement> CreateAliasAsync(string aliasName, KeyIdentifier targetKey, CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    public Task<KmsAcknowledgement> DeleteAliasAsync(string aliasName, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<ListedAliases> ListAliasesAsync(KeyIdentifier key, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<ReadKeyPolicy> GetKeyPolicyAsync(KeyIdentifier key, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<KmsAcknowledgement> PutKeyPolicyAsync(KeyIdentifier key, string policy, bool bypassPolicyLockoutSafetyCheck, CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    public Task<KmsAcknowledgement> EnableKeyRotationAsync(KeyIdentifier key, int rotationPeriodInDays, CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    public Task<RotationStatus> GetKeyRotationStatusAsync(KeyIdentifier key, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<KmsAcknowledgement> RotateKeyOnDemandAsync(KeyIdentifier key, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<KmsAcknowledgement> EnableKeyAsync(KeyIdentifier key, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<KmsAcknowledgement> DisableKeyAsync(KeyIdentifier key, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<KmsAcknowledgement> ScheduleKeyDeletionAsync(KeyIdentifier key, int pendingWindowInDays, CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    public Task<KmsAcknowledgement> CancelKeyDeletionAsync(KeyIdentifier key, CancellationToken cancellationToken) => throw new NotSupportedException();
}
