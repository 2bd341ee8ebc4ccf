using ImageBuilderDataProtection.Policies;
using ImageBuilderDataProtection.Policies.Access;

namespace ImageBuilderDataProtection.Kms;

/// <summary>Execution roles are to have the use of a key for workflows; without patterns, for all workflows of the role's own account.</summary>
public sealed record GrantRequest : KeyAccessRequest
{
    internal override string Edit(string keyPolicy) => Roles.Aggregate(keyPolicy, (text, role) => KeyPolicyEdit.Grant(text, role, new WorkflowGrant
    {
        Workflows = Workflows ?? [WorkflowArnPattern.AllOf(role.Partition, role.Account)],
        ViaImageBuilder = ViaImageBuilder,
    }));
}
