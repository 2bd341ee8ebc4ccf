using ImageBuilderDataProtection.Audit;
using ImageBuilderDataProtection.Kms;
using ImageBuilderDataProtection.Messages;

namespace ImageBuilderDataProtection.Protection;

/// <summary>
/// A protected workflow: what the header of its Encryption SDK message says. A header read without opening the message
/// (Get-IBProtectedWorkflow) is not authenticated yet: it tells what to ask for, not what to trust.
/// </summary>
public sealed record ProtectedWorkflow
{
    internal ProtectedWorkflow(MessageHeader header, long length, bool isText)
    {
        EncryptionContext = header.EncryptionContext;
        ContextWorkflowArn = EncryptionContext.TryGetValue(EncryptionContext.WorkflowArnKey, out string? arn) ? arn : null;
        KeyArns = [.. header.EncryptedDataKeys.Where(static key => key.ProviderId == KmsKeyring.ProviderId).Select(static key => key.ProviderInfoText)];
        EncryptedDataKeys = header.EncryptedDataKeys;
        Suite = header.Suite;
        FrameLength = header.FrameLength;
        Length = length;
        IsText = isText;
    }

    /// <summary>The file the message is in; null when it was never in one.</summary>
    public string? Path { get; init; }

    /// <summary>The file the workflow document was read from; null unless this object tells of a protection just done.</summary>
    public string? SourcePath { get; init; }

    /// <summary>
    /// The workflow ARN in the encryption context; null when the message has none and so is no workflow. It is not called
    /// WorkflowArn, or an object piped to Unprotect-IBWorkflow would tell by itself what it is to be compared with.
    /// </summary>
    public string? ContextWorkflowArn { get; }

    /// <summary>The ARNs of the KMS keys any one of which opens the message, in the order of the header.</summary>
    public IReadOnlyList<string> KeyArns { get; }

    /// <summary>The whole encryption context, with the public key of a signed message.</summary>
    public EncryptionContext EncryptionContext { get; }

    /// <summary>Every encrypted data key, those of other key providers too.</summary>
    public IReadOnlyList<EncryptedDataKey> EncryptedDataKeys { get; }

    /// <summary>The algorithm suite.</summary>
    public AlgorithmSuite Suite { get; }

    /// <summary>Whether the message ends with a signature.</summary>
    public bool IsSigned => Suite.IsSigning;

    /// <summary>Whether the message commits to one data key (message format version 2).</summary>
    public bool IsCommitting => Suite.IsCommitting;

    /// <summary>The message format version, 1 or 2.</summary>
    public int MessageVersion => Suite.MessageVersion;

    /// <summary>The plaintext bytes a frame holds; 0 when the body is not framed.</summary>
    public long FrameLength { get; }

    /// <summary>The bytes the message takes in its file, in its text form if it has that.</summary>
    public long Length { get; }

    /// <summary>Whether the file holds the base64 text form.</summary>
    public bool IsText { get; }

    /// <summary>The CloudTrail record of the call that made the data key; null for a header merely read.</summary>
    public KmsAuditEvent? AuditEvent => AuditEvents.Count > 0 ? AuditEvents[0] : null;

    /// <summary>The CloudTrail records of every KMS call made for this object, in order.</summary>
    public IReadOnlyList<KmsAuditEvent> AuditEvents { get; init; } = [];

    /// <inheritdoc />
    public override string ToString() => Path ?? ContextWorkflowArn ?? nameof(ProtectedWorkflow);
}
