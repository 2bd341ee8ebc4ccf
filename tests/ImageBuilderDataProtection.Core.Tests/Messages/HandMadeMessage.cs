using System.Buffers.Binary;
using System.Security.Cryptography;
using ImageBuilderDataProtection.Messages;

namespace ImageBuilderDataProtection.Tests.Messages;

/// <summary>
/// A second writer of messages, made straight from the specification with other means than the one under test (the HKDF
/// class, the platform's ECDSA), to compare with and to write what ours never does: one block, an empty final frame, IVs
/// that are no counter, pairs that are authenticated but not stored.
/// </summary>
internal sealed class HandMadeMessage
{
    private const uint EndMark = 0xFFFFFFFF;

    public required AlgorithmSuite Suite { get; init; }

    public required byte[] DataKey { get; init; }

    public byte[]? MessageId { get; init; }

    public byte[] Plaintext { get; init; } = [];

    public IReadOnlyDictionary<string, string> StoredContext { get; init; } = new Dictionary<string, string>();

    public IReadOnlyDictionary<string, string> UnstoredContext { get; init; } = new Dictionary<string, string>();

    /// <summary>0 for a body of one block.</summary>
    public int FrameLength { get; init; } = 4096;

    public bool EndsWithEmptyFrame { get; init; }

    /// <summary>What is added to every IV, as old writers had IVs of their own choice.</summary>
    public byte IvOffset { get; init; }

    /// <summary>Header and body, without a footer.</summary>
    public byte[] WriteUnsigned()
    {
        byte[] messageId = MessageId ?? RandomNumberGenerator.GetBytes(Suite.IsCommitting ? 32 : 16);
        byte[] dataKey = DataKey[..Suite.DataKeyLength];
        (byte[] encryptionKey, byte[] commitKey) = Derive(dataKey, messageId);
        byte[] context = RawAesKeyring.Serialize(StoredContext);
        EncryptedDataKey wrapped = FixedKeyring.EncryptedDataKey;
        byte[] providerId = MessageSamples.Utf8(wrapped.ProviderId);
        byte[] body =
        [
            .. Suite.IsCommitting ? (byte[])[0x02] : [0x01, 0x80],
            .. UInt16(Suite.Id),
            .. messageId,
            .. UInt16(context.Length),
            .. context,
            .. UInt16(1),
            .. UInt16(providerId.Length),
            .. providerId,
            .. UInt16(wrapped.ProviderInfo.Length),
            .. wrapped.ProviderInfo.ToArray(),
            .. UInt16(wrapped.Ciphertext.Length),
            .. wrapped.Ciphertext.ToArray(),
            FrameLength == 0 ? (byte)1 : (byte)2,
            .. Suite.IsCommitting ? (byte[])[] : [0, 0, 0, 0, 12],
            .. UInt32((uint)FrameLength),
            .. commitKey,
        ];
        using var aes = new AesGcm(encryptionKey, 16);
        byte[] headerIv = Suite.IsCommitting ? new byte[12] : Iv(0);
        (_, byte[] headerTag) = Encrypt(aes, headerIv, [], [.. body, .. RawAesKeyring.Serialize(UnstoredContext)]);
        return
        [
            .. body,
            .. Suite.IsCommitting ? (byte[])[] : headerIv,
            .. headerTag,
            .. FrameLength == 0 ? WriteBlock(aes, messageId) : WriteFrames(aes, messageId),
        ];
    }

    /// <summary>The whole message; the caller has put the public key of <paramref name="signingKey"/> into the context.</summary>
    public byte[] WriteSigned(ECDsa signingKey)
    {
        byte[] signed = WriteUnsigned();
        byte[] signature = signingKey.SignData(
            signed, Suite.SigningCurve == SigningCurve.P256 ? HashAlgorithmName.SHA256 : HashAlgorithmName.SHA384, DSASignatureFormat.Rfc3279DerSequence);
        return [.. signed, .. UInt16(signature.Length), .. signature];
    }

    /// <summary>The compressed point in base64 (SEC 1, section 2.3.3).</summary>
    public static string PublicKeyOf(ECDsa key)
    {
        ECPoint point = key.ExportParameters(includePrivateParameters: false).Q;
        return Convert.ToBase64String([(byte)(2 + (point.Y![^1] & 1)), .. point.X!]);
    }

    private (byte[] EncryptionKey, byte[] CommitKey) Derive(byte[] dataKey, byte[] messageId)
    {
        if (Suite.KdfHash is not { } hash)
        {
            return (dataKey, []);
        }

        return Suite.IsCommitting
            ? (HKDF.DeriveKey(hash, dataKey, 32, messageId, [.. UInt16(Suite.Id), .. "DERIVEKEY"u8]), HKDF.DeriveKey(hash, dataKey, 32, messageId, "COMMITKEY"u8.ToArray()))
            : (HKDF.DeriveKey(hash, dataKey, dataKey.Length, null, [.. UInt16(Suite.Id), .. messageId]), []);
    }

    private byte[] WriteBlock(AesGcm aes, byte[] messageId)
    {
        byte[] aad = [.. messageId, .. "AWSKMSEncryptionClient Single Block"u8, .. UInt32(1), .. UInt64((ulong)Plaintext.Length)];
        (byte[] ciphertext, byte[] tag) = Encrypt(aes, Iv(1), Plaintext, aad);
        return [.. Iv(1), .. UInt64((ulong)Plaintext.Length), .. ciphertext, .. tag];
    }

    private byte[] WriteFrames(AesGcm aes, byte[] messageId)
    {
        List<byte[]> contents = [.. Plaintext.Chunk(FrameLength)];
        if (contents.Count == 0 || EndsWithEmptyFrame)
        {
            contents.Add([]);
        }

        using var body = new MemoryStream();
        for (int i = 0; i < contents.Count; i++)
        {
            uint number = (uint)i + 1;
            bool isFinal = i == contents.Count - 1;
            byte[] content = contents[i];
            byte[] kind = isFinal ? "AWSKMSEncryptionClient Final Frame"u8.ToArray() : "AWSKMSEncryptionClient Frame"u8.ToArray();
            (byte[] ciphertext, byte[] tag) = Encrypt(aes, Iv(number), content, [.. messageId, .. kind, .. UInt32(number), .. UInt64((ulong)content.Length)]);
            body.Write(isFinal ? [.. UInt32(EndMark), .. UInt32(number)] : UInt32(number));
            body.Write(Iv(number));
            body.Write(isFinal ? UInt32((uint)content.Length) : []);
            body.Write(ciphertext);
            body.Write(tag);
        }

        return body.ToArray();
    }

    private byte[] Iv(uint number) => [IvOffset, 0, 0, 0, 0, 0, 0, 0, .. UInt32(number)];

    private static (byte[] Ciphertext, byte[] Tag) Encrypt(AesGcm aes, byte[] iv, byte[] plaintext, byte[] aad)
    {
        byte[] ciphertext = new byte[plaintext.Length];
        byte[] tag = new byte[16];
        aes.Encrypt(iv, plaintext, ciphertext, tag, aad);
        return (ciphertext, tag);
    }

    private static byte[] UInt16(int value)
    {
        byte[] bytes = new byte[2];
        BinaryPrimitives.WriteUInt16BigEndian(bytes, (ushort)value);
        return bytes;
    }

    private static byte[] UInt32(uint value)
    {
        byte[] bytes = new byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, value);
        return bytes;
    }

    private static byte[] UInt64(ulong value)
    {
        byte[] bytes = new byte[8];
        BinaryPrimitives.WriteUInt64BigEndian(bytes, value);
        return bytes;
    }
}
