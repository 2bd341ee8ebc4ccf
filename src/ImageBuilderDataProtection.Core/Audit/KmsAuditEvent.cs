namespace ImageBuilderDataProtection.Audit;

/// <summary>A CloudTrail record of a KMS call.</summary>
public sealed class KmsAuditEvent
{
}
