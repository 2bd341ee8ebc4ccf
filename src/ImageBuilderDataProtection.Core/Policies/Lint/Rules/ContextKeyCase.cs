using ImageBuilderDataProtection.Kms;

namespace ImageBuilderDataProtection.Policies.Lint.Rules;

/// <summary>
/// <c>aws:imagebuilder:arn</c> in other case. As part of a condition key case does not count; as a value of
/// kms:EncryptionContextKeys, and in the encryption context itself, it does ("Case sensitivity of the encryption context
/// condition" in the AWS KMS Developer Guide).
/// </summary>
internal sealed class ContextKeyCase : LintRule
{
    private static readonly string[] Names = [EncryptionContext.WorkflowArnKey, EncryptionContext.PublicKeyKey];

    public override FindingSeverity Severity => FindingSeverity.Error;

    public override string Why => "Names in an encryption context are compared with regard to case, so no protected workflow has this one.";

    public override IEnumerable<PolicyFinding> Find(LintContext context) =>
        from statement in context.Statements
        from condition in statement.Conditions
        from finding in InKey(statement, condition).Concat(InValues(statement, condition))
        select finding;

    private IEnumerable<PolicyFinding> InKey(LintedStatement statement, LintedCondition condition)
    {
        if (condition.IsContext && Slip(condition.Key[ConditionKeys.EncryptionContextPrefix.Length..]) is { } name)
        {
            yield return InCondition(
                statement, condition, value: null, $"The condition key {condition.Key} is {ConditionKeys.EncryptionContextPrefix}{name} in other case.", $"Write {name} as it stands in the encryption context.")
                with
            {
                Severity = FindingSeverity.Information,
                Why = "In a condition key case does not count, so this works; copied into an encryption context it would not.",
            };
        }
    }

    private IEnumerable<PolicyFinding> InValues(LintedStatement statement, LintedCondition condition) =>
        from value in condition.Values.Select(static (text, index) => (Text: text, Index: index))
        let name = condition.IsContextKeys && condition.Operator?.Comparison != ConditionComparison.StringEqualsIgnoreCase ? Slip(value.Text) : null
        where name is not null
        select InCondition(statement, condition, value.Index, $"\"{value.Text}\" is {name} in other case.", $"Write \"{name}\".");

    private static string? Slip(string text) => Names.FirstOrDefault(name => name != text && name.Equals(text, StringComparison.OrdinalIgnoreCase));
}
