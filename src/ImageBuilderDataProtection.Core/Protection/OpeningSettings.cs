using ImageBuilderDataProtection.Kms;
using ImageBuilderDataProtection.Messages;

namespace ImageBuilderDataProtection.Protection;

/// <summary>What a protected workflow must be for it to be opened.</summary>
public sealed record OpeningSettings
{
    /// <summary>
    /// The workflow ARN the message must be bound to, exactly. It is text, since the comparison with what the message
    /// says comes first: a slip of case is then named as what it is.
    /// </summary>
    public required string WorkflowArn { get; init; }

    /// <summary>The pairs the message must be bound to beside the workflow ARN, exactly.</summary>
    public EncryptionContext AdditionalContext { get; init; } = EncryptionContext.Empty;

    /// <summary>The keys that may open it; with none, the keys of the workflow's own account and partition.</summary>
    public IReadOnlyList<KeyIdentifier> Keys { get; init; } = [];

    /// <summary>Whether messages without key commitment are opened.</summary>
    public CommitmentPolicy CommitmentPolicy { get; init; } = CommitmentPolicy.RequireEncryptRequireDecrypt;
}
