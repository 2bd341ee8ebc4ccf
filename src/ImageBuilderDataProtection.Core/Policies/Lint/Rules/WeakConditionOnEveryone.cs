namespace ImageBuilderDataProtection.Policies.Lint.Rules;

/// <summary>
/// A statement allows everyone, and its conditions do not say who calls. The encryption context is no secret, and whoever calls
/// chooses it ("Encryption context" in the AWS KMS Developer Guide). Conditions on the network say where a call comes from, not
/// from whom: that is a Warning.
/// </summary>
internal sealed class WeakConditionOnEveryone : LintRule
{
    // "AWS global condition context keys", properties of the network.
    private static readonly HashSet<string> Network = new(StringComparer.OrdinalIgnoreCase)
    {
        "aws:SourceIp", "aws:SourceVpc", "aws:SourceVpcArn", "aws:SourceVpce", "aws:VpceAccount", "aws:VpceOrgID", "aws:VpceOrgPaths", "aws:VpcSourceIp",
    };

    public override FindingSeverity Severity => FindingSeverity.Error;

    public override string Why => "Whoever fulfils the conditions may use the key, from any AWS account; what the caller chooses, such as the encryption context, keeps nobody out.";

    public override IEnumerable<PolicyFinding> Find(LintContext context) =>
        from statement in context.KeyPolicy.Statements
        where statement.IsAllow && statement.NamesEveryone && statement.Conditions.Count > 0 && KmsActions.OnKeys.Any(statement.Covers)
            && !statement.Conditions.Any(CallerCondition.IsOn)
        let byNetwork = statement.Conditions.Any(static condition => condition.Restricts && Network.Contains(condition.Key))
        select InStatement(
            statement,
            statement.Statement.PathOf("Condition"),
            $"The Principal is \"*\", and only {string.Join(" and ", statement.Conditions.Select(static condition => $"{condition.Condition.Operator} {condition.Key}"))} narrows it.",
            "Name the roles as Principal, or add a condition ArnEquals aws:PrincipalArn with their ARNs.")
            with
            { Severity = byNetwork ? FindingSeverity.Warning : FindingSeverity.Error };
}
