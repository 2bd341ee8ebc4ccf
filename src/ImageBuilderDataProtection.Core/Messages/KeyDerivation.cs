using System.Buffers.Binary;
using System.Security.Cryptography;

namespace ImageBuilderDataProtection.Messages;

/// <summary>Derives the key that encrypts a message, and the commit key, from the data key (framework/transitive-requirements.md, "HKDF").</summary>
internal static class KeyDerivation
{
    private const int LongestHash = 64;

    // 0x0578 || "DERIVEKEY" is the longest of version 2, suite || message id that of version 1; then the counter.
    private const int LongestInfo = sizeof(ushort) + 16 + 1;

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
            return;
        }

        Span<byte> suiteId = stackalloc byte[sizeof(ushort)];
        BinaryPrimitives.WriteUInt16BigEndian(suiteId, suite.Id);
        Span<byte> buffer = stackalloc byte[LongestHash];

        // Extract. Without a salt HMAC's key is a hash of zeros, which is the same as an empty one.
        Span<byte> pseudorandomKey = buffer[..Hmac(hash, suite.IsCommitting ? messageId : [], dataKey, buffer)];
        if (suite.IsCommitting)
        {
            Expand(hash, pseudorandomKey, suiteId, "DERIVEKEY"u8, encryptionKey);
            Expand(hash, pseudorandomKey, "COMMITKEY"u8, [], commitKey);
        }
        else
        {
            Expand(hash, pseudorandomKey, suiteId, messageId, encryptionKey);
        }

        CryptographicOperations.ZeroMemory(buffer);
    }

    // RFC 5869, section 2.3. No key is longer than the hash, so that expanding is one HMAC over the info and the counter 1;
    // the one-shot HMAC takes less time than the HKDF class, where a small message spends most of its time.
    private static void Expand(
        HashAlgorithmName hash, ReadOnlySpan<byte> pseudorandomKey, ReadOnlySpan<byte> info, ReadOnlySpan<byte> moreInfo, Span<byte> output)
    {
        Span<byte> input = stackalloc byte[LongestInfo];
        info.CopyTo(input);
        moreInfo.CopyTo(input[info.Length..]);
        int length = info.Length + moreInfo.Length;
        input[length] = 1;

        Span<byte> block = stackalloc byte[LongestHash];
        _ = Hmac(hash, pseudorandomKey, input[..(length + 1)], block);
        block[..output.Length].CopyTo(output);
        CryptographicOperations.ZeroMemory(block);
    }

    private static int Hmac(HashAlgorithmName hash, ReadOnlySpan<byte> key, ReadOnlySpan<byte> source, Span<byte> destination) =>
        hash == HashAlgorithmName.SHA512 ? HMACSHA512.HashData(key, source, destination)
        : hash == HashAlgorithmName.SHA384 ? HMACSHA384.HashData(key, source, destination)
        : HMACSHA256.HashData(key, source, destination);
}
