namespace ImageBuilderDataProtection.Messages;

/// <summary>
/// Where things stand behind the header: the form of body and footer, checked from the first frame to the last byte
/// before any key is asked for (data-format/message-body.md and message-footer.md). Nothing of it is authenticated yet.
/// </summary>
/// <param name="PlaintextLength">The plaintext bytes of all frames.</param>
/// <param name="End">Where the body ends; what stands before is signed.</param>
/// <param name="FinalContentLength">The plaintext bytes of the final frame or the single block.</param>
internal readonly record struct MessageBody(int PlaintextLength, int End, int FinalContentLength)
{
    /// <summary>Where the signature itself starts, behind its length; it reaches to the end of the message.</summary>
    public int SignatureStart => End + sizeof(ushort);

    /// <exception cref="MessageMalformedException">The bytes are no such body and footer.</exception>
    /// <exception cref="DataProtectionException"><c>MessageLimitExceeded</c>: the plaintext is too long.</exception>
    public static MessageBody Scan(ReadOnlySpan<byte> message, MessageHeader header)
    {
        var reader = new MessageReader(message, header.HeaderLength);
        MessageBody body = header.IsFramed ? ScanFrames(ref reader, header.FrameLength) : ScanBlock(ref reader);
        if (body.PlaintextLength > MessageLimits.MaxPlaintextLength)
        {
            throw MessageErrors.LimitExceeded(
                $"The message has {body.PlaintextLength:N0} bytes of plaintext; at most {MessageLimits.MaxPlaintextLength:N0} are taken.");
        }

        if (header.Suite.IsSigning)
        {
            int length = reader.ReadUInt16("the length of the signature");
            _ = reader.Take(length, "the signature");
        }

        return reader.Remaining == 0
            ? body
            : throw new MessageMalformedException(reader.Position, $"{reader.Remaining:N0} bytes follow the end of the message");
    }

    private static MessageBody ScanFrames(ref MessageReader reader, long frameLength)
    {
        int plaintextLength = 0;
        for (uint expected = 1; ; expected++)
        {
            uint sequenceNumber = reader.ReadUInt32("the sequence number of a frame");
            if (sequenceNumber == MessageEncryptor.SequenceNumberEnd)
            {
                RequireNumber(reader.ReadUInt32("the sequence number of the final frame"), expected, reader.Position);
                _ = reader.Take(AlgorithmSuite.IvLength, "the IV of the final frame");
                uint length = reader.ReadUInt32("the length of the final frame");
                if (length > frameLength)
                {
                    throw new MessageMalformedException(
                        reader.Position - sizeof(uint), $"the final frame has {length:N0} bytes, more than the frame length {frameLength:N0}");
                }

                _ = reader.TakeLong(length + (ulong)AlgorithmSuite.TagLength, "the final frame");
                return new MessageBody(plaintextLength + (int)length, reader.Position, (int)length);
            }

            RequireNumber(sequenceNumber, expected, reader.Position);
            _ = reader.TakeLong((ulong)frameLength + AlgorithmSuite.IvLength + AlgorithmSuite.TagLength, "a frame");
            plaintextLength += (int)frameLength;
        }
    }

    private static MessageBody ScanBlock(ref MessageReader reader)
    {
        _ = reader.Take(AlgorithmSuite.IvLength, "the IV of the block");
        ulong length = reader.ReadUInt64("the length of the block");
        _ = reader.TakeLong(length, "the block");
        _ = reader.Take(AlgorithmSuite.TagLength, "the authentication tag of the block");
        return new MessageBody((int)length, reader.Position, (int)length);
    }

    private static void RequireNumber(uint found, uint expected, int position)
    {
        if (found != expected)
        {
            throw new MessageMalformedException(
                position - sizeof(uint), $"the frame has sequence number {found:N0} where {expected:N0} is expected");
        }
    }
}
