using ImageBuilderDataProtection.Audit;

namespace ImageBuilderDataProtection.Policies.Generation;

/// <summary>An audit event that a policy made of audit events does not allow.</summary>
/// <param name="Event">The event.</param>
/// <param name="Reason">Why not; its message names the event.</param>
public sealed record UnusableAuditEvent(KmsAuditEvent Event, DataProtectionException Reason);
