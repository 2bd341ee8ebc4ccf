using ImageBuilderDataProtection.Audit;

namespace ImageBuilderDataProtection.Kms.Local;

/// <summary>The answer of ListAliases: alias names with the ids of their keys, in ordinal order of the names.</summary>
internal sealed record ListedAliasEntries(IReadOnlyList<KeyValuePair<string, string>> Aliases, string Account, string RequestId, KmsAuditEvent? AuditEvent)
    : KmsResult(RequestId, AuditEvent);
