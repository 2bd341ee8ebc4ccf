namespace ImageBuilderDataProtection.Policies;

/// <summary>Where a policy stands.</summary>
public enum PolicyKind
{
    /// <summary>The resource policy of a key.</summary>
    KeyPolicy,

    /// <summary>A policy attached to a role or user.</summary>
    IdentityPolicy,
}
