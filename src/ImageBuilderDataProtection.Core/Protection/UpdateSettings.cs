using ImageBuilderDataProtection.Kms;
using ImageBuilderDataProtection.Workflows;

namespace ImageBuilderDataProtection.Protection;

/// <summary>What changes when a protected workflow is encrypted anew; what is null stays as it is.</summary>
public sealed record UpdateSettings
{
    /// <summary>The keys from now on.</summary>
    public IReadOnlyList<KeyIdentifier>? Keys { get; init; }

    /// <summary>The workflow from now on.</summary>
    public WorkflowArn? WorkflowArn { get; init; }

    /// <summary>The pairs beside the workflow ARN from now on.</summary>
    public EncryptionContext? AdditionalContext { get; init; }

    /// <summary>Whether the message is signed from now on.</summary>
    public bool? Sign { get; init; }

    /// <summary>Whether the file holds base64 text from now on.</summary>
    public bool? AsText { get; init; }
}
