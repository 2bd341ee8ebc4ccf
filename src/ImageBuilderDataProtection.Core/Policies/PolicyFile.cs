using System.Text;
using ImageBuilderDataProtection.Files;

namespace ImageBuilderDataProtection.Policies;

/// <summary>Reads policies from files, and tells a file's name from a policy's text.</summary>
public static class PolicyFile
{
    /// <summary>The text of a file that holds a policy, in UTF-8, or in UTF-16 with a byte order mark.</summary>
    /// <exception cref="DataProtectionException">
    /// <c>FileNotFound</c>, <c>FileTooLarge</c> or <c>ReadFailed</c>; <c>MalformedPolicyDocument</c>: it is neither.
    /// </exception>
    public static async Task<string> ReadAsync(string path, CancellationToken cancellationToken)
    {
        byte[] content = await BoundedFile.ReadAsync(path, PolicyDocument.MaxBytes, "policy", cancellationToken);
        (Encoding encoding, string name) = EncodingOf(content);
        try
        {
            return encoding.GetString(content).TrimStart('\uFEFF');
        }
        catch (DecoderFallbackException error)
        {
            throw new DataProtectionException("MalformedPolicyDocument", FailureKind.InvalidData, $"\"{path}\" is not {name} text at byte {error.Index}.", error);
        }
    }

    // What Windows PowerShell writes with > is UTF-16, and begins with a byte order mark.
    private static (Encoding Encoding, string Name) EncodingOf(ReadOnlySpan<byte> content) =>
        content is [0xFF, 0xFE, ..] ? (new UnicodeEncoding(bigEndian: false, byteOrderMark: false, throwOnInvalidBytes: true), "UTF-16")
        : content is [0xFE, 0xFF, ..] ? (new UnicodeEncoding(bigEndian: true, byteOrderMark: false, throwOnInvalidBytes: true), "UTF-16")
        : (new UTF8Encoding(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true), "UTF-8");

    /// <summary>Refuses what is plainly a file's name or a line of a file where the text of a policy is asked for.</summary>
    /// <exception cref="DataProtectionException"><c>PolicyTextExpected</c>.</exception>
    public static string RequireText(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return text.AsSpan().Trim().StartsWith("{")
            ? text
            : throw new DataProtectionException(
                "PolicyTextExpected",
                FailureKind.InvalidArgument,
                $"\"{(text.Length > 60 ? text[..60] + "…" : text)}\" is not the JSON of a policy; read a file whole, with Get-Content -Raw, or name it with -Path where there is one.");
    }
}
