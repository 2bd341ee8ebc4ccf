using ImageBuilderDataProtection.Audit;

namespace ImageBuilderDataProtection.Kms.Local;

/// <summary>The answer of ListKeys: all keys of the account and region, in the order of their ids.</summary>
internal sealed record ListedKeys(IReadOnlyList<KeyArn> Keys, string RequestId, KmsAuditEvent? AuditEvent) : KmsResult(RequestId, AuditEvent);
