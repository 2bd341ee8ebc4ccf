using System.Buffers;
using System.Security.Cryptography;
using ImageBuilderDataProtection.Kms;

namespace ImageBuilderDataProtection.Messages;

/// <summary>
/// Opens messages (client-apis/decrypt.md). The whole form is checked before the keyring is asked; no plaintext is
/// returned before key commitment, header, every frame and the signature are verified, and what was decrypted is zeroed
/// when one of them fails.
/// </summary>
public static class MessageDecryptor
{
    /// <summary>Opens a message.</summary>
    /// <param name="message">The message, all of it and nothing else, at most <see cref="MessageLimits.MaxMessageLength"/> bytes; unchanged until the task ends.</param>
    /// <param name="keyring">Recovers the data key.</param>
    /// <param name="options">Commitment policy and what is known of the encryption context.</param>
    /// <param name="cancellationToken">Cancels the keyring's work.</param>
    /// <exception cref="MessageMalformedException"><c>MessageMalformed</c>: the bytes are no message, or not just one.</exception>
    /// <exception cref="DataProtectionException">
    /// <c>MessageAuthenticationFailed</c>, <c>CommitmentPolicyRefused</c>, <c>EncryptionContextMismatch</c>,
    /// <c>InvalidEncryptionContext</c>, <c>MessageLimitExceeded</c>, or the keyring's failure.
    /// </exception>
    public static async Task<DecryptedMessage> DecryptAsync(
        ReadOnlyMemory<byte> message, IKeyring keyring, DecryptOptions options, CancellationToken cancellationToken)
    {
        var plaintext = new ExactArrayWriter();
        MessageHeader header = await DecryptAsync(message, keyring, options, plaintext, cancellationToken);
        return new DecryptedMessage(plaintext.Array, header);
    }

    /// <summary>Opens a message into a buffer of the caller's, which a caller of many large messages can use again.</summary>
    /// <param name="message">The message, all of it and nothing else, at most <see cref="MessageLimits.MaxMessageLength"/> bytes; unchanged until the task ends.</param>
    /// <param name="keyring">Recovers the data key.</param>
    /// <param name="options">Commitment policy and what is known of the encryption context.</param>
    /// <param name="plaintext">Takes the plaintext, all at once and only when all of the message is verified; it must not overlap the message.</param>
    /// <param name="cancellationToken">Cancels the keyring's work.</param>
    /// <returns>The header, now authenticated.</returns>
    /// <exception cref="DataProtectionException">As for the other overload.</exception>
    public static async Task<MessageHeader> DecryptAsync(
        ReadOnlyMemory<byte> message, IKeyring keyring, DecryptOptions options, IBufferWriter<byte> plaintext, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(plaintext);
        ArgumentNullException.ThrowIfNull(keyring);
        ArgumentNullException.ThrowIfNull(options);
        if (message.Length > MessageLimits.MaxMessageLength)
        {
            throw MessageErrors.LimitExceeded($"The message has {message.Length:N0} bytes; at most {MessageLimits.MaxMessageLength:N0} are taken.");
        }

        var header = MessageHeader.Read(message, options.MaxEncryptedDataKeys);
        RequireAllowed(header, options.CommitmentPolicy);
        EncryptionContext unstored = GetUnstoredContext(header.EncryptionContext, options.ReproducedEncryptionContext);
        MessageBody body = MessageBody.Scan(message.Span, header);

        EncryptionContext fullContext = unstored.Count == 0 ? header.EncryptionContext : EncryptionContext.Create(header.EncryptionContext.Concat(unstored));
        byte[] dataKey = await keyring.RecoverDataKeyAsync(header.Suite, fullContext, header.EncryptedDataKeys, cancellationToken);
        try
        {
            if (dataKey.Length != header.Suite.DataKeyLength)
            {
                throw MessageErrors.WrongDataKeyLength(dataKey.Length, header.Suite);
            }

            Open(message.Span, header, body, dataKey, unstored, plaintext);
            return header;
        }
        finally
        {
            CryptographicOperations.ZeroMemory(dataKey);
        }
    }

    private static void Open(
        ReadOnlySpan<byte> message,
        MessageHeader header,
        MessageBody body,
        ReadOnlySpan<byte> dataKey,
        EncryptionContext unstored,
        IBufferWriter<byte> destination)
    {
        AlgorithmSuite suite = header.Suite;
        Span<byte> encryptionKey = stackalloc byte[suite.DataKeyLength];
        Span<byte> commitKey = stackalloc byte[suite.SuiteDataLength];
        try
        {
            KeyDerivation.Derive(suite, dataKey, header.MessageId.Span, encryptionKey, commitKey);
            if (!CryptographicOperations.FixedTimeEquals(commitKey, header.CommitKey.Span))
            {
                throw MessageErrors.AuthenticationFailed("it does not commit to the data key that was recovered");
            }

            using var aes = new AesGcm(encryptionKey, AlgorithmSuite.TagLength);
            VerifyHeader(aes, message, header, unstored);
            Span<byte> plaintext = destination.GetSpan(body.PlaintextLength)[..body.PlaintextLength];
            try
            {
                DecryptBody(aes, message, header, body, plaintext);
                if (suite.SigningCurve is { } curve)
                {
                    VerifySignature(message, header, body, curve);
                }
            }
            catch
            {
                CryptographicOperations.ZeroMemory(plaintext);
                throw;
            }

            destination.Advance(body.PlaintextLength);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(encryptionKey);
        }
    }

    private static void VerifyHeader(AesGcm aes, ReadOnlySpan<byte> message, MessageHeader header, EncryptionContext unstored)
    {
        ReadOnlySpan<byte> authentication = message[header.BodyLength..header.HeaderLength];
        ReadOnlySpan<byte> tag = authentication[^AlgorithmSuite.TagLength..];
        Span<byte> iv = stackalloc byte[AlgorithmSuite.IvLength];
        iv.Clear();
        authentication[..^AlgorithmSuite.TagLength].CopyTo(iv);
        Decrypt(aes, iv, [], tag, [], AuthenticatedHeader(message[..header.BodyLength], unstored), "the header fails its authentication");
    }

    // client-apis/decrypt.md, "Verify the header": pairs that are authenticated but not stored follow the header body.
    private static ReadOnlySpan<byte> AuthenticatedHeader(ReadOnlySpan<byte> headerBody, EncryptionContext unstored)
    {
        if (unstored.Count == 0)
        {
            return headerBody;
        }

        byte[] authenticated = new byte[headerBody.Length + ContextSerializer.GetLength(unstored)];
        headerBody.CopyTo(authenticated);
        var writer = new MessageWriter(authenticated.AsSpan(headerBody.Length));
        ContextSerializer.Write(unstored, ref writer);
        return authenticated;
    }

    private static void DecryptBody(AesGcm aes, ReadOnlySpan<byte> message, MessageHeader header, MessageBody body, Span<byte> plaintext)
    {
        ReadOnlySpan<byte> messageId = header.MessageId.Span;
        Span<byte> aadBuffer = stackalloc byte[BodyAad.MaxLength];
        var reader = new MessageReader(message, header.HeaderLength);
        if (!header.IsFramed)
        {
            ReadOnlySpan<byte> blockIv = reader.Take(AlgorithmSuite.IvLength, "");
            _ = reader.Take(sizeof(ulong), "");
            DecryptContent(aes, blockIv, plaintext, BodyAad.SingleBlock(aadBuffer, messageId), sequenceNumber: 1, ref reader);
            return;
        }

        uint sequenceNumber = 1;
        var aad = BodyAad.RegularFrame(aadBuffer, messageId);
        for (; plaintext.Length > body.FinalContentLength; sequenceNumber++)
        {
            _ = reader.Take(sizeof(uint), "");
            ReadOnlySpan<byte> iv = reader.Take(AlgorithmSuite.IvLength, "");
            DecryptContent(aes, iv, plaintext[..(int)header.FrameLength], aad, sequenceNumber, ref reader);
            plaintext = plaintext[(int)header.FrameLength..];
        }

        _ = reader.Take(2 * sizeof(uint), "");
        ReadOnlySpan<byte> finalIv = reader.Take(AlgorithmSuite.IvLength, "");
        _ = reader.Take(sizeof(uint), "");
        DecryptContent(aes, finalIv, plaintext, BodyAad.FinalFrame(aadBuffer, messageId), sequenceNumber, ref reader);
    }

    private static void DecryptContent(
        AesGcm aes, ReadOnlySpan<byte> iv, Span<byte> content, scoped BodyAad aad, uint sequenceNumber, ref MessageReader reader)
    {
        ReadOnlySpan<byte> ciphertext = reader.Take(content.Length, "");
        ReadOnlySpan<byte> tag = reader.Take(AlgorithmSuite.TagLength, "");
        Decrypt(aes, iv, ciphertext, tag, content, aad.For(sequenceNumber, content.Length), "a part of its body fails its authentication");
    }

    private static void Decrypt(
        AesGcm aes, ReadOnlySpan<byte> iv, ReadOnlySpan<byte> ciphertext, ReadOnlySpan<byte> tag, Span<byte> plaintext, ReadOnlySpan<byte> aad, string failure)
    {
        try
        {
            aes.Decrypt(iv, ciphertext, tag, plaintext, aad);
        }
        catch (AuthenticationTagMismatchException)
        {
            throw MessageErrors.AuthenticationFailed(failure);
        }
    }

    private static void VerifySignature(ReadOnlySpan<byte> message, MessageHeader header, MessageBody body, SigningCurve curve)
    {
        string publicKey = header.EncryptionContext[EncryptionContext.PublicKeyKey];
        if (MessageVerificationKey.TryRead(publicKey, curve) is not { } key || !key.Verify(message[..body.End], message[body.SignatureStart..]))
        {
            throw MessageErrors.AuthenticationFailed("its signature is wrong");
        }
    }

    private static void RequireAllowed(MessageHeader header, CommitmentPolicy policy)
    {
        AlgorithmSuite suite = header.Suite;
        if (!suite.IsCommitting && policy == CommitmentPolicy.RequireEncryptRequireDecrypt)
        {
            throw MessageErrors.DecryptRefused(suite);
        }

        // framework/default-cmm.md, "Decrypt Materials"
        if (suite.IsSigning != header.EncryptionContext.ContainsKey(EncryptionContext.PublicKeyKey))
        {
            throw MessageErrors.AuthenticationFailed(
                suite.IsSigning
                    ? $"its algorithm suite signs but it has no {EncryptionContext.PublicKeyKey}"
                    : $"its algorithm suite does not sign but it has {EncryptionContext.PublicKeyKey}");
        }
    }

    // framework/cmm-interface.md, "Decrypt Materials"
    private static EncryptionContext GetUnstoredContext(EncryptionContext stored, EncryptionContext reproduced)
    {
        if (reproduced.Count == 0)
        {
            return EncryptionContext.Empty;
        }

        MessageEncryptor.RequireNoReservedKey(reproduced);
        foreach ((string key, string value) in reproduced.Pairs)
        {
            if (stored.TryGetValue(key, out string? found) && found != value)
            {
                throw new DataProtectionException(
                    "EncryptionContextMismatch",
                    FailureKind.SecurityViolation,
                    $"The encryption context has {key} = \"{found}\" where \"{value}\" is expected; case counts.");
            }
        }

        return EncryptionContext.Create(reproduced.Where(pair => !stored.ContainsKey(pair.Key)));
    }
}
