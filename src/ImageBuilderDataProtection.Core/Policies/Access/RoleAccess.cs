namespace ImageBuilderDataProtection.Policies.Access;

/// <summary>What is known of a role's use of a key, from the least to the most.</summary>
internal enum RoleAccess
{
    /// <summary>Whatever the role's own policies say, it may not.</summary>
    Denied,

    /// <summary>The key policy leaves it to the role's own policies, which are not known.</summary>
    LeftToRolePolicies,

    /// <summary>It may.</summary>
    Allowed,
}
