namespace ImageBuilderDataProtection.Policies.Lint.Rules;

/// <summary>
/// A policy in the older version of the language ("IAM JSON policy elements: Version" in the IAM User Guide,
/// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_version.html).
/// </summary>
internal sealed class OldVersion : LintRule
{
    public override FindingSeverity Severity => FindingSeverity.Information;

    public override string Why => "In the older version of the policy language a policy variable such as ${aws:PrincipalAccount} is mere text.";

    public override IEnumerable<PolicyFinding> Find(LintContext context) =>
        from policy in context.Policies
        where policy.Document.Version is null or "2008-10-17"
        select InPolicy(
            policy,
            policy.Document.Version is null ? "" : "Version",
            policy.Document.Version is { } version ? $"The Version is {version}." : "The policy has no Version, which means 2008-10-17.",
            $"Write \"Version\": \"{PolicyDocument.CurrentVersion}\".")
            with
            { Severity = policy.Document.Texts().Any(static text => text.Text.Contains("${", StringComparison.Ordinal)) ? FindingSeverity.Warning : Severity };
}
