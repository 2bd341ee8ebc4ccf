namespace ImageBuilderDataProtection.Policies.Lint.Rules;

/// <summary>
/// A Sid stands twice ("IAM JSON policy elements: Sid" in the IAM User Guide,
/// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_sid.html: it must be unique within a policy).
/// </summary>
internal sealed class DuplicateSid : LintRule
{
    public override FindingSeverity Severity => FindingSeverity.Error;

    public override string Why => "IAM refuses such a policy; KMS takes it, and then nobody knows which of the statements is meant.";

    public override IEnumerable<PolicyFinding> Find(LintContext context) =>
        from policy in context.Policies
        from same in policy.Statements.Where(static statement => !string.IsNullOrEmpty(statement.Statement.Sid)).GroupBy(static statement => statement.Statement.Sid, StringComparer.Ordinal)
        from repeated in same.Skip(1)
        select InStatement(repeated, repeated.Statement.PathOf("Sid"), $"The Sid \"{same.Key}\" stands {same.Count()} times.", "Give each statement a Sid of its own.")
            with
            { Severity = policy.IsKeyPolicy ? FindingSeverity.Warning : FindingSeverity.Error };
}
