namespace ImageBuilderDataProtection.Policies.Lint.Rules;

/// <summary>
/// A condition key that AWS has deprecated ("AWS KMS condition keys" in the AWS KMS Developer Guide,
/// https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html).
/// </summary>
internal sealed class DeprecatedConditionKey : LintRule
{
    public override FindingSeverity Severity => FindingSeverity.Warning;

    public override string Why => "AWS has deprecated the condition key and may stop to supply it.";

    public override IEnumerable<PolicyFinding> Find(LintContext context) =>
        from statement in context.Statements
        from condition in statement.Conditions
        let replacement = KnownConditionKeys.Replacement(condition.Key)
        where replacement is not null
        select InCondition(statement, condition, value: null, $"{condition.Key} is deprecated.", $"Write {replacement}.");
}
