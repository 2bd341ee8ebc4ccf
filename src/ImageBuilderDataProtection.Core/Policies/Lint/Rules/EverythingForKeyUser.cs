namespace ImageBuilderDataProtection.Policies.Lint.Rules;

/// <summary>
/// One who uses the key gets every action, or may also change the key policy, in one statement or in several ("Least-privilege
/// permissions" in "Best practices for key policies", https://docs.aws.amazon.com/kms/latest/developerguide/key-policies.html).
/// The root of the key's account is another matter: it hands the decision on to the account's identity policies.
/// </summary>
internal sealed class EverythingForKeyUser : LintRule
{
    public override FindingSeverity Severity => FindingSeverity.Error;

    public override string Why => "Whoever may change the key policy can give the key to anyone, and whoever may decrypt can open every workflow; no one should do both.";

    public override IEnumerable<PolicyFinding> Find(LintContext context) =>
        from statement in context.KeyPolicy.Statements
        where statement.IsAllow && statement.Covers(KmsActions.PutKeyPolicy)
        from principal in context.Users(statement)
        let finding = HasContext(statement) ? CheckUser(statement, principal) : CheckAdministrator(context, statement, principal)
        where finding is not null
        select finding;

    // Under a context the administrative actions are never allowed, since their requests have none; yet the statement says so.
    private PolicyFinding? CheckUser(LintedStatement statement, string principal) =>
        statement.CoversEverything && statement.Actions.Any(static action => EqualsWithWildcard.HasWildcard(action.Text))
            ? InStatement(
                statement,
                statement.Statement.PathOf("Action"),
                $"{Name(principal)} is given every action, and needs two.",
                "Give a user of the key kms:Decrypt and kms:GenerateDataKey only.")
                with
            { Why = "Every action with an encryption context is allowed, and the rest only for want of a context." }
            : null;

    private PolicyFinding? CheckAdministrator(LintContext context, LintedStatement statement, string principal)
    {
        // Administrators of another account are WrongAccount's.
        LintedStatement[] uses = [.. context.KeyPolicy.Statements.Where(other => other.IsAllow && other.Covers(KmsActions.Decrypt) && other.Principals.Contains(principal))];
        bool isUser = uses.Any(other => other != statement);
        return uses.Length == 0 || IsOfAnotherAccount(context, principal) ? null : InStatement(
            statement,
            statement.Statement.PathOf("Action"),
            $"{Name(principal)} may both open workflows and change the key policy.",
            isUser
                ? "Let others administer the key: take kms:PutKeyPolicy from it."
                : "Give an administrator the administrative actions only (New-IBWorkflowKeyPolicy -AdministrativeActionsOnly).")
            with
        { Severity = isUser ? FindingSeverity.Error : FindingSeverity.Warning };
    }

    private static bool HasContext(LintedStatement statement) => statement.Conditions.Any(static condition => condition.IsContext && condition.Restricts);

    private static bool IsOfAnotherAccount(LintContext context, string principal) =>
        context.Key is { } key && PrincipalArn.TryParse(principal, out PrincipalArn? arn) && arn.Account != key.Account;

    private static string Name(string principal) => principal == "*" ? "Everyone that the conditions leave" : principal;
}
