namespace ImageBuilderDataProtection.Policies.Lint.Rules;

/// <summary>
/// A role or user may make grants of any kind ("Using CreateGrant" in "Grants in AWS KMS",
/// https://docs.aws.amazon.com/kms/latest/developerguide/grants.html).
/// </summary>
internal sealed class CreateGrantWithoutLimit : LintRule
{
    private static readonly string[] Limits =
        ["kms:GrantIsForAWSResource", "kms:GrantOperations", "kms:GranteePrincipal", "kms:GranteeServicePrincipal", "kms:GrantConstraintType", "kms:ViaService"];

    public override FindingSeverity Severity => FindingSeverity.Warning;

    public override string Why => "With a grant it can let anyone, itself included, decrypt without the encryption context that the policy asks for.";

    public override IEnumerable<PolicyFinding> Find(LintContext context) =>
        from statement in context.KeyPolicy.Statements
        where statement.IsAllow && statement.Covers(KmsActions.CreateGrant) && !statement.Conditions.Any(static condition => Limits.Any(condition.Is))
        from principal in context.Users(statement)

        // Who may change the key policy needs no grant.
        where !context.KeyPolicy.Statements.Any(other => other.IsAllow && other.Covers(KmsActions.PutKeyPolicy) && other.Principals.Contains(principal))
        select InStatement(
            statement,
            statement.Statement.PathOf("Action"),
            $"{principal} may make grants without limit ({KmsActions.CreateGrant}).",
            "Take it out, or add a condition Bool kms:GrantIsForAWSResource true, or ForAllValues:StringEquals kms:GrantOperations.");
}
