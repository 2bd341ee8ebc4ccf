using System.Globalization;
using ImageBuilderDataProtection.Audit;
using ImageBuilderDataProtection.Kms;
using ImageBuilderDataProtection.Workflows;

namespace ImageBuilderDataProtection.Policies.Generation;

/// <summary>Reads what permissions an audit event shows to have been asked for, whether they were given or denied.</summary>
internal static class AuditedUseReader
{
    private const string ReEncrypt = "ReEncrypt";

    // The operations with symmetric keys that take an encryption context ("Encryption context" in the AWS KMS Developer Guide).
    private static readonly HashSet<string> WithContext =
    [
        "Decrypt", "Encrypt", "GenerateDataKey", "GenerateDataKeyPair", "GenerateDataKeyPairWithoutPlaintext", "GenerateDataKeyWithoutPlaintext",
    ];

    /// <summary>The permissions.</summary>
    /// <exception cref="DataProtectionException">
    /// The event names no one or nothing that a policy could name: <c>AuditContextHidden</c>, <c>AuditPrincipalUnknown</c>,
    /// <c>AuditKeyUnknown</c>, <c>NotAWorkflowUse</c>.
    /// </exception>
    public static IReadOnlyList<AuditedUse> Read(KmsAuditEvent record)
    {
        if (record.IsEncryptionContextHidden)
        {
            throw Unusable(record, "AuditContextHidden", $"does not show its encryption context ({KmsAuditEvent.Hidden}), so that no workflow is to be told from it");
        }

        if (record.ErrorCode == "NotFoundException")
        {
            throw Unusable(record, "AuditKeyUnknown", "asked for a key or alias that was not there, and no policy would have changed that");
        }

        PrincipalArn principal = ReadPrincipal(record);
        return record.EventName == ReEncrypt
            ?
            [
                ReadUse(record, principal, "kms:ReEncryptFrom", ReEncryptKey(record, "sourceKeyId", 0), ContextOf(record, "sourceEncryptionContext")),
                ReadUse(record, principal, "kms:ReEncryptTo", ReEncryptKey(record, "destinationKeyId", 1), ContextOf(record, "destinationEncryptionContext")),
            ]
            : [ReadUse(record, principal, "kms:" + record.EventName, ToKey(record.KeyArn), record.EncryptionContext)];
    }

    /// <summary>Whether the permission is one that statements for workflows give, and not one of administration.</summary>
    public static bool IsOfWorkflows(AuditedUse use) => use.Workflow is not null || DescriptionGrant.AllActions.Contains(use.Action);

    /// <summary>The failure of an event that is administration.</summary>
    public static DataProtectionException NotOfWorkflows(KmsAuditEvent record) =>
        Unusable(record, "NotAWorkflowUse", "is no use of a key for a workflow; if the caller is to administer the key, name it as a key administrator");

    /// <summary>A failure that names the event.</summary>
    public static DataProtectionException Unusable(KmsAuditEvent record, string errorId, string reason) => new(
        errorId,
        FailureKind.InvalidData,
        $"The audit event {record.EventId ?? "without an id"} ({record.EventName} at {record.EventTime.ToString(JsonElements.TimeFormat, CultureInfo.InvariantCulture)}) {reason}.");

    private static AuditedUse ReadUse(KmsAuditEvent record, PrincipalArn principal, string action, KeyArn? key, IReadOnlyDictionary<string, string>? context)
    {
        bool viaImageBuilder = record.InvokedBy is "imagebuilder.amazonaws.com" or "imagebuilder.amazonaws.com.cn";
        if (record.EventName != ReEncrypt && !WithContext.Contains(record.EventName))
        {
            return new AuditedUse(principal, action, key, Workflow: null, viaImageBuilder);
        }

        string? named = context?.GetValueOrDefault(EncryptionContext.WorkflowArnKey);
        if (!WorkflowArn.TryParse(named, out WorkflowArn? workflow))
        {
            throw Unusable(
                record,
                "NotAWorkflowUse",
                named is null ? $"is no use of a key for a workflow: {action} has no {EncryptionContext.WorkflowArnKey} in its encryption context"
                    : $"names \"{named}\" in its encryption context, which is not the ARN of a workflow");
        }

        string[] others = [.. context!.Keys.Except([EncryptionContext.WorkflowArnKey, EncryptionContext.PublicKeyKey], StringComparer.Ordinal).Order(StringComparer.Ordinal)];
        return others.FirstOrDefault(static name => !PolicyCharacters.IsText(name) || name.Contains("${", StringComparison.Ordinal)) is { } name
            ? throw Unusable(record, "NotAWorkflowUse", $"has \"{name}\" in its encryption context, which a policy cannot name for its characters")
            : new AuditedUse(principal, action, key, workflow, viaImageBuilder) { OtherContextKeys = others };
    }

    // "CloudTrail userIdentity element" in the CloudTrail User Guide: a session names its role as its issuer.
    private static PrincipalArn ReadPrincipal(KmsAuditEvent record)
    {
        AuditUserIdentity? identity = record.UserIdentity;
        string? arn = identity?.Type switch
        {
            "AssumedRole" => identity.SessionContext?.SessionIssuer?.Arn,
            "IAMUser" or "Root" => identity.Arn,
            _ => null,
        };
        if (PrincipalArn.TryParse(arn, out PrincipalArn? principal) && principal.Kind != PrincipalKind.RoleSession)
        {
            return principal;
        }

        throw Unusable(record, "AuditPrincipalUnknown", identity?.Type switch
        {
            "AWSAccount" => $"is of the account {identity.AccountId}, and only the trail of that account names the role",
            "AWSService" => $"was made by the service {identity.InvokedBy} itself, and not for a role or user",
            null => "does not say who called",
            { } type => $"does not name a role or user that a policy could name; its caller is of the type {type}",
        });
    }

    private static Dictionary<string, string>? ContextOf(KmsAuditEvent record, string name) =>
        record.RequestParameters?.GetValueOrDefault(name) is IReadOnlyDictionary<string, object?> pairs
            ? pairs.Where(static pair => pair.Value is string).ToDictionary(static pair => pair.Key, static pair => (string)pair.Value!, StringComparer.Ordinal)
            : null;

    // "The resources field in this log entry specifies two AWS KMS keys, the source KMS key and the destination KMS key, in that
    // order": "ReEncrypt" in "Logging AWS KMS API calls with AWS CloudTrail". A call that was denied has not both.
    private static KeyArn? ReEncryptKey(KmsAuditEvent record, string parameter, int index) =>
        ToKey(record.RequestParameters?.GetValueOrDefault(parameter) as string) ?? (record.Resources.Count == 2 || index == 0 ? ToKey(record.Resources.ElementAtOrDefault(index)?.Arn) : null);

    private static KeyArn? ToKey(string? arn) => KeyArn.TryParse(arn, out KeyArn? key) ? key : null;
}
