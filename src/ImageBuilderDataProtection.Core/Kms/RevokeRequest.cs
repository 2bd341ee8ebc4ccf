using ImageBuilderDataProtection.Policies;
using ImageBuilderDataProtection.Policies.Access;

namespace ImageBuilderDataProtection.Kms;

/// <summary>
/// Execution roles are to lose the use of a key for workflows: with patterns, what a <see cref="GrantRequest"/> of the same
/// patterns and conditions gives; without, every workflow grant, whatever its patterns and conditions.
/// </summary>
public sealed record RevokeRequest : KeyAccessRequest
{
    /// <summary>The workflows of which is told whether the roles can still open them.</summary>
    public IReadOnlyList<WorkflowUse> Uses { get; init; } = [];

    /// <summary>The roles' own policies; null when they are not known.</summary>
    public IReadOnlyList<PolicyDocument>? RolePolicies { get; init; }

    internal override string Edit(string keyPolicy) => Roles.Aggregate(keyPolicy, (text, role) => KeyPolicyEdit.Revoke(text, role, Grant()));

    private WorkflowGrant? Grant() => Workflows is null ? null : new WorkflowGrant { Workflows = Workflows, ViaImageBuilder = ViaImageBuilder };
}
