namespace ImageBuilderDataProtection.Policies.Lint.Rules;

/// <summary>
/// A role or user gets every action, to open workflows as well as to change the key policy ("Least-privilege permissions" in
/// "Best practices for key policies", https://docs.aws.amazon.com/kms/latest/developerguide/key-policies.html). The account
/// root is another matter: it hands the decision on to the account's identity policies.
/// </summary>
internal sealed class EverythingForKeyUser : LintRule
{
    public override FindingSeverity Severity => FindingSeverity.Error;

    public override string Why => "Whoever may change the key policy can give the key to anyone, and whoever may decrypt can open every workflow; no one role should do both.";

    public override IEnumerable<PolicyFinding> Find(LintContext context) =>
        from statement in context.KeyPolicy.Statements
        where statement.IsAllow && statement.CoversEverything
        from principal in statement.Identities
        let isUser = statement.Conditions.Any(static condition => condition.IsContext) || UsesElsewhere(context, statement, principal)
        select InStatement(
            statement,
            statement.Statement.PathOf("Action"),
            $"{principal} may do everything with the key, from opening workflows to changing the key policy.",
            isUser
                ? "Give a user of the key kms:Decrypt and kms:GenerateDataKey only."
                : "Give an administrator the administrative actions only (New-IBWorkflowKeyPolicy -AdministrativeActionsOnly).")
            with
            { Severity = isUser ? FindingSeverity.Error : FindingSeverity.Warning };

    private static bool UsesElsewhere(LintContext context, LintedStatement statement, string principal) => context.KeyPolicy.Statements.Any(other =>
        other != statement && other.IsAllow && !other.CoversEverything && other.Principals.Contains(principal) && (other.Covers(KmsActions.Decrypt) || other.Covers(KmsActions.GenerateDataKey)));
}
