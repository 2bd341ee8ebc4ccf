namespace ImageBuilderDataProtection.Policies.Lint.Rules;

/// <summary>
/// A statement allows everyone, and its conditions say nothing of who calls. The encryption context is no secret, and
/// whoever calls chooses it ("Encryption context" in the AWS KMS Developer Guide).
/// </summary>
internal sealed class WeakConditionOnEveryone : LintRule
{
    // "AWS global condition context keys" (properties of the principal and of the network) and kms:CallerAccount.
    private static readonly HashSet<string> Strong = new(StringComparer.OrdinalIgnoreCase)
    {
        "kms:CallerAccount", "aws:PrincipalAccount", "aws:PrincipalArn", "aws:PrincipalOrgID", "aws:PrincipalOrgPaths", "aws:UserId",
        "aws:SourceAccount", "aws:SourceArn", "aws:SourceOrgID", "aws:SourceVpc", "aws:SourceVpcArn", "aws:SourceVpce", "aws:SourceIp", "aws:VpceAccount", "aws:VpceOrgID",
    };

    public override FindingSeverity Severity => FindingSeverity.Error;

    public override string Why => "Whoever fulfils the conditions may use the key, from any AWS account; what the caller chooses, such as the encryption context, keeps nobody out.";

    public override IEnumerable<PolicyFinding> Find(LintContext context) =>
        from statement in context.KeyPolicy.Statements
        where statement.IsAllow && statement.NamesEveryone && statement.Conditions.Count > 0 && KmsActions.OnKeys.Any(statement.Covers)
            && !statement.Conditions.Any(IsStrong)
        select InStatement(
            statement,
            statement.Statement.PathOf("Condition"),
            $"The Principal is \"*\", and only {string.Join(" and ", statement.Conditions.Select(static condition => $"{condition.Condition.Operator} {condition.Key}"))} narrows it.",
            "Name the roles as Principal, or add a condition on who calls, such as StringEquals kms:CallerAccount.");

    // A pattern that leaves the account open lets in a principal of the same name in any account.
    private static bool IsStrong(LintedCondition condition) =>
        condition.Restricts && Strong.Contains(condition.Key) && condition.Values.All(value => !condition.HasWildcards || !LeavesAccountOpen(value))
        && !condition.Values.Any(static value => value is "0.0.0.0/0" or "::/0");

    private static bool LeavesAccountOpen(string value) =>
        value.Split(':') is { Length: > 4 } parts && value.StartsWith("arn:", StringComparison.Ordinal)
            ? parts[4].AsSpan().IndexOfAny('*', '?') >= 0
            : value.AsSpan().Trim('*').IsEmpty || value.StartsWith("arn:", StringComparison.Ordinal);
}
