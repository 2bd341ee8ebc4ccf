using ImageBuilderDataProtection.Workflows;

namespace ImageBuilderDataProtection.Policies.Lint.Rules;

/// <summary>
/// A value that the workflow ARN is compared with can match none ("WorkflowVersion" in the EC2 Image Builder API Reference
/// has the form of the ARN). Values are compared with regard to case.
/// </summary>
internal sealed class ContextMatchesNoWorkflow : LintRule
{
    public override FindingSeverity Severity => FindingSeverity.Error;

    public override string Why => "No request for a workflow ever has such a value, so the condition never does what it is there for.";

    public override IEnumerable<PolicyFinding> Find(LintContext context) =>
        from statement in context.Statements
        from condition in statement.Conditions
        where condition.IsWorkflow && condition.Operator is { Comparison: not ConditionComparison.Null }
        from value in condition.Values.Select(static (text, index) => (Text: text, Index: index))
        where !value.Text.Contains("${", StringComparison.Ordinal)
        let reason = Problem(condition, value.Text)
        where reason is not null
        select InCondition(
            statement,
            condition,
            value.Index,
            $"\"{value.Text}\" matches no workflow ARN: {reason}.",
            "Write a pattern such as \"arn:aws:imagebuilder:*:111122223333:workflow/*\", in lower case, with StringLike.");

    private static string? Problem(LintedCondition condition, string value)
    {
        if (condition.HasWildcards)
        {
            return WorkflowArnPattern.TryParse(value, out _) ? null : WorkflowArnPattern.Hint(value);
        }

        if (!condition.IsLiteral)
        {
            return $"{condition.Condition.Operator} does not compare texts";
        }

        // A literal wildcard is EqualsWithWildcard's.
        string text = condition.Operator!.Value.Comparison == ConditionComparison.StringEqualsIgnoreCase ? value.ToLowerInvariant() : value;
        return WorkflowArn.TryParse(text, out _) || EqualsWithWildcard.HasWildcard(text) ? null : WorkflowArnPattern.Hint(text);
    }
}
