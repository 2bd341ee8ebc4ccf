namespace ImageBuilderDataProtection.Policies;

/// <summary>What a policy statement does when it applies.</summary>
public enum PolicyEffect
{
    /// <summary>The request is allowed, unless a statement denies it.</summary>
    Allow,

    /// <summary>The request is denied, whatever allows it.</summary>
    Deny,
}
