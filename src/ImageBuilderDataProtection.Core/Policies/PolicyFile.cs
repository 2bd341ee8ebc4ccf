using System.Text;
using ImageBuilderDataProtection.Files;

namespace ImageBuilderDataProtection.Policies;

/// <summary>Reads policies from files, and tells a file's name from a policy's text.</summary>
public static class PolicyFile
{
    /// <summary>The text of a file that holds a policy.</summary>
    /// <exception cref="DataProtectionException">
    /// <c>FileNotFound</c>, <c>FileTooLarge</c> or <c>ReadFailed</c>; <c>MalformedPolicyDocument</c>: it is not UTF-8.
    /// </exception>
    public static async Task<string> ReadAsync(string path, CancellationToken cancellationToken)
    {
        byte[] content = await BoundedFile.ReadAsync(path, PolicyDocument.MaxBytes, "policy", cancellationToken);
        try
        {
            return new UTF8Encoding(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true).GetString(content).TrimStart('\uFEFF');
        }
        catch (DecoderFallbackException error)
        {
            throw new DataProtectionException("MalformedPolicyDocument", FailureKind.InvalidData, $"\"{path}\" is not UTF-8 text at byte {error.Index}.", error);
        }
    }

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
