using ImageBuilderDataProtection.Kms;

namespace ImageBuilderDataProtection.Policies.Generation;

/// <summary>A key policy made of what audit events show.</summary>
/// <param name="Policy">The policy.</param>
/// <param name="Keys">The keys whose uses it allows. It is for one key, so that with several it allows more than each has seen.</param>
/// <param name="Unusable">Events that turned out at the end to be such that the policy could not allow them, and why.</param>
public sealed record AuditedKeyPolicy(
    KeyPolicy Policy,
    IReadOnlyList<KeyArn> Keys,
    IReadOnlyList<UnusableAuditEvent> Unusable);
