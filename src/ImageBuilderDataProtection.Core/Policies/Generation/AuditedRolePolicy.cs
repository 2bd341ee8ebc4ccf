namespace ImageBuilderDataProtection.Policies.Generation;

/// <summary>The policy of an execution role made of what audit events show.</summary>
/// <param name="Policy">The policy.</param>
/// <param name="Principals">Whose uses it allows. It is for one role, so that with several it allows more than each has done.</param>
/// <param name="Unusable">Events that turned out at the end to be such that the policy could not allow them, and why.</param>
public sealed record AuditedRolePolicy(
    PolicyDocument Policy,
    IReadOnlyList<PrincipalArn> Principals,
    IReadOnlyList<UnusableAuditEvent> Unusable);
