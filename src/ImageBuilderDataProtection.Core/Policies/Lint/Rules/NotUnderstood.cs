namespace ImageBuilderDataProtection.Policies.Lint.Rules;

/// <summary>Something in a policy that AWS refuses, or that has no meaning that could be relied on.</summary>
internal sealed class NotUnderstood : LintRule
{
    public override FindingSeverity Severity => FindingSeverity.Error;

    public override string Why => "AWS refuses it, or what it means cannot be told; here an Allow with it counts as not there, and a Deny as denying.";

    public override IEnumerable<PolicyFinding> Find(LintContext context) =>
        from policy in context.Policies
        from finding in Find(policy)
        select finding;

    private IEnumerable<PolicyFinding> Find(LintedPolicy policy)
    {
        const string Fix = "Write it as the IAM JSON policy reference has it.";
        if (policy.Document.FindProblem() is { } problem)
        {
            yield return InPolicy(policy, "", Sentence(problem), Fix);
        }

        if (policy.Statements.Count == 0)
        {
            yield return InPolicy(policy, "Statement", "The policy has no statement.", "Add the statements of New-IBWorkflowKeyPolicy.");
        }

        // What is not there at all is ElementMissing's.
        foreach (LintedStatement statement in policy.Statements.Where(static one => one.Statement is { Action.Values.Count: > 0, Resource.Values.Count: > 0 } && one.Matcher.OwnProblem is not null))
        {
            yield return InStatement(statement, statement.Statement.Path, Sentence(statement.Matcher.OwnProblem!), FixOf(statement) ?? Fix);
        }
    }

    // The slips that are made most.
    private static string? FixOf(LintedStatement statement)
    {
        if (statement.Actions.Select(static action => action.Text).FirstOrDefault(static action => KmsActions.All.Contains(KmsActions.Prefix + action, StringComparer.OrdinalIgnoreCase)) is { } action)
        {
            return $"Write {KmsActions.Prefix}{action}.";
        }

        return statement.Principals.Any(static name => name.Contains('*', StringComparison.Ordinal) && name != "*")
            ? "Write the account as Principal, with a condition ArnLike aws:PrincipalArn; a Principal has no wildcards."
            : null;
    }

    private static string Sentence(string problem) => char.ToUpperInvariant(problem[0]) + problem[1..] + ".";
}
