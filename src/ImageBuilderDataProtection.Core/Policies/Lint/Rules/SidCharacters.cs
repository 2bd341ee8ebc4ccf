namespace ImageBuilderDataProtection.Policies.Lint.Rules;

/// <summary>
/// A Sid of a role policy that IAM refuses, such as the one the AWS page prints: "Spaces are prohibited in the Sid element of
/// an IAM policy document" ("Creating a key policy" in the AWS KMS Developer Guide,
/// https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-overview.html). In a key policy they are allowed.
/// </summary>
internal sealed class SidCharacters : LintRule
{
    public override FindingSeverity Severity => FindingSeverity.Warning;

    public override string Why => "IAM refuses the policy when it is put on a role (MalformedPolicyDocument).";

    public override IEnumerable<PolicyFinding> Find(LintContext context) =>
        from policy in context.RolePolicies
        from statement in policy.Statements
        where statement.Statement.Sid is { } sid && !sid.All(char.IsAsciiLetterOrDigit)
        select InStatement(
            statement,
            statement.Statement.PathOf("Sid"),
            "A Sid of a role policy can have letters and digits only.",
            $"Write \"{string.Concat(statement.Statement.Sid!.Where(char.IsAsciiLetterOrDigit))}\" (New-IBWorkflowRolePolicy -Sid).");
}
