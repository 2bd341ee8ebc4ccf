using ImageBuilderDataProtection.Policies;
using ImageBuilderDataProtection.Policies.Access;

namespace ImageBuilderDataProtection.Kms;

/// <summary>
/// Execution roles are to lose the use of a key for workflows: with patterns, what a <see cref="GrantRequest"/> of the same
/// patterns and conditions gives; without, every statement that gives nothing but the use for workflows, whatever its actions, patterns and conditions (but only those limited
/// to Image Builder's requests with <see cref="KeyAccessRequest.ViaImageBuilder"/>).
/// </summary>
public sealed record RevokeRequest : KeyAccessRequest
{
    /// <summary>The workflows of which is told whether the roles can still open them.</summary>
    public IReadOnlyList<WorkflowUse> Uses { get; init; } = [];

    /// <summary>The roles' own policies; null when they are not known.</summary>
    public IReadOnlyList<PolicyDocument>? RolePolicies { get; init; }

    internal override string Edit(string keyPolicy) => Roles.Aggregate(keyPolicy, (text, role) => Workflows is null
        ? KeyPolicyEdit.RevokeAll(text, role, onlyViaImageBuilder: ViaImageBuilder)
        : KeyPolicyEdit.Revoke(text, role, new WorkflowGrant { Workflows = Workflows, ViaImageBuilder = ViaImageBuilder }));
}
