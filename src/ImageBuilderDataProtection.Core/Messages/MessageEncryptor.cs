using System.Buffers;
using System.Buffers.Binary;
using System.Security.Cryptography;
using ImageBuilderDataProtection.Kms;

namespace ImageBuilderDataProtection.Messages;

/// <summary>Writes messages (client-apis/encrypt.md).</summary>
public static class MessageEncryptor
{
    /// <summary>What a regular frame has beside its content: sequence number, IV, tag.</summary>
    internal const int RegularFrameOverhead = sizeof(uint) + AlgorithmSuite.IvLength + AlgorithmSuite.TagLength;

    /// <summary>What the final frame has beside its content: end mark, sequence number, IV, length, tag.</summary>
    internal const int FinalFrameOverhead = (2 * sizeof(uint)) + AlgorithmSuite.IvLength + sizeof(uint) + AlgorithmSuite.TagLength;

    internal const uint SequenceNumberEnd = 0xFFFFFFFF;

    /// <summary>Encrypts a plaintext.</summary>
    /// <param name="plaintext">The plaintext, at most <see cref="MessageLimits.MaxPlaintextLength"/> bytes.</param>
    /// <param name="context">The encryption context, without keys that start with <c>aws-crypto-</c>.</param>
    /// <param name="keyring">Makes the data key.</param>
    /// <param name="options">Suite and frame length.</param>
    /// <param name="cancellationToken">Cancels the keyring's work.</param>
    /// <returns>The message.</returns>
    /// <exception cref="DataProtectionException">
    /// <c>InvalidEncryptionContext</c>, <c>InvalidFrameLength</c>, <c>CommitmentPolicyRefused</c>, <c>MessageLimitExceeded</c>,
    /// or the keyring's failure.
    /// </exception>
    public static async Task<byte[]> EncryptAsync(
        ReadOnlyMemory<byte> plaintext, EncryptionContext context, IKeyring keyring, MessageOptions options, CancellationToken cancellationToken)
    {
        var message = new ExactArrayWriter();
        await EncryptAsync(plaintext, context, keyring, options, message, cancellationToken);
        return message.Array;
    }

    /// <summary>
    /// Encrypts a plaintext into a buffer of the caller's, which a caller of many large messages can use again; new memory
    /// for each takes a fifth of the time of a message of 1 MiB.
    /// </summary>
    /// <param name="plaintext">The plaintext, at most <see cref="MessageLimits.MaxPlaintextLength"/> bytes.</param>
    /// <param name="context">The encryption context, without keys that start with <c>aws-crypto-</c>.</param>
    /// <param name="keyring">Makes the data key.</param>
    /// <param name="options">Suite and frame length.</param>
    /// <param name="destination">Takes the message, all at once and only when it is whole; it must not overlap the plaintext.</param>
    /// <param name="cancellationToken">Cancels the keyring's work.</param>
    /// <exception cref="DataProtectionException">As for the other overload.</exception>
    public static async Task EncryptAsync(
        ReadOnlyMemory<byte> plaintext,
        EncryptionContext context,
        IKeyring keyring,
        MessageOptions options,
        IBufferWriter<byte> destination,
        CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(destination);
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(keyring);
        ArgumentNullException.ThrowIfNull(options);
        AlgorithmSuite suite = options.Suite;
        RequireAllowed(plaintext.Length, context, options);

        MessageSigningKey? signingKey = suite.SigningCurve is { } curve ? MessageSigningKey.Generate(curve) : null;
        EncryptionContext fullContext = signingKey is null ? context : context.With(EncryptionContext.PublicKeyKey, signingKey.PublicKey);
        _ = ContextSerializer.GetLength(fullContext);

        WrappedDataKey dataKey = await keyring.GenerateDataKeyAsync(suite, fullContext, cancellationToken);
        try
        {
            RequireUsable(dataKey, suite);
            Seal(plaintext.Span, fullContext, dataKey, signingKey, options, destination);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(dataKey.Plaintext);
        }
    }

    private static void Seal(
        ReadOnlySpan<byte> plaintext,
        EncryptionContext context,
        WrappedDataKey dataKey,
        MessageSigningKey? signingKey,
        MessageOptions options,
        IBufferWriter<byte> destination)
    {
        AlgorithmSuite suite = options.Suite;
        var header = new HeaderWriter(suite, context, dataKey.EncryptedDataKeys, options.FrameLength);
        int signatureLength = signingKey?.SignatureLength ?? 0;
        int footerLength = signingKey is null ? 0 : sizeof(ushort) + signatureLength;
        int length = GetMessageLength(header.BodyLength + suite.HeaderAuthenticationLength, plaintext.Length, options.FrameLength, footerLength);
        Span<byte> message = destination.GetSpan(length)[..length];
        var writer = new MessageWriter(message);

        Span<byte> messageId = stackalloc byte[suite.MessageIdLength];
        RandomNumberGenerator.Fill(messageId);
        Span<byte> encryptionKey = stackalloc byte[suite.DataKeyLength];
        Span<byte> commitKey = stackalloc byte[suite.SuiteDataLength];
        try
        {
            KeyDerivation.Derive(suite, dataKey.Plaintext, messageId, encryptionKey, commitKey);
            header.Write(ref writer, messageId, commitKey);
            using var aes = new AesGcm(encryptionKey, AlgorithmSuite.TagLength);
            WriteHeaderAuthentication(aes, suite, message[..writer.Position], ref writer);
            WriteFrames(aes, plaintext, options.FrameLength, messageId, ref writer);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(encryptionKey);
        }

        if (signingKey is not null)
        {
            ReadOnlySpan<byte> signed = message[..writer.Position];
            writer.WriteUInt16((ushort)signatureLength);
            signingKey.Sign(signed, writer.Take(signatureLength));
        }

        destination.Advance(length);
    }

    // client-apis/encrypt.md, "Construct the header": an empty plaintext under IV 0, the header body as additional data.
    private static void WriteHeaderAuthentication(AesGcm aes, AlgorithmSuite suite, ReadOnlySpan<byte> headerBody, ref MessageWriter writer)
    {
        Span<byte> iv = stackalloc byte[AlgorithmSuite.IvLength];
        iv.Clear();
        if (suite.MessageVersion == 1)
        {
            writer.Write(iv);
        }

        aes.Encrypt(iv, [], [], writer.Take(AlgorithmSuite.TagLength), headerBody);
    }

    // data-format/message-body.md, "Framed Data". A plaintext that is a multiple of the frame length ends in a full final
    // frame, as the specification says a writer should.
    private static void WriteFrames(AesGcm aes, ReadOnlySpan<byte> plaintext, int frameLength, scoped ReadOnlySpan<byte> messageId, ref MessageWriter writer)
    {
        Span<byte> aadBuffer = stackalloc byte[BodyAad.MaxLength];
        var aad = BodyAad.RegularFrame(aadBuffer, messageId);
        uint sequenceNumber = 1;
        for (; plaintext.Length > frameLength; sequenceNumber++)
        {
            writer.WriteUInt32(sequenceNumber);
            WriteContent(aes, plaintext[..frameLength], writeLength: false, sequenceNumber, aad, ref writer);
            plaintext = plaintext[frameLength..];
        }

        writer.WriteUInt32(SequenceNumberEnd);
        writer.WriteUInt32(sequenceNumber);
        WriteContent(aes, plaintext, writeLength: true, sequenceNumber, BodyAad.FinalFrame(aadBuffer, messageId), ref writer);
    }

    private static void WriteContent(
        AesGcm aes, ReadOnlySpan<byte> content, bool writeLength, uint sequenceNumber, scoped BodyAad aad, ref MessageWriter writer)
    {
        // The IV is the sequence number, which no other frame has, nor the header (0).
        Span<byte> iv = writer.Take(AlgorithmSuite.IvLength);
        iv.Clear();
        BinaryPrimitives.WriteUInt32BigEndian(iv[^sizeof(uint)..], sequenceNumber);
        if (writeLength)
        {
            writer.WriteUInt32((uint)content.Length);
        }

        Span<byte> ciphertext = writer.Take(content.Length);
        aes.Encrypt(iv, content, ciphertext, writer.Take(AlgorithmSuite.TagLength), aad.For(sequenceNumber, content.Length));
    }

    private static int GetMessageLength(int headerLength, int plaintextLength, int frameLength, int footerLength)
    {
        long regularFrames = plaintextLength == 0 ? 0 : (plaintextLength - 1) / frameLength;
        long length = headerLength + (regularFrames * RegularFrameOverhead) + FinalFrameOverhead + plaintextLength + footerLength;
        return length <= MessageLimits.MaxMessageLength
            ? (int)length
            : throw MessageErrors.LimitExceeded(
                $"The message would take {length:N0} bytes; at most {MessageLimits.MaxMessageLength:N0} are taken, so use a longer frame than {frameLength:N0} bytes.");
    }

    private static void RequireAllowed(int plaintextLength, EncryptionContext context, MessageOptions options)
    {
        if (options.FrameLength is < 1 or > MessageLimits.MaxFrameLength)
        {
            throw new DataProtectionException(
                "InvalidFrameLength",
                FailureKind.InvalidArgument,
                $"The frame length is {options.FrameLength:N0}; it must be 1 to {MessageLimits.MaxFrameLength:N0} bytes.");
        }

        if (options.Suite.IsCommitting == (options.CommitmentPolicy == CommitmentPolicy.ForbidEncryptAllowDecrypt))
        {
            throw MessageErrors.EncryptRefused(options.Suite, options.CommitmentPolicy);
        }

        if (plaintextLength > MessageLimits.MaxPlaintextLength)
        {
            throw MessageErrors.LimitExceeded($"The plaintext has {plaintextLength:N0} bytes; at most {MessageLimits.MaxPlaintextLength:N0} are taken.");
        }

        RequireNoReservedKey(context);
    }

    /// <summary>Refuses keys that only the Encryption SDK itself may add (client-apis/encrypt.md, "Encryption Context").</summary>
    internal static void RequireNoReservedKey(EncryptionContext context)
    {
        foreach ((string key, _) in context.Pairs)
        {
            if (key.StartsWith(EncryptionContext.ReservedPrefix, StringComparison.Ordinal))
            {
                throw MessageErrors.ReservedContextKey(key);
            }
        }
    }

    private static void RequireUsable(WrappedDataKey dataKey, AlgorithmSuite suite)
    {
        if (dataKey.Plaintext.Length != suite.DataKeyLength)
        {
            throw MessageErrors.WrongDataKeyLength(dataKey.Plaintext.Length, suite);
        }

        if (dataKey.EncryptedDataKeys.Count is 0 or > MessageLimits.MaxEncryptedDataKeys)
        {
            throw MessageErrors.LimitExceeded(
                $"The message would have {dataKey.EncryptedDataKeys.Count:N0} encrypted data keys; 1 to {MessageLimits.MaxEncryptedDataKeys:N0} are taken.");
        }
    }
}
