using System.Text;
using ImageBuilderDataProtection.Kms;

namespace ImageBuilderDataProtection.Messages;

/// <summary>
/// The header of a message (data-format/message-header.md). <see cref="Read(ReadOnlyMemory{byte})"/> needs no key, so
/// what it reads is <b>not authenticated</b>: anyone can have written it. Use it to learn what to ask for, never as
/// something to trust. The header of a <see cref="DecryptedMessage"/> is authenticated.
/// It refers to the bytes of the message and does not copy them.
/// </summary>
public sealed class MessageHeader
{
    internal const byte TypeCustomerAuthenticatedEncryptedData = 0x80;
    internal const byte ContentTypeNonFramed = 0x01;
    internal const byte ContentTypeFramed = 0x02;

    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private MessageHeader(
        AlgorithmSuite suite,
        ReadOnlyMemory<byte> messageId,
        EncryptionContext encryptionContext,
        IReadOnlyList<EncryptedDataKey> encryptedDataKeys,
        bool isFramed,
        long frameLength,
        ReadOnlyMemory<byte> commitKey,
        int bodyLength)
    {
        Suite = suite;
        MessageId = messageId;
        EncryptionContext = encryptionContext;
        EncryptedDataKeys = encryptedDataKeys;
        IsFramed = isFramed;
        FrameLength = frameLength;
        CommitKey = commitKey;
        BodyLength = bodyLength;
    }

    /// <summary>The message format version, 1 or 2.</summary>
    public int Version => Suite.MessageVersion;

    /// <summary>The algorithm suite.</summary>
    public AlgorithmSuite Suite { get; }

    /// <summary>The random identifier of the message: 16 bytes in version 1, 32 in version 2.</summary>
    public ReadOnlyMemory<byte> MessageId { get; }

    /// <summary>The encryption context as stored, with the public key of a signed message.</summary>
    public EncryptionContext EncryptionContext { get; }

    /// <summary>The data key under each wrapping key; at least one.</summary>
    public IReadOnlyList<EncryptedDataKey> EncryptedDataKeys { get; }

    /// <summary>Whether the body is a series of frames; old writers also made bodies of one block.</summary>
    public bool IsFramed { get; }

    /// <summary>The plaintext bytes of a regular frame; 0 when the body is not framed.</summary>
    public long FrameLength { get; }

    /// <summary>The bytes of the header, up to where the message body starts.</summary>
    public int HeaderLength => BodyLength + Suite.HeaderAuthenticationLength;

    /// <summary>The commit key the message claims; empty when the suite does not commit.</summary>
    internal ReadOnlyMemory<byte> CommitKey { get; }

    /// <summary>The bytes of the header body, which the header's authentication follows.</summary>
    internal int BodyLength { get; }

    /// <summary>Reads the header of a message with at most <see cref="MessageLimits.MaxEncryptedDataKeys"/> encrypted data keys.</summary>
    /// <param name="message">The message, or its beginning.</param>
    /// <exception cref="MessageMalformedException"><c>MessageMalformed</c>: the bytes are no header.</exception>
    /// <exception cref="DataProtectionException"><c>MessageLimitExceeded</c>: the header exceeds a limit.</exception>
    public static MessageHeader Read(ReadOnlyMemory<byte> message) => Read(message, MessageLimits.MaxEncryptedDataKeys);

    /// <summary>Reads the header of a message.</summary>
    /// <param name="message">The message, or its beginning.</param>
    /// <param name="maxEncryptedDataKeys">The most encrypted data keys it may have.</param>
    /// <exception cref="MessageMalformedException"><c>MessageMalformed</c>: the bytes are no header.</exception>
    /// <exception cref="DataProtectionException"><c>MessageLimitExceeded</c>: the header exceeds a limit.</exception>
    public static MessageHeader Read(ReadOnlyMemory<byte> message, int maxEncryptedDataKeys)
    {
        var reader = new MessageReader(message.Span, position: 0);
        AlgorithmSuite suite = ReadSuite(ref reader);
        ReadOnlyMemory<byte> messageId = Slice(message, ref reader, suite.MessageIdLength, "the message id");
        EncryptionContext context = ContextSerializer.Read(ref reader);
        EncryptedDataKey[] dataKeys = ReadEncryptedDataKeys(message, ref reader, maxEncryptedDataKeys);
        bool isFramed = ReadIsFramed(ref reader);
        if (suite.MessageVersion == 1)
        {
            ReadVersion1Constants(ref reader);
        }

        uint frameLength = ReadFrameLength(ref reader, isFramed);
        ReadOnlyMemory<byte> commitKey = Slice(message, ref reader, suite.SuiteDataLength, "the commit key");
        int bodyLength = reader.Position;
        _ = reader.Take(suite.HeaderAuthenticationLength, "the authentication of the header");
        RequireWithin(reader.Position, MessageLimits.MaxHeaderLength, "bytes of header");
        return new MessageHeader(suite, messageId, context, dataKeys, isFramed, frameLength, commitKey, bodyLength);
    }

    private static AlgorithmSuite ReadSuite(ref MessageReader reader)
    {
        byte version = reader.ReadByte("the message format version");
        if (version is not (1 or 2))
        {
            throw new MessageMalformedException(0, $"the message format version is {version}, not 1 or 2");
        }

        if (version == 1 && reader.ReadByte("the message type") is var type and not TypeCustomerAuthenticatedEncryptedData)
        {
            throw new MessageMalformedException(reader.Position - 1, $"the message type is 0x{type:X2}, not 0x80");
        }

        int position = reader.Position;
        ushort id = reader.ReadUInt16("the algorithm suite");
        AlgorithmSuite suite = AlgorithmSuite.Find(id)
            ?? throw new MessageMalformedException(position, $"the algorithm suite 0x{id:X4} does not exist");
        return suite.MessageVersion == version
            ? suite
            : throw new MessageMalformedException(position, $"the algorithm suite 0x{id:X4} does not go with message format version {version}");
    }

    private static EncryptedDataKey[] ReadEncryptedDataKeys(ReadOnlyMemory<byte> message, ref MessageReader reader, int limit)
    {
        int position = reader.Position;
        int count = reader.ReadUInt16("the number of encrypted data keys");
        const int ShortestEntry = 3 * sizeof(ushort);
        if (count == 0 || count > reader.Remaining / ShortestEntry)
        {
            throw new MessageMalformedException(position, $"the message is said to have {count:N0} encrypted data keys in {reader.Remaining:N0} bytes");
        }

        RequireWithin(count, limit, "encrypted data keys");
        var dataKeys = new EncryptedDataKey[count];
        for (int i = 0; i < count; i++)
        {
            string providerId = ReadProviderId(ref reader);
            ReadOnlyMemory<byte> info = SliceCounted(message, ref reader, "the key provider information");
            ReadOnlyMemory<byte> ciphertext = SliceCounted(message, ref reader, "the encrypted data key");
            dataKeys[i] = new EncryptedDataKey(providerId, info, ciphertext);
        }

        return dataKeys;
    }

    private static string ReadProviderId(ref MessageReader reader)
    {
        int length = reader.ReadUInt16("the length of the key provider id");
        int start = reader.Position;
        ReadOnlySpan<byte> bytes = reader.Take(length, "the key provider id");
        if (bytes.SequenceEqual("aws-kms"u8))
        {
            return KmsKeyring.ProviderId;
        }

        try
        {
            return Utf8.GetString(bytes);
        }
        catch (DecoderFallbackException)
        {
            throw new MessageMalformedException(start, "the key provider id is not UTF-8");
        }
    }

    private static bool ReadIsFramed(ref MessageReader reader)
    {
        byte contentType = reader.ReadByte("the content type");
        return contentType switch
        {
            ContentTypeFramed => true,
            ContentTypeNonFramed => false,
            _ => throw new MessageMalformedException(reader.Position - 1, $"the content type is {contentType}, not 1 (one block) or 2 (frames)"),
        };
    }

    private static void ReadVersion1Constants(ref MessageReader reader)
    {
        if (reader.ReadUInt32("the reserved field") != 0)
        {
            throw new MessageMalformedException(reader.Position - sizeof(uint), "the reserved field is not 0");
        }

        if (reader.ReadByte("the IV length") is var length and not AlgorithmSuite.IvLength)
        {
            throw new MessageMalformedException(reader.Position - 1, $"the IV length is {length}, not {AlgorithmSuite.IvLength}");
        }
    }

    private static uint ReadFrameLength(ref MessageReader reader, bool isFramed)
    {
        uint frameLength = reader.ReadUInt32("the frame length");
        return frameLength == 0 == !isFramed
            ? frameLength
            : throw new MessageMalformedException(
                reader.Position - sizeof(uint),
                isFramed ? "the frame length is 0 in a framed message" : $"the frame length is {frameLength:N0} in a message without frames");
    }

    private static ReadOnlyMemory<byte> SliceCounted(ReadOnlyMemory<byte> message, ref MessageReader reader, string field) =>
        Slice(message, ref reader, reader.ReadUInt16(field), field);

    private static ReadOnlyMemory<byte> Slice(ReadOnlyMemory<byte> message, ref MessageReader reader, int length, string field)
    {
        int start = reader.Position;
        _ = reader.Take(length, field);
        return message.Slice(start, length);
    }

    private static void RequireWithin(int value, int limit, string what)
    {
        if (value > limit)
        {
            throw MessageErrors.LimitExceeded($"The message has {value:N0} {what}; at most {limit:N0} are taken.");
        }
    }
}
