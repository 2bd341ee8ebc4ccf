using ImageBuilderDataProtection.Audit;

namespace ImageBuilderDataProtection.Kms.Local;

/// <summary>The answer of a call that changed one key.</summary>
internal sealed record ChangedKey(LocalKey Key, string RequestId, KmsAuditEvent? AuditEvent) : KmsResult(RequestId, AuditEvent)
{
    public KmsAcknowledgement ToAcknowledgement() => new(RequestId, AuditEvent);
}
