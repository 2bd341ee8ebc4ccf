using System.Text;
using ImageBuilderDataProtection.Kms;

namespace ImageBuilderDataProtection.Messages;

/// <summary>The binary form of an encryption context (framework/structures.md, "Encryption Context", "Serialization").</summary>
internal static class ContextSerializer
{
    // Strict both ways: text that is not Unicode must not turn silently into other text.
    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>The bytes that <see cref="Write"/> writes: 0 for the empty context, not even a count.</summary>
    /// <exception cref="DataProtectionException"><c>InvalidEncryptionContext</c>: the context does not fit its two-byte lengths.</exception>
    public static int GetLength(EncryptionContext context)
    {
        if (context.Count == 0)
        {
            return 0;
        }

        long length = sizeof(ushort);
        foreach ((string key, string value) in context.Pairs)
        {
            length += (2L * sizeof(ushort)) + Utf8.GetByteCount(key) + Utf8.GetByteCount(value);
        }

        // No key or value can be longer than the whole, and each pair takes four bytes, so this one check bounds all.
        return length <= MessageLimits.MaxEncryptionContextLength
            ? (int)length
            : throw new DataProtectionException(
                "InvalidEncryptionContext",
                FailureKind.LimitExceeded,
                $"The encryption context takes {length:N0} bytes; a message holds at most {MessageLimits.MaxEncryptionContextLength:N0}.");
    }

    public static void Write(EncryptionContext context, ref MessageWriter writer)
    {
        if (context.Count == 0)
        {
            return;
        }

        writer.WriteUInt16((ushort)context.Count);
        foreach ((string key, string value) in context.Pairs)
        {
            WriteText(key, ref writer);
            WriteText(value, ref writer);
        }
    }

    /// <summary>
    /// Reads the context of a header, from its length field on. The specification has the pairs sorted; a message whose
    /// pairs stand in another order is read all the same, since some peers sort by UTF-16, and the header is authenticated
    /// byte by byte anyway.
    /// </summary>
    /// <exception cref="MessageMalformedException">The bytes are no such context, or a key stands twice.</exception>
    public static EncryptionContext Read(ref MessageReader reader)
    {
        int length = reader.ReadUInt16("the length of the encryption context");
        if (length == 0)
        {
            return EncryptionContext.Empty;
        }

        int start = reader.Position;
        if (length > reader.Remaining)
        {
            _ = reader.Take(length, "the encryption context");
        }

        int count = reader.ReadUInt16("the number of pairs in the encryption context");
        const int ShortestPair = 2 * sizeof(ushort);
        if (count == 0 || count > (length - sizeof(ushort)) / ShortestPair)
        {
            throw new MessageMalformedException(start, $"the encryption context is said to have {count:N0} pairs in {length:N0} bytes");
        }

        var pairs = new KeyValuePair<string, string>[count];
        for (int i = 0; i < count; i++)
        {
            int pairStart = reader.Position;
            string key = ReadText(ref reader);
            pairs[i] = KeyValuePair.Create(key, ReadText(ref reader));
            if (reader.Position - start > length)
            {
                throw new MessageMalformedException(pairStart, "a pair of the encryption context reaches beyond its length");
            }
        }

        return reader.Position - start == length
            ? CreateContext(pairs, start)
            : throw new MessageMalformedException(reader.Position, "the encryption context is longer than its pairs");
    }

    private static EncryptionContext CreateContext(KeyValuePair<string, string>[] pairs, int start)
    {
        try
        {
            return EncryptionContext.Create(pairs);
        }
        catch (DataProtectionException)
        {
            throw new MessageMalformedException(start, "the encryption context has the same key twice");
        }
    }

    private static void WriteText(string text, ref MessageWriter writer)
    {
        int length = Utf8.GetByteCount(text);
        writer.WriteUInt16((ushort)length);
        Utf8.GetBytes(text, writer.Take(length));
    }

    private static string ReadText(ref MessageReader reader)
    {
        int length = reader.ReadUInt16("the length of a text in the encryption context");
        int start = reader.Position;
        ReadOnlySpan<byte> bytes = reader.Take(length, "a text in the encryption context");
        try
        {
            return Utf8.GetString(bytes);
        }
        catch (DecoderFallbackException)
        {
            throw new MessageMalformedException(start, "a text in the encryption context is not UTF-8");
        }
    }
}
