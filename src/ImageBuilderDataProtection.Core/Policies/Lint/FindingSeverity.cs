namespace ImageBuilderDataProtection.Policies.Lint;

/// <summary>How bad a finding is.</summary>
public enum FindingSeverity
{
    /// <summary>Worth knowing; the policy does what it says.</summary>
    Information,

    /// <summary>The policy works, but allows more than it should, or less than it seems to.</summary>
    Warning,

    /// <summary>The policy does not do what it was written for, locks someone out, or opens the key.</summary>
    Error,
}
