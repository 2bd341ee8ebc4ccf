using ImageBuilderDataProtection.Kms;

namespace ImageBuilderDataProtection.Policies.Lint;

/// <summary>One condition of a linted statement.</summary>
internal sealed class LintedCondition
{
    public LintedCondition(PolicyCondition condition)
    {
        Condition = condition;
        Operator = ConditionOperator.TryParse(condition.Operator, out ConditionOperator parsed) ? parsed : null;
    }

    public PolicyCondition Condition { get; }

    /// <summary>The operator; null when it is none of the IAM reference.</summary>
    public ConditionOperator? Operator { get; }

    public string Key => Condition.Key;

    public IReadOnlyList<string> Values => Condition.Values;

    /// <summary>Whether the condition is on the workflow ARN of the encryption context.</summary>
    public bool IsWorkflow => Is(ConditionKeys.WorkflowArn);

    /// <summary>Whether the condition is on a pair of the encryption context.</summary>
    public bool IsContext => Key.StartsWith(ConditionKeys.EncryptionContextPrefix, StringComparison.OrdinalIgnoreCase);

    /// <summary>Whether the condition is on the names of the pairs of the encryption context.</summary>
    public bool IsContextKeys => Is(ConditionKeys.EncryptionContextKeys);

    /// <summary>
    /// Whether the condition holds only for requests that have the key with one of the values: not for those that lack it, as
    /// with …IfExists and ForAllValues, and not for those that have another, as with the negated operators and Null.
    /// </summary>
    public bool Restricts => Operator is { IsNegated: false, IfExists: false, Quantifier: not ConditionQuantifier.All, Comparison: not ConditionComparison.Null };

    /// <summary>Whether <c>*</c> and <c>?</c> in the values are wildcards.</summary>
    public bool HasWildcards => Operator?.Comparison is ConditionComparison.StringLike or ConditionComparison.Arn;

    /// <summary>Whether the values are compared as they stand.</summary>
    public bool IsLiteral => Operator?.Comparison is ConditionComparison.StringEquals or ConditionComparison.StringEqualsIgnoreCase;

    public bool Is(string key) => Key.Equals(key, StringComparison.OrdinalIgnoreCase);
}
