using ImageBuilderDataProtection.Kms;

namespace ImageBuilderDataProtection.Policies.Lint;

/// <summary>One statement of a linted policy, with what several rules ask of it.</summary>
internal sealed class LintedStatement
{
    private readonly ActionMatcher? _action;
    private readonly HashSet<string> _covered;

    public LintedStatement(LintedPolicy policy, StatementMatcher matcher)
    {
        Policy = policy;
        Matcher = matcher;
        Statement = matcher.Statement;
        _action = Statement.Action is { Values.Count: > 0 } action ? new ActionMatcher(action) : null;
        _covered = [.. KmsActions.All.Where(name => _action?.Evaluate(name) == MatchOutcome.Yes)];
        Conditions = [.. Statement.Conditions.Select(static condition => new LintedCondition(condition))];
    }

    public LintedPolicy Policy { get; }

    public PolicyStatement Statement { get; }

    /// <summary>The statement as the evaluator sees it.</summary>
    public StatementMatcher Matcher { get; }

    public IReadOnlyList<LintedCondition> Conditions { get; }

    public bool IsAllow => Statement.Effect == PolicyEffect.Allow;

    /// <summary>The values of Action or NotAction, with their places.</summary>
    public IEnumerable<(string Text, string Path)> Actions =>
        (Statement.Action?.Values ?? []).Select((text, index) => (text, Statement.PathOf("Action", index: index)));

    /// <summary>The AWS principals; none where the element is negated or missing.</summary>
    public IReadOnlyList<string> Principals => Statement.Principal is { IsNegated: false } principals ? principals.Aws : [];

    /// <summary>Whether the statement is about everyone.</summary>
    public bool NamesEveryone => Principals.Contains("*");

    /// <summary>The AWS principals that are neither everyone nor a whole account.</summary>
    public IEnumerable<string> Identities => Principals.Where(static name => name != "*" && AccountOf(name) is null);

    /// <summary>The principals that are ARNs.</summary>
    public IEnumerable<PrincipalArn> PrincipalArns => Principals.Select(static name => PrincipalArn.TryParse(name, out PrincipalArn? arn) ? arn : null).OfType<PrincipalArn>();

    /// <summary>The accounts of the principals.</summary>
    public IEnumerable<string> Accounts => Principals.Select(static name => PrincipalArn.TryParse(name, out PrincipalArn? arn) ? arn.Account : AccountOf(name)).OfType<string>();

    /// <summary>Whether the statement is about an action.</summary>
    public bool Covers(string action) => _covered.Contains(action);

    /// <summary>Whether the statement gives all there is: to change the policy, and to open what is encrypted.</summary>
    public bool CoversEverything => Covers(KmsActions.PutKeyPolicy) && Covers(KmsActions.Decrypt);

    /// <summary>Whether a condition holds only for requests whose encryption context names a workflow.</summary>
    public bool RequiresWorkflow => Conditions.Any(static condition => condition.IsWorkflow && condition.Restricts);

    /// <summary>The account, where a principal is a whole account in either of the two forms; otherwise null.</summary>
    public static string? AccountOf(string name) =>
        PrincipalArn.TryParse(name, out PrincipalArn? arn) ? (arn.Kind == PrincipalKind.AccountRoot ? arn.Account : null)
        : name.Length == 12 && name.All(char.IsAsciiDigit) ? name
        : null;
}
