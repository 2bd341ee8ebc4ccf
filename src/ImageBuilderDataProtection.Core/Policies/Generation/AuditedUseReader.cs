using ImageBuilderDataProtection.Audit;
using ImageBuilderDataProtection.Kms;
using ImageBuilderDataProtection.Workflows;

namespace ImageBuilderDataProtection.Policies.Generation;

/// <summary>Reads what permissions an audit event shows to have been asked for, whether they were given or denied.</summary>
internal static class AuditedUseReader
{
    /// <summary>The permissions.</summary>
    /// <exception cref="DataProtectionException">
    /// The event names no one or nothing that a policy could name: <c>AuditContextHidden</c>, <c>AuditPrincipalUnknown</c>,
    /// <c>AuditKeyUnknown</c>, <c>NotAWorkflowUse</c>.
    /// </exception>
    public static IReadOnlyList<AuditedUse> Read(KmsAuditEvent record)
    {
        if (record.IsEncryptionContextHidden)
        {
            throw AuditedRequests.Unusable(record, "AuditContextHidden", $"does not show its encryption context ({KmsAuditEvent.Hidden}), so that no workflow is to be told from it");
        }

        if (record.ErrorCode == "NotFoundException")
        {
            throw AuditedRequests.Unusable(record, "AuditKeyUnknown", "asked for a key or alias that was not there, and no policy would have changed that");
        }

        PrincipalArn principal = AuditedRequests.ReadPrincipal(record).Identity;
        return record.EventName == "ReEncrypt"
            ?
            [
                ReadUse(record, principal, "kms:ReEncryptFrom", AuditedRequests.ReEncryptKey(record, "sourceKeyId", 0), AuditedRequests.PairsOf(record, "sourceEncryptionContext")),
                ReadUse(record, principal, "kms:ReEncryptTo", AuditedRequests.ReEncryptKey(record, "destinationKeyId", 1), AuditedRequests.PairsOf(record, "destinationEncryptionContext")),
            ]
            : [ReadUse(record, principal, KmsActions.Prefix + record.EventName, AuditedRequests.ToKey(record.KeyArn), record.EncryptionContext)];
    }

    /// <summary>Whether the permission is one that statements for workflows give, and not one of administration.</summary>
    public static bool IsOfWorkflows(AuditedUse use) => use.Workflow is not null || DescriptionGrant.AllActions.Contains(use.Action);

    /// <summary>The failure of an event that is administration.</summary>
    public static DataProtectionException NotOfWorkflows(KmsAuditEvent record) =>
        AuditedRequests.Unusable(record, "NotAWorkflowUse", "is no use of a key for a workflow; if the caller is to administer the key, name it as a key administrator");

    private static AuditedUse ReadUse(KmsAuditEvent record, PrincipalArn principal, string action, KeyArn? key, IReadOnlyDictionary<string, string>? context)
    {
        bool viaImageBuilder = record.InvokedBy is ViaService.ImageBuilder or ViaService.ImageBuilder + ".cn";
        if (!KmsActions.WithContext.Contains(action))
        {
            return new AuditedUse(principal, action, key, Workflow: null, viaImageBuilder);
        }

        string? named = context?.GetValueOrDefault(EncryptionContext.WorkflowArnKey);
        if (!WorkflowArn.TryParse(named, out WorkflowArn? workflow))
        {
            throw AuditedRequests.Unusable(
                record,
                "NotAWorkflowUse",
                named is null ? $"is no use of a key for a workflow: {action} has no {EncryptionContext.WorkflowArnKey} in its encryption context"
                    : $"names \"{named}\" in its encryption context, which is not the ARN of a workflow");
        }

        string[] others = [.. context!.Keys.Except([EncryptionContext.WorkflowArnKey, EncryptionContext.PublicKeyKey], StringComparer.Ordinal).Order(StringComparer.Ordinal)];
        return others.FirstOrDefault(static name => !PolicyCharacters.IsText(name) || name.Contains("${", StringComparison.Ordinal)) is { } name
            ? throw AuditedRequests.Unusable(record, "NotAWorkflowUse", $"has \"{name}\" in its encryption context, which a policy cannot name for its characters")
            : new AuditedUse(principal, action, key, workflow, viaImageBuilder) { OtherContextKeys = others };
    }
}
