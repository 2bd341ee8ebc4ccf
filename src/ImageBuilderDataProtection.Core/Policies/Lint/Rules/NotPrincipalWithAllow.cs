namespace ImageBuilderDataProtection.Policies.Lint.Rules;

/// <summary>
/// NotPrincipal with Allow ("AWS JSON policy elements: NotPrincipal" in the IAM User Guide,
/// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_notprincipal.html).
/// </summary>
internal sealed class NotPrincipalWithAllow : LintRule
{
    public override FindingSeverity Severity => FindingSeverity.Error;

    public override string Why => "It allows everyone but those named, anonymous callers and all other AWS accounts included.";

    public override IEnumerable<PolicyFinding> Find(LintContext context) =>
        from statement in context.KeyPolicy.Statements
        where statement.IsAllow && statement.Statement.Principal is { IsNegated: true }
        select InStatement(
            statement,
            statement.Statement.PathOf("Principal"),
            "The statement allows with NotPrincipal.",
            "Name those who may as Principal; keep someone out with a Deny statement.");
}
