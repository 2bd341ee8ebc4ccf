using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using ImageBuilderDataProtection.Kms;
using ImageBuilderDataProtection.Messages;

namespace ImageBuilderDataProtection.Tests.Messages;

/// <summary>A keyring with an AES wrapping key in memory (framework/raw-aes-keyring.md).</summary>
internal sealed class RawAesKeyring(string keyNamespace, string keyName, byte[] wrappingKey) : IKeyring
{
    private const int IvLength = 12;
    private const int TagLength = 16;

    public static RawAesKeyring Sample { get; } = new("tests", "aes-256", [.. Enumerable.Range(0, 32).Select(static i => (byte)i)]);

    public Task<WrappedDataKey> GenerateDataKeyAsync(AlgorithmSuite suite, EncryptionContext context, CancellationToken cancellationToken)
    {
        byte[] dataKey = RandomNumberGenerator.GetBytes(suite.DataKeyLength);
        return Task.FromResult(new WrappedDataKey(dataKey, [Wrap(dataKey, context)]));
    }

    public Task<byte[]> RecoverDataKeyAsync(
        AlgorithmSuite suite, EncryptionContext context, IReadOnlyList<EncryptedDataKey> encryptedDataKeys, CancellationToken cancellationToken)
    {
        byte[] aad = Serialize(context);
        foreach (EncryptedDataKey encrypted in encryptedDataKeys.Where(IsOurs))
        {
            byte[] dataKey = new byte[encrypted.Ciphertext.Length - TagLength];
            using var aes = new AesGcm(wrappingKey, TagLength);
            try
            {
                aes.Decrypt(
                    encrypted.ProviderInfo.Span[^IvLength..],
                    encrypted.Ciphertext.Span[..^TagLength],
                    encrypted.Ciphertext.Span[^TagLength..],
                    dataKey,
                    aad);
                return Task.FromResult(dataKey);
            }
            catch (AuthenticationTagMismatchException)
            {
                // The next one may open.
            }
        }

        throw new DataProtectionException("RawKeyRefused", FailureKind.SecurityViolation, "The raw key opens none of the encrypted data keys.");
    }

    /// <summary>The context as the specification serialises it, written apart from the code under test.</summary>
    internal static byte[] Serialize(IEnumerable<KeyValuePair<string, string>> context)
    {
        var pairs = context.Select(static pair => (Key: Encoding.UTF8.GetBytes(pair.Key), Value: Encoding.UTF8.GetBytes(pair.Value)))
            .OrderBy(static pair => Convert.ToHexString(pair.Key), StringComparer.Ordinal)
            .ToList();
        return pairs.Count == 0
            ? []
            : [.. Short(pairs.Count), .. pairs.SelectMany(static pair => (byte[])[.. Short(pair.Key.Length), .. pair.Key, .. Short(pair.Value.Length), .. pair.Value])];
    }

    private static byte[] Short(int value)
    {
        byte[] bytes = new byte[2];
        BinaryPrimitives.WriteUInt16BigEndian(bytes, (ushort)value);
        return bytes;
    }

    private byte[] InfoPrefix => [.. Encoding.UTF8.GetBytes(keyName), 0, 0, 0, TagLength * 8, 0, 0, 0, IvLength];

    private EncryptedDataKey Wrap(byte[] dataKey, EncryptionContext context)
    {
        byte[] iv = RandomNumberGenerator.GetBytes(IvLength);
        byte[] ciphertext = new byte[dataKey.Length + TagLength];
        using var aes = new AesGcm(wrappingKey, TagLength);
        aes.Encrypt(iv, dataKey, ciphertext.AsSpan(0, dataKey.Length), ciphertext.AsSpan(dataKey.Length), Serialize(context));
        return new EncryptedDataKey(keyNamespace, (byte[])[.. InfoPrefix, .. iv], ciphertext);
    }

    private bool IsOurs(EncryptedDataKey key) =>
        key.ProviderId == keyNamespace
        && key.Ciphertext.Length >= TagLength
        && key.ProviderInfo.Length == InfoPrefix.Length + IvLength
        && key.ProviderInfo.Span.StartsWith(InfoPrefix);
}
