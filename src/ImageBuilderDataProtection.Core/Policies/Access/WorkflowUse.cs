using ImageBuilderDataProtection.Kms;

namespace ImageBuilderDataProtection.Policies.Access;

/// <summary>A workflow that is protected by keys, known from a protected file or from an audit event.</summary>
public sealed record WorkflowUse
{
    /// <summary>The ARNs of the keys any one of which opens it, as far as they are known.</summary>
    public required IReadOnlyList<string> KeyArns { get; init; }

    /// <summary>The encryption context under which it is opened.</summary>
    public required EncryptionContext Context { get; init; }

    /// <summary>The protected file; null when it is known from an audit event.</summary>
    public string? Path { get; init; }

    /// <summary>When the key was last used for it, UTC; null when it is known from a file.</summary>
    public DateTime? LastUsed { get; init; }
}
