using ImageBuilderDataProtection.Audit;

namespace ImageBuilderDataProtection.Kms.Local;

/// <summary>The answer of ListResourceTags, in ordinal order of the tag keys.</summary>
internal sealed record ListedTags(IReadOnlyList<KeyValuePair<string, string>> Tags, string RequestId, KmsAuditEvent? AuditEvent) : KmsResult(RequestId, AuditEvent);
