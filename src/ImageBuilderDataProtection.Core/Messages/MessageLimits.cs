namespace ImageBuilderDataProtection.Messages;

/// <summary>
/// The limits of this module's reader and writer of messages. The format itself allows far more; a message is held in
/// memory whole, because no plaintext leaves before all of it is verified.
/// </summary>
public static class MessageLimits
{
    /// <summary>The most plaintext bytes of a message: 64 MiB, some 4,000 times what Image Builder takes for a workflow document.</summary>
    public const int MaxPlaintextLength = 64 * 1024 * 1024;

    /// <summary>The most bytes of a whole message: 128 MiB, twice the plaintext, which leaves room for frames as small as 32 bytes.</summary>
    public const int MaxMessageLength = 2 * MaxPlaintextLength;

    /// <summary>
    /// The most bytes of a header: 1 MiB. The encryption context takes at most 64 KiB of it, and
    /// <see cref="MaxEncryptedDataKeys"/> keys with the longest ARN (2,048) and ciphertext blob (6,144) of KMS take 512 KiB.
    /// </summary>
    public const int MaxHeaderLength = 1024 * 1024;

    /// <summary>
    /// The most encrypted data keys of a message, unless the caller says otherwise: 64, more than one for each AWS region.
    /// A header is not authenticated before a data key is recovered, so that without a limit a forged one could cause
    /// 65,535 calls of KMS (client-apis/client.md, "Maximum Number Of Encrypted Data Keys").
    /// </summary>
    public const int MaxEncryptedDataKeys = 64;

    /// <summary>The most plaintext bytes of a frame when writing: 64 MiB, so all of the longest plaintext. Reading takes all that the format allows, 2^32 - 1.</summary>
    public const int MaxFrameLength = MaxPlaintextLength;

    /// <summary>The most bytes of the serialized encryption context: 65,535, what its two-byte length can say.</summary>
    public const int MaxEncryptionContextLength = ushort.MaxValue;
}
