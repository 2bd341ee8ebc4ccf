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
        if (!isText && DescribeForeign(content) is string problem)
        {
            throw new DataProtectionException("NotProtected", FailureKind.InvalidData, $"\"{path}\" {problem}");
        }

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

    // A message begins with its version, 1 or 2; "AQ", "AY" and "Ag" are how those begin in base64.
    private static string? DescribeForeign(ReadOnlySpan<byte> content) => content switch
    {
        [] => "is empty, so it is no protected workflow.",
        [1 or 2, ..] => null,
        [0xFF, 0xFE, ..] or [0xFE, 0xFF, ..] => "is UTF-16 text, in which no protected workflow is; save its text as ASCII or UTF-8.",
        [(byte)'A', (byte)'Q' or (byte)'Y' or (byte)'g', ..] => "looks like the text form of a protected workflow, but its base64 is damaged or cut short; get it again from its source.",
        _ => "is not a protected workflow: it holds no AWS Encryption SDK message, in bytes or in base64.",
    };

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
