using ImageBuilderDataProtection.Kms;

namespace ImageBuilderDataProtection.Messages;

/// <summary>How a message is opened.</summary>
public sealed record DecryptOptions
{
    /// <summary>Which suites may be opened.</summary>
    public CommitmentPolicy CommitmentPolicy { get; init; } = CommitmentPolicy.RequireEncryptRequireDecrypt;

    /// <summary>
    /// What the caller knows of the encryption context. Pairs the message stores must be equal to these; pairs it does not
    /// store are authenticated together with its header (framework/required-encryption-context-cmm.md).
    /// </summary>
    public EncryptionContext ReproducedEncryptionContext { get; init; } = EncryptionContext.Empty;

    /// <summary>The most encrypted data keys the message may have, 1 to 65,535; the latter lifts the limit.</summary>
    public int MaxEncryptedDataKeys { get; init; } = MessageLimits.MaxEncryptedDataKeys;
}
