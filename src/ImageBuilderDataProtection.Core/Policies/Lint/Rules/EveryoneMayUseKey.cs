namespace ImageBuilderDataProtection.Policies.Lint.Rules;

/// <summary>
/// A statement allows everyone, without a condition ("AWS JSON policy elements: Principal" in the IAM User Guide,
/// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html#principal-anonymous).
/// </summary>
internal sealed class EveryoneMayUseKey : LintRule
{
    public override FindingSeverity Severity => FindingSeverity.Error;

    public override string Why => "Anyone in any AWS account may use the key, and with it open every workflow that it protects.";

    public override IEnumerable<PolicyFinding> Find(LintContext context) =>
        from statement in context.KeyPolicy.Statements
        where statement.IsAllow && statement.NamesEveryone && statement.Conditions.Count == 0 && KmsActions.OnKeys.Any(statement.Covers)
        select InStatement(
            statement,
            statement.Statement.PathOf("Principal"),
            "The Principal is \"*\", and no condition narrows it.",
            "Name the execution roles and the key administrators as Principal.");
}
