using ImageBuilderDataProtection.Policies;

namespace ImageBuilderDataProtection.Kms;

/// <summary>What a new key for workflows is to be.</summary>
public sealed record WorkflowKeySettings
{
    /// <summary>The rotation period in days when none is given, as in KMS.</summary>
    public const int DefaultRotationPeriodInDays = 365;

    /// <summary>The key policy; null for the one KMS gives by default.</summary>
    public KeyPolicy? Policy { get; init; }

    /// <summary>The name for the key, with or without <c>alias/</c>; null for none.</summary>
    public string? Alias { get; init; }

    /// <summary>The description; null for none.</summary>
    public string? Description { get; init; }

    /// <summary>Days from one rotation to the next, 90 to 2,560; null for no rotation.</summary>
    public int? RotationPeriodInDays { get; init; } = DefaultRotationPeriodInDays;

    /// <summary>Whether a policy is taken that would lock the caller out of the key (<c>BypassPolicyLockoutSafetyCheck</c> of CreateKey).</summary>
    public bool BypassPolicyLockoutSafetyCheck { get; init; }
}
