using System.Buffers.Binary;
using System.Security.Cryptography;

namespace ImageBuilderDataProtection.Messages;

/// <summary>Derives the key that encrypts a message, and the commit key, from the data key (framework/transitive-requirements.md, "HKDF").</summary>
internal static class KeyDerivation
{
    public const int CommitKeyLength = 32;

    private const int LongestHash = 64;

    /// <summary>Derives both keys.</summary>
    /// <param name="suite">The suite.</param>
    /// <param name="dataKey">The data key.</param>
    /// <param name="messageId">The message id, which makes the derived keys those of one message.</param>
    /// <param name="encryptionKey">Takes the encryption key; as long as the data key.</param>
    /// <param name="commitKey">Takes the commit key; empty when the suite does not commit.</param>
    public static void Derive(
        AlgorithmSuite suite, ReadOnlySpan<byte> dataKey, ReadOnlySpan<byte> messageId, Span<byte> encryptionKey, Span<byte> commitKey)
    {
        if (suite.KdfHash is not { } hash)
        {
            dataKey.CopyTo(encryptionKey);
        }
        else if (suite.IsCommitting)
        {
            DeriveCommitting(suite, hash, dataKey, messageId, encryptionKey, commitKey);
        }
        else
        {
            Span<byte> info = stackalloc byte[sizeof(ushort) + messageId.Length];
            BinaryPrimitives.WriteUInt16BigEndian(info, suite.Id);
            messageId.CopyTo(info[sizeof(ushort)..]);
            HKDF.DeriveKey(hash, dataKey, encryptionKey, salt: [], info);
        }
    }

    private static void DeriveCommitting(
        AlgorithmSuite suite,
        HashAlgorithmName hash,
        ReadOnlySpan<byte> dataKey,
        ReadOnlySpan<byte> messageId,
        Span<byte> encryptionKey,
        Span<byte> commitKey)
    {
        ReadOnlySpan<byte> label = "DERIVEKEY"u8;
        Span<byte> info = stackalloc byte[sizeof(ushort) + label.Length];
        BinaryPrimitives.WriteUInt16BigEndian(info, suite.Id);
        label.CopyTo(info[sizeof(ushort)..]);

        Span<byte> buffer = stackalloc byte[LongestHash];
        Span<byte> pseudorandomKey = buffer[..HKDF.Extract(hash, dataKey, messageId, buffer)];
        HKDF.Expand(hash, pseudorandomKey, encryptionKey, info);
        HKDF.Expand(hash, pseudorandomKey, commitKey, "COMMITKEY"u8);
        CryptographicOperations.ZeroMemory(buffer);
    }
}
