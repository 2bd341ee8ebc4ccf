using ImageBuilderDataProtection.Kms;

namespace ImageBuilderDataProtection.Policies.Lint;

/// <summary>What is linted: a key policy, and what is known beside it.</summary>
public sealed record LintSubject
{
    /// <summary>The key policy.</summary>
    public required PolicyDocument KeyPolicy { get; init; }

    /// <summary>The key that has the policy, or is to have it; null when it is not known.</summary>
    public KeyArn? Key { get; init; }

    /// <summary>The file that the key policy comes from; null when it comes from none.</summary>
    public string? File { get; init; }

    /// <summary>The policies of the role; empty when they are not known.</summary>
    public IReadOnlyList<PolicyDocument> RolePolicies { get; init; } = [];

    /// <summary>The role that <see cref="RolePolicies"/> belong to; null for the one execution role that the key policy names.</summary>
    public PrincipalArn? Role { get; init; }
}
