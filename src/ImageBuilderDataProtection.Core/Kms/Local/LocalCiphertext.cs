using System.Buffers;
using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;

namespace ImageBuilderDataProtection.Kms.Local;

/// <summary>
/// The ciphertext blobs of the local KMS: AES-256-GCM under one key material, with the key ARN and the encryption context as
/// additional data. The form, version 1, all integers big-endian:
/// <code>
/// magic "IBLK" (4) | version (1) | key id (16) | key material id (32) | nonce (12) | ciphertext | tag (16)
/// </code>
/// The additional data is everything before the nonce, then the length and UTF-8 of the key ARN, the number of pairs, and the
/// length and UTF-8 of each name and value, in the order of <see cref="EncryptionContext"/>: no two contexts are written alike.
/// </summary>
internal static class LocalCiphertext
{
    /// <summary>The bytes of a key material.</summary>
    public const int KeyMaterialLength = 32;

    private const byte Version = 1;
    private const int KeyIdOffset = 5;
    private const int MaterialIdOffset = KeyIdOffset + 16;
    private const int MaterialIdLength = 32;
    private const int HeaderLength = MaterialIdOffset + MaterialIdLength;
    private const int NonceLength = 12;
    private const int TagLength = 16;

    private static ReadOnlySpan<byte> Magic => "IBLK"u8;

    /// <summary>Encrypts.</summary>
    public static byte[] Seal(KeyArn key, string materialId, ReadOnlySpan<byte> material, ReadOnlySpan<byte> plaintext, EncryptionContext context)
    {
        byte[] blob = new byte[HeaderLength + NonceLength + plaintext.Length + TagLength];
        Magic.CopyTo(blob);
        blob[Magic.Length] = Version;
        Guid.Parse(key.KeyId).TryWriteBytes(blob.AsSpan(KeyIdOffset), bigEndian: true, out _);
        Convert.FromHexString(materialId).CopyTo(blob, MaterialIdOffset);
        Span<byte> nonce = blob.AsSpan(HeaderLength, NonceLength);
        RandomNumberGenerator.Fill(nonce);
        using var aes = new AesGcm(material, TagLength);
        aes.Encrypt(
            nonce,
            plaintext,
            blob.AsSpan(HeaderLength + NonceLength, plaintext.Length),
            blob.AsSpan(blob.Length - TagLength),
            AdditionalData(blob.AsSpan(0, HeaderLength), key, context));
        return blob;
    }

    /// <summary>Reads which key and key material a blob names, or answers false for what is no blob of ours.</summary>
    public static bool TryReadHeader(ReadOnlySpan<byte> blob, [NotNullWhen(true)] out string? keyId, [NotNullWhen(true)] out string? materialId)
    {
        bool isBlob = blob.Length >= HeaderLength + NonceLength + TagLength && blob.StartsWith(Magic) && blob[Magic.Length] == Version;
        keyId = isBlob ? new Guid(blob[KeyIdOffset..MaterialIdOffset], bigEndian: true).ToString() : null;
        materialId = isBlob ? Convert.ToHexString(blob[MaterialIdOffset..HeaderLength]).ToLowerInvariant() : null;
        return isBlob;
    }

    /// <summary>Decrypts, or answers null when the blob is damaged or the context is another.</summary>
    public static byte[]? Open(KeyArn key, ReadOnlySpan<byte> material, ReadOnlySpan<byte> blob, EncryptionContext context)
    {
        ReadOnlySpan<byte> sealedBytes = blob[(HeaderLength + NonceLength)..];
        byte[] plaintext = new byte[sealedBytes.Length - TagLength];
        using var aes = new AesGcm(material, TagLength);
        try
        {
            aes.Decrypt(
                blob.Slice(HeaderLength, NonceLength),
                sealedBytes[..^TagLength],
                sealedBytes[^TagLength..],
                plaintext,
                AdditionalData(blob[..HeaderLength], key, context));
            return plaintext;
        }
        catch (AuthenticationTagMismatchException)
        {
            return null;
        }
    }

    private static ReadOnlySpan<byte> AdditionalData(ReadOnlySpan<byte> header, KeyArn key, EncryptionContext context)
    {
        var data = new ArrayBufferWriter<byte>(512);
        data.Write(header);
        WriteText(data, key.Value);
        WriteLength(data, context.Count);
        foreach ((string name, string value) in context)
        {
            WriteText(data, name);
            WriteText(data, value);
        }

        return data.WrittenSpan;
    }

    private static void WriteText(ArrayBufferWriter<byte> data, string text)
    {
        WriteLength(data, Encoding.UTF8.GetByteCount(text));
        Encoding.UTF8.GetBytes(text, data);
    }

    private static void WriteLength(ArrayBufferWriter<byte> data, int length)
    {
        BinaryPrimitives.WriteInt32BigEndian(data.GetSpan(sizeof(int)), length);
        data.Advance(sizeof(int));
    }
}
