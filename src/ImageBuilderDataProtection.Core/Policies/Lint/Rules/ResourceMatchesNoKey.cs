namespace ImageBuilderDataProtection.Policies.Lint.Rules;

/// <summary>
/// A Resource matches no key, as the one the AWS page prints for administrators. In a key policy "the value of the Resource
/// element is '*', which means 'this KMS key'" ("Creating a key policy" in the AWS KMS Developer Guide,
/// https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-overview.html).
/// </summary>
internal sealed class ResourceMatchesNoKey : LintRule
{
    private const string LocksOut = "Without this statement nobody may change the key policy (kms:PutKeyPolicy), so the key could not be managed any more.";

    public override FindingSeverity Severity => FindingSeverity.Error;

    public override string Why => "The statement has no effect.";

    public override IEnumerable<PolicyFinding> Find(LintContext context) =>
        from statement in context.Statements
        where statement.Statement.Resource is { Values.Count: > 0 }
            && KmsActions.OnKeys.Any(statement.Covers)
            && statement.Statement.Resource.Values.All(static value => value == "*" || value.StartsWith("arn:", StringComparison.Ordinal))
            && !KeyResources.Concerns(statement, context.Key)
        select Describe(statement, context);

    private PolicyFinding Describe(LintedStatement statement, LintContext context)
    {
        PolicyPatterns resource = statement.Statement.Resource!;
        string values = string.Join(", ", resource.Values.Select(static value => $"\"{value}\""));
        string what = resource.IsNegated ? $"NotResource {values} leaves the key out."
            : resource.Values.Any(static value => value.Contains(":alias/", StringComparison.Ordinal)) ? $"Resource {values} is an alias, and matches no key."
            : context.Key is { } key && statement.Policy.IsKeyPolicy ? $"Resource {values} does not match the key {key}."
            : $"Resource {values} matches no key ARN.";
        string fix = statement.Policy.IsKeyPolicy
            ? "Write \"Resource\": \"*\", which in a key policy is this key."
            : "Name the key by its ARN, arn:{partition}:kms:{region}:{account}:key/{key id}.";
        bool locksOut = statement.IsAllow && statement.Policy.IsKeyPolicy && statement.Covers(KmsActions.PutKeyPolicy) && !context.SomeoneMayPutKeyPolicy(believeResources: false);
        return InStatement(statement, statement.Statement.PathOf("Resource"), what, fix) with { Why = locksOut ? LocksOut : Why };
    }
}
