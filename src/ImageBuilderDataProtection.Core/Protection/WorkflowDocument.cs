using System.Text;
using ImageBuilderDataProtection.Audit;

namespace ImageBuilderDataProtection.Protection;

/// <summary>A workflow document that was opened: every check on its message has passed.</summary>
public sealed record WorkflowDocument
{
    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>The file the document was written to; null when it was kept in this object only.</summary>
    public string? Path { get; init; }

    /// <summary>The protected file it came from.</summary>
    public string? SourcePath { get; init; }

    /// <summary>The workflow ARN, from the verified encryption context.</summary>
    public required string WorkflowArn { get; init; }

    /// <summary>The length of the document in bytes.</summary>
    public required int Length { get; init; }

    /// <summary>The document's bytes, only where the caller asked to keep them (-PassThru).</summary>
    public IReadOnlyList<byte>? Content { get; init; }

    /// <summary>The document as text, only where the caller asked to keep it; null also when the bytes are not UTF-8.</summary>
    public string? Text => Content is null ? null : Decode([.. Content]);

    /// <summary>The CloudTrail record of the Decrypt call that recovered the data key.</summary>
    public KmsAuditEvent? AuditEvent => AuditEvents.Count > 0 ? AuditEvents[^1] : null;

    /// <summary>The CloudTrail records of every KMS call made for this object, refused ones too, in order.</summary>
    public IReadOnlyList<KmsAuditEvent> AuditEvents { get; init; } = [];

    /// <summary>Says which document, never what is in it.</summary>
    public override string ToString() => Path ?? WorkflowArn;

    private static string? Decode(byte[] content)
    {
        try
        {
            ReadOnlySpan<byte> bytes = content;
            return Utf8.GetString(bytes.StartsWith(Encoding.UTF8.Preamble) ? bytes[Encoding.UTF8.Preamble.Length..] : bytes);
        }
        catch (DecoderFallbackException)
        {
            return null;
        }
    }
}
