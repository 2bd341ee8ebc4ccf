namespace ImageBuilderDataProtection.Policies.Lint.Rules;

/// <summary>
/// An account where it does not belong: administrators of another account than the key's ("AWS KMS permissions" in the AWS KMS
/// Developer Guide: PutKeyPolicy has no cross-account use), or a condition on the caller's account that fits no principal.
/// </summary>
internal sealed class WrongAccount : LintRule
{
    private static readonly string[] CallerKeys = [ConditionKeys.CallerAccount, ConditionKeys.PrincipalAccount];

    public override FindingSeverity Severity => FindingSeverity.Error;

    public override string Why => "The statement gives these principals nothing of what it was written for.";

    public override IEnumerable<PolicyFinding> Find(LintContext context) => Administrators(context).Concat(SeveralAccounts(context)).Concat(Callers(context));

    private IEnumerable<PolicyFinding> Administrators(LintContext context) =>
        from statement in context.KeyPolicy.Statements
        where context.Key is not null && statement.IsAllow && statement.Covers(KmsActions.PutKeyPolicy)
        from principal in statement.Principals.Select(static (text, index) => (Text: text, Index: index))
        let account = PrincipalArn.TryParse(principal.Text, out PrincipalArn? arn) ? arn.Account : LintedStatement.AccountOf(principal.Text)
        where account is not null && account != context.Key!.Account
        select InStatement(
            statement,
            statement.Statement.PathOf("Principal", "AWS", principal.Index),
            $"{principal.Text} is not of the key's account, {context.Key!.Account}, and cannot administer the key.",
            $"Name administrators of the account {context.Key.Account}.")
            with
            { Why = "kms:PutKeyPolicy has no cross-account use; whatever else the statement allows, it allows to another account." };

    private IEnumerable<PolicyFinding> SeveralAccounts(LintContext context) => context.Key is null && context.AdministratingAccounts().ToArray() is { Length: > 1 } accounts
        ?
        [
            InPolicy(
                context.KeyPolicy,
                "Statement",
                $"Principals of the accounts {string.Join(", ", accounts)} are to administer the key, and only those of its own account can.",
                "Give -KeyArn to have it said which; let only principals of that account change the key policy.")
                with
            { Severity = FindingSeverity.Warning },
        ]
        : [];

    private IEnumerable<PolicyFinding> Callers(LintContext context) =>
        from statement in context.KeyPolicy.Statements
        where statement.IsAllow && statement.Accounts.Any() && !statement.NamesEveryone
        from condition in statement.Conditions
        where condition.Restricts && condition.IsLiteral && CallerKeys.Any(condition.Is) && !condition.Values.Any(static value => value.Contains("${", StringComparison.Ordinal))
            && !condition.Values.Intersect(statement.Accounts).Any()
        select InCondition(
            statement,
            condition,
            value: null,
            $"{condition.Key} asks for the account {string.Join(" or ", condition.Values)}, and the principals are of {string.Join(", ", statement.Accounts.Distinct())}.",
            "Let the condition and the Principal name the same accounts.");
}
