using System.Buffers;
using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace ImageBuilderDataProtection.Messages;

/// <summary>The text form of a message: its bytes in base64, on one line.</summary>
public static class MessageText
{
    /// <summary>The most bytes of a text form, wrapped into lines of 64 or more with CR LF after each.</summary>
    public const int MaxLength = EncodedLength + (EncodedLength / 64 * 2) + 8;

    private const int EncodedLength = (MessageLimits.MaxMessageLength + 2) / 3 * 4;

    /// <summary>Writes the text form, in ASCII, with a line feed at its end.</summary>
    public static byte[] ToText(ReadOnlySpan<byte> message)
    {
        byte[] text = GC.AllocateUninitializedArray<byte>(Base64.GetMaxEncodedToUtf8Length(message.Length) + 1);
        Base64.EncodeToUtf8(message, text, out _, out _);
        text[^1] = (byte)'\n';
        return text;
    }

    /// <summary>
    /// Reads the text form, or answers false when the content is something else, a message in bytes among them: that
    /// starts with byte 1 or 2, which is no base64. Line ends and other white space are passed over, also within, and so is
    /// a UTF-8 byte order mark, since editors and mail put them there.
    /// </summary>
    /// <param name="content">All of a file.</param>
    /// <param name="message">The message, whose form is not checked any further.</param>
    public static bool TryDecode(ReadOnlySpan<byte> content, [NotNullWhen(true)] out byte[]? message)
    {
        message = null;
        if (content.StartsWith(Encoding.UTF8.Preamble))
        {
            content = content[Encoding.UTF8.Preamble.Length..];
        }

        if (!Base64.IsValid(content, out int length) || length == 0)
        {
            return false;
        }

        byte[] decoded = GC.AllocateUninitializedArray<byte>(length);
        OperationStatus status = Base64.DecodeFromUtf8(content, decoded, out _, out int written);
        if (status != OperationStatus.Done || written != length || decoded[0] is not (1 or 2))
        {
            return false;
        }

        message = decoded;
        return true;
    }
}
