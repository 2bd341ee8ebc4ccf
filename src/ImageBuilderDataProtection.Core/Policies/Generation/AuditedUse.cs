using ImageBuilderDataProtection.Kms;
using ImageBuilderDataProtection.Workflows;

namespace ImageBuilderDataProtection.Policies.Generation;

/// <summary>One permission that an audit event shows to have been asked for. A ReEncrypt asks for two.</summary>
/// <param name="Principal">Whom a policy would name: a role, a user or an account root.</param>
/// <param name="Action">The action, such as <c>kms:Decrypt</c>.</param>
/// <param name="Key">The key; null when the event does not tell it.</param>
/// <param name="Workflow">The workflow that the encryption context names; null for an operation that takes no context.</param>
/// <param name="ViaImageBuilder">Whether Image Builder called for the principal.</param>
internal sealed record AuditedUse(PrincipalArn Principal, string Action, KeyArn? Key, WorkflowArn? Workflow, bool ViaImageBuilder)
{
    /// <summary>The names in the encryption context besides those of every protected workflow, in order.</summary>
    public IReadOnlyList<string> OtherContextKeys { get; init; } = [];

    /// <inheritdoc />
    public bool Equals(AuditedUse? other) =>
        other is not null
        && Principal == other.Principal
        && Action == other.Action
        && Key == other.Key
        && Workflow == other.Workflow
        && ViaImageBuilder == other.ViaImageBuilder
        && OtherContextKeys.SequenceEqual(other.OtherContextKeys, StringComparer.Ordinal);

    /// <inheritdoc />
    public override int GetHashCode() => HashCode.Combine(Principal, Action, Key, Workflow, ViaImageBuilder, OtherContextKeys.Count);
}
