namespace ImageBuilderDataProtection.Messages;

/// <summary>
/// Which messages may be written and opened with regard to key commitment (framework/commitment-policy.md). Without key
/// commitment a crafted message can open to different plaintexts under different data keys.
/// </summary>
public enum CommitmentPolicy
{
    /// <summary>Writes only suites without key commitment, opens all; for readers that predate key commitment.</summary>
    ForbidEncryptAllowDecrypt,

    /// <summary>Writes only committing suites, opens all; for reading old messages.</summary>
    RequireEncryptAllowDecrypt,

    /// <summary>Writes and opens only committing suites; the default.</summary>
    RequireEncryptRequireDecrypt,
}
