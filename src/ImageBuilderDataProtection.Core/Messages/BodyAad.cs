using System.Buffers.Binary;

namespace ImageBuilderDataProtection.Messages;

/// <summary>
/// The additional authenticated data of a frame or block: message id, what it is, its number and its length
/// (data-format/message-body-aad.md). It binds each frame to its message and its place.
/// </summary>
internal readonly ref struct BodyAad
{
    /// <summary>The longest of all: a version 2 message id and the longest content string.</summary>
    public const int MaxLength = 32 + 35 + NumbersLength;

    private const int NumbersLength = sizeof(uint) + sizeof(ulong);

    private readonly Span<byte> _buffer;
    private readonly int _prefixLength;

    private BodyAad(Span<byte> buffer, ReadOnlySpan<byte> messageId, ReadOnlySpan<byte> content)
    {
        messageId.CopyTo(buffer);
        content.CopyTo(buffer[messageId.Length..]);
        _buffer = buffer;
        _prefixLength = messageId.Length + content.Length;
    }

    public static BodyAad RegularFrame(Span<byte> buffer, ReadOnlySpan<byte> messageId) =>
        new(buffer, messageId, "AWSKMSEncryptionClient Frame"u8);

    public static BodyAad FinalFrame(Span<byte> buffer, ReadOnlySpan<byte> messageId) =>
        new(buffer, messageId, "AWSKMSEncryptionClient Final Frame"u8);

    public static BodyAad SingleBlock(Span<byte> buffer, ReadOnlySpan<byte> messageId) =>
        new(buffer, messageId, "AWSKMSEncryptionClient Single Block"u8);

    /// <summary>The data for this frame; valid until the next call.</summary>
    public ReadOnlySpan<byte> For(uint sequenceNumber, int contentLength)
    {
        BinaryPrimitives.WriteUInt32BigEndian(_buffer[_prefixLength..], sequenceNumber);
        BinaryPrimitives.WriteUInt64BigEndian(_buffer[(_prefixLength + sizeof(uint))..], (ulong)contentLength);
        return _buffer[..(_prefixLength + NumbersLength)];
    }
}
