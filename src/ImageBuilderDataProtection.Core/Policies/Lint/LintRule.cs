namespace ImageBuilderDataProtection.Policies.Lint;

/// <summary>One thing that can be wrong with a policy.</summary>
internal abstract class LintRule
{
    /// <summary>The rule's stable name: the name of its class.</summary>
    public string Id => GetType().Name;

    /// <summary>How bad a finding is where the rule does not say otherwise.</summary>
    public abstract FindingSeverity Severity { get; }

    /// <summary>Why it matters, as a sentence.</summary>
    public abstract string Why { get; }

    /// <summary>What is wrong, wherever it is.</summary>
    public abstract IEnumerable<PolicyFinding> Find(LintContext context);

    /// <summary>A finding about a whole policy. What stands in quotes in its sentences may be anything.</summary>
    protected PolicyFinding InPolicy(LintedPolicy policy, string path, string what, string fix) => new()
    {
        RuleId = Id,
        Severity = Severity,
        Policy = policy.Name,
        Path = path,
        What = TerminalText.Line(what),
        Why = Why,
        Fix = TerminalText.Line(fix),
    };

    /// <summary>A finding about a statement.</summary>
    protected PolicyFinding InStatement(LintedStatement statement, string path, string what, string fix) =>
        InPolicy(statement.Policy, path, what, fix) with { Statement = statement.Statement.ToString() };

    /// <summary>A finding about a condition, or one of its values.</summary>
    protected PolicyFinding InCondition(LintedStatement statement, LintedCondition condition, int? value, string what, string fix) =>
        InStatement(statement, statement.Statement.PathOf(condition.Condition, value), what, fix);
}
