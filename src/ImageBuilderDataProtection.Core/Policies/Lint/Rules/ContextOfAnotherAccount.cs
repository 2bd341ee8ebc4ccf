namespace ImageBuilderDataProtection.Policies.Lint.Rules;

/// <summary>A pattern of workflow ARNs matches workflows of accounts that are neither the key's nor that of those who are allowed.</summary>
internal sealed class ContextOfAnotherAccount : LintRule
{
    public override FindingSeverity Severity => FindingSeverity.Warning;

    public override string Why => "The key would protect and open workflows of an account that is neither its own nor its users'; for workflows that are shared that is right.";

    public override IEnumerable<PolicyFinding> Find(LintContext context) =>
        from statement in context.Statements
        where statement.IsAllow
        let accounts = Accounts(context, statement)
        where accounts.Length > 0
        from condition in statement.Conditions
        where condition.IsWorkflow && condition.Restricts
        from value in condition.Values.Select(static (text, index) => (Text: text, Index: index))
        let pattern = WorkflowArnPattern.TryParse(value.Text, out WorkflowArnPattern? parsed) ? parsed : null
        where pattern is not null && pattern.MatchesOtherAccountThan(accounts)
        let matchesOwn = accounts.Any(pattern.MatchesAccount)
        select InCondition(
            statement,
            condition,
            value.Index,
            $"\"{value.Text}\" matches workflows of {(matchesOwn ? "other accounts, too; those known here are" : "other accounts than")} {string.Join(", ", accounts)}.",
            $"If they are not shared with you, write your account into the pattern: \"arn:{context.Partition ?? "aws"}:imagebuilder:*:{accounts[0]}:workflow/*\".");

    private static string[] Accounts(LintContext context, LintedStatement statement) =>
    [
        .. new[] { context.Key?.Account, statement.Policy.IsKeyPolicy ? null : context.Role?.Account }.OfType<string>()
            .Concat(statement.Policy.IsKeyPolicy ? statement.Accounts : KeyAccounts(statement))
            .Distinct(StringComparer.Ordinal),
    ];

    // In a role policy the keys it names tell whose workflows are meant.
    private static IEnumerable<string> KeyAccounts(LintedStatement statement) => (statement.Statement.Resource?.Values ?? [])
        .Select(static value => value.Split(':'))
        .Where(static parts => parts.Length > 4 && parts[4].Length == 12 && parts[4].All(char.IsAsciiDigit))
        .Select(static parts => parts[4]);
}
