using ImageBuilderDataProtection.Kms;

namespace ImageBuilderDataProtection.Messages;

/// <summary>Writes the header body of a framed message (data-format/message-header.md, "Header Body").</summary>
internal readonly ref struct HeaderWriter
{
    private const int Version1FixedLength = 1 + 1 + 2 + 2 + 2 + 1 + 4 + 1 + 4;
    private const int Version2FixedLength = 1 + 2 + 2 + 2 + 1 + 4;

    private readonly AlgorithmSuite _suite;
    private readonly EncryptionContext _context;
    private readonly IReadOnlyList<EncryptedDataKey> _dataKeys;
    private readonly int _frameLength;
    private readonly int _contextLength;

    /// <exception cref="DataProtectionException"><c>InvalidEncryptionContext</c> or <c>MessageLimitExceeded</c>: the parts do not fit their fields.</exception>
    public HeaderWriter(AlgorithmSuite suite, EncryptionContext context, IReadOnlyList<EncryptedDataKey> dataKeys, int frameLength)
    {
        _suite = suite;
        _context = context;
        _dataKeys = dataKeys;
        _frameLength = frameLength;
        _contextLength = ContextSerializer.GetLength(context);
        long length = (suite.MessageVersion == 1 ? Version1FixedLength : Version2FixedLength)
            + suite.MessageIdLength
            + _contextLength
            + suite.SuiteDataLength;
        foreach (EncryptedDataKey dataKey in dataKeys)
        {
            length += (3 * sizeof(ushort)) + System.Text.Encoding.UTF8.GetByteCount(dataKey.ProviderId)
                + RequireShort(dataKey.ProviderInfo.Length, "provider information") + RequireShort(dataKey.Ciphertext.Length, "ciphertext");
        }

        BodyLength = length + suite.HeaderAuthenticationLength <= MessageLimits.MaxHeaderLength
            ? (int)length
            : throw MessageErrors.LimitExceeded($"The header would take {length:N0} bytes; at most {MessageLimits.MaxHeaderLength:N0} are taken.");
    }

    /// <summary>The bytes of the header body.</summary>
    public int BodyLength { get; }

    /// <summary>Writes the header body.</summary>
    public void Write(ref MessageWriter writer, scoped ReadOnlySpan<byte> messageId, scoped ReadOnlySpan<byte> commitKey)
    {
        writer.WriteByte((byte)_suite.MessageVersion);
        if (_suite.MessageVersion == 1)
        {
            writer.WriteByte(MessageHeader.TypeCustomerAuthenticatedEncryptedData);
        }

        writer.WriteUInt16(_suite.Id);
        writer.Write(messageId);
        writer.WriteUInt16((ushort)_contextLength);
        ContextSerializer.Write(_context, ref writer);
        WriteDataKeys(ref writer);
        writer.WriteByte(MessageHeader.ContentTypeFramed);
        if (_suite.MessageVersion == 1)
        {
            writer.WriteUInt32(0);
            writer.WriteByte(AlgorithmSuite.IvLength);
        }

        writer.WriteUInt32((uint)_frameLength);
        writer.Write(commitKey);
    }

    private void WriteDataKeys(ref MessageWriter writer)
    {
        writer.WriteUInt16((ushort)_dataKeys.Count);
        foreach (EncryptedDataKey dataKey in _dataKeys)
        {
            int length = System.Text.Encoding.UTF8.GetByteCount(dataKey.ProviderId);
            writer.WriteUInt16((ushort)length);
            System.Text.Encoding.UTF8.GetBytes(dataKey.ProviderId, writer.Take(length));
            writer.WriteUInt16((ushort)dataKey.ProviderInfo.Length);
            writer.Write(dataKey.ProviderInfo.Span);
            writer.WriteUInt16((ushort)dataKey.Ciphertext.Length);
            writer.Write(dataKey.Ciphertext.Span);
        }
    }

    private static int RequireShort(int length, string what) =>
        length <= ushort.MaxValue
            ? length
            : throw MessageErrors.LimitExceeded($"The {what} of an encrypted data key takes {length:N0} bytes; at most {ushort.MaxValue:N0} are taken.");
}
