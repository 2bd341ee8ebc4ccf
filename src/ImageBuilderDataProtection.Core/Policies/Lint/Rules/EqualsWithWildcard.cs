using ImageBuilderDataProtection.Workflows;

namespace ImageBuilderDataProtection.Policies.Lint.Rules;

/// <summary>
/// A value with wildcards under an operator that has none ("String condition operators" in the IAM User Guide,
/// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html#Conditions_String).
/// A whole workflow ARN that ends in <c>*</c> is none: Image Builder writes that <c>*</c> into the encryption context.
/// </summary>
internal sealed class EqualsWithWildcard : LintRule
{
    public override FindingSeverity Severity => FindingSeverity.Error;

    public override string Why => "StringEquals and its like take * and ? as mere characters, so the value matches nothing that was meant.";

    public override IEnumerable<PolicyFinding> Find(LintContext context) =>
        from statement in context.Statements
        from condition in statement.Conditions
        where condition.IsLiteral
        from value in condition.Values.Select(static (text, index) => (Text: text, Index: index))
        where HasWildcard(value.Text) && !(condition.IsContext && WorkflowArn.TryParse(value.Text, out _))
        select InCondition(
            statement,
            condition,
            value.Index,
            $"{condition.Condition.Operator} compares {condition.Key} with \"{value.Text}\", and has no wildcards.",
            $"Write {condition.Condition.Operator.Replace("IgnoreCase", "", StringComparison.Ordinal).Replace("Equals", "Like", StringComparison.Ordinal)}.")
            with
            { Severity = condition.IsContext && !condition.IsWorkflow ? FindingSeverity.Warning : FindingSeverity.Error };

    /// <summary>Whether a text has a wildcard, other than one that a policy variable such as <c>${*}</c> makes literal.</summary>
    public static bool HasWildcard(string text) =>
        text.Replace("${*}", "", StringComparison.Ordinal).Replace("${?}", "", StringComparison.Ordinal).AsSpan().IndexOfAny('*', '?') >= 0;
}
