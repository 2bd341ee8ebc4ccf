using ImageBuilderDataProtection.Kms;

namespace ImageBuilderDataProtection.Messages;

/// <summary>
/// Makes the data key of a new message and recovers that of an existing one (framework/keyring-interface.md). The seam
/// between the message format and whatever holds the wrapping keys.
/// </summary>
public interface IKeyring
{
    /// <summary>Makes a data key for a new message (OnEncrypt).</summary>
    /// <param name="suite">The message's suite; it says how long the data key is.</param>
    /// <param name="context">The whole encryption context, with the public key of a signed message; each encrypted data key is bound to it.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <exception cref="DataProtectionException">The data key could not be made or wrapped.</exception>
    Task<WrappedDataKey> GenerateDataKeyAsync(AlgorithmSuite suite, EncryptionContext context, CancellationToken cancellationToken);

    /// <summary>Recovers the data key of a message (OnDecrypt).</summary>
    /// <param name="suite">The message's suite; it says how long the data key is.</param>
    /// <param name="context">The whole encryption context, with the public key of a signed message.</param>
    /// <param name="encryptedDataKeys">What the message's header holds; not authenticated yet.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <returns>The data key; the caller zeroes it after use.</returns>
    /// <exception cref="DataProtectionException">None of the encrypted data keys could be opened.</exception>
    Task<byte[]> RecoverDataKeyAsync(
        AlgorithmSuite suite,
        EncryptionContext context,
        IReadOnlyList<EncryptedDataKey> encryptedDataKeys,
        CancellationToken cancellationToken);
}
