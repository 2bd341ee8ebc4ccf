using ImageBuilderDataProtection.Audit;
using ImageBuilderDataProtection.Kms;
using Newtonsoft.Json.Linq;

namespace ImageBuilderDataProtection.Policies.Generation;

/// <summary>
/// Writes the narrowest policy of an execution role that would have allowed what audit events show, denied ones too: for each
/// key the actions asked for, each with the very workflows asked for, as <see cref="AuditedKeyPolicyBuilder"/> does for a key.
/// </summary>
public sealed class AuditedRolePolicyBuilder
{
    private readonly AuditedRolePolicySettings _settings;
    private readonly AuditedUses _uses;

    /// <summary>Starts a policy.</summary>
    public AuditedRolePolicyBuilder(AuditedRolePolicySettings settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        settings.Role?.RequireRole();
        StatementIds.RequireOfRolePolicy(settings.Sid);
        _settings = settings;
        _uses = new AuditedUses(settings.Role?.Partition);
    }

    /// <summary>Takes an event up.</summary>
    /// <exception cref="DataProtectionException">The policy cannot allow the event, and will not; as for <see cref="AuditedKeyPolicyBuilder.Add"/>.</exception>
    public void Add(KmsAuditEvent record)
    {
        ArgumentNullException.ThrowIfNull(record);
        AuditedUse[] uses = [.. _uses.Read(record).Where(use => _settings.Role is null || use.Principal == _settings.Role)];
        foreach (AuditedUse use in uses)
        {
            RequireGrantable(record, use);
        }

        _uses.Add(uses);
    }

    /// <summary>The policy.</summary>
    /// <exception cref="DataProtectionException"><c>NoAuditedUse</c>: no event shows a use.</exception>
    public AuditedRolePolicy Build()
    {
        IReadOnlyCollection<AuditedUse> uses = _uses.All;
        if (_uses.IsEmpty)
        {
            throw AuditedUses.None();
        }

        return new AuditedRolePolicy(
            PolicyDocument.Of([.. ToStatements(uses)]),
            [.. uses.Select(static use => use.Principal).Distinct()],
            [.. _uses.OfOtherAccounts]);
    }

    private IEnumerable<JObject> ToStatements(IReadOnlyCollection<AuditedUse> uses) =>
    [
        .. AuditedGrants.ForWorkflows(uses, static use => use.Key!, static _ => null)
            .Select((item, index) => item.Grant.ToRoleStatement(StatementIds.Numbered(_settings.Sid, index), item.Subjects)),
        .. AuditedGrants.ForDescriptions(uses, static use => use.Key!)
            .Select(static (item, index) => item.Grant.ToRoleStatement(StatementIds.Numbered("AllowReadingAboutTheWorkflowKey", index), item.Subjects)),
    ];

    private static void RequireGrantable(KmsAuditEvent record, AuditedUse use)
    {
        if (!AuditedUseReader.IsOfWorkflows(use))
        {
            throw AuditedUseReader.NotOfWorkflows(record);
        }

        if (use.Principal.Kind == PrincipalKind.AccountRoot)
        {
            throw AuditedRequests.Unusable(record, "AuditedAccountRoot", $"was called by {use.Principal}, which no IAM policy can be attached to");
        }

        if (use.Key is null)
        {
            throw AuditedRequests.Unusable(record, "AuditKeyUnknown", "does not tell the key by its ARN, and an alias names no key in a policy");
        }
    }
}
