using ImageBuilderDataProtection.Kms;
using ImageBuilderDataProtection.Messages;
using ImageBuilderDataProtection.Workflows;

namespace ImageBuilderDataProtection.Protection;

/// <summary>How a workflow document is protected.</summary>
public sealed record ProtectionSettings
{
    /// <summary>The workflow the document is for; it becomes <c>aws:imagebuilder:arn</c> in the encryption context.</summary>
    public required WorkflowArn WorkflowArn { get; init; }

    /// <summary>The keys: the first generates the data key, the others wrap it too. Any one opens the message.</summary>
    public required IReadOnlyList<KeyIdentifier> Keys { get; init; }

    /// <summary>Pairs to bind beside the workflow ARN.</summary>
    public EncryptionContext AdditionalContext { get; init; } = EncryptionContext.Empty;

    /// <summary>Whether the message is signed: suite 0x0578; otherwise 0x0478.</summary>
    public bool Sign { get; init; } = true;

    /// <summary>Plaintext bytes a frame.</summary>
    public int FrameLength { get; init; } = MessageOptions.DefaultFrameLength;

    /// <summary>Whether the file holds one line of base64 in place of the bytes.</summary>
    public bool AsText { get; init; }
}
