using ImageBuilderDataProtection.Files;
using ImageBuilderDataProtection.Messages;

namespace ImageBuilderDataProtection.Protection;

/// <summary>A protected workflow as it is in a file: the message, in bytes or in its base64 text form, and its header.</summary>
public sealed class ProtectedFile
{
    private ProtectedFile(string path, ReadOnlyMemory<byte> message, long length, bool isText)
    {
        Path = path;
        Message = message;
        Length = length;
        IsText = isText;
        Header = MessageHeader.Read(message);
    }

    /// <summary>The file.</summary>
    public string Path { get; }

    /// <summary>The header, read but not authenticated.</summary>
    public MessageHeader Header { get; }

    /// <summary>Whether the file holds the base64 text form.</summary>
    public bool IsText { get; }

    /// <summary>The bytes the file has.</summary>
    public long Length { get; }

    internal ReadOnlyMemory<byte> Message { get; }

    /// <summary>Reads a protected workflow's file and its header; needs no key and no network.</summary>
    /// <exception cref="DataProtectionException">The file cannot be read, or does not hold a message.</exception>
    public static async Task<ProtectedFile> ReadAsync(string path, CancellationToken cancellationToken)
    {
        byte[] content = await BoundedFile.ReadAsync(path, MessageText.MaxLength, "protected workflow", cancellationToken);
        bool isText = MessageText.TryDecode(content, out byte[]? message);
        try
        {
            return new ProtectedFile(path, isText ? message! : content, content.Length, isText);
        }
        catch (DataProtectionException error)
        {
            throw new DataProtectionException(error.ErrorId, error.Kind, $"\"{path}\": {error.Message}", error);
        }
    }

    /// <summary>What the header says, as the cmdlets emit it.</summary>
    public ProtectedWorkflow Describe() => new(Header, Length, IsText) { Path = Path };

    /// <summary>Whether these bytes hold a message, in bytes or in text form.</summary>
    internal static bool IsMessage(byte[] content)
    {
        try
        {
            _ = MessageHeader.Read(MessageText.TryDecode(content, out byte[]? message) ? message : content);
            return true;
        }
        catch (DataProtectionException)
        {
            return false;
        }
    }
}
