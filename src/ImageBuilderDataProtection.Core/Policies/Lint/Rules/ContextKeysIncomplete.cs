using ImageBuilderDataProtection.Kms;

namespace ImageBuilderDataProtection.Policies.Lint.Rules;

/// <summary>
/// A condition on kms:EncryptionContextKeys leaves out a name that a protected workflow has. A signed message's context
/// reaches KMS with <c>aws-crypto-public-key</c> beside <c>aws:imagebuilder:arn</c>, as the AWS page's CloudTrail examples show.
/// </summary>
internal sealed class ContextKeysIncomplete : LintRule
{
    private static readonly string[] Names = [EncryptionContext.WorkflowArnKey, EncryptionContext.PublicKeyKey];

    public override FindingSeverity Severity => FindingSeverity.Error;

    public override string Why => "KMS refuses every request for a workflow whose encryption context the condition does not fit.";

    public override IEnumerable<PolicyFinding> Find(LintContext context) =>
        from statement in context.Statements
        where statement.IsAllow && (statement.Covers(KmsActions.Decrypt) || statement.Covers(KmsActions.GenerateDataKey))
        from condition in statement.Conditions
        where condition.IsContextKeys && condition.Operator is { IsNegated: false, Comparison: not ConditionComparison.Null }
        let problem = Problem(condition)
        where problem is not null
        select InCondition(
            statement,
            condition,
            value: null,
            problem,
            $"Write ForAllValues:StringEquals with both \"{Names[0]}\" and \"{Names[1]}\".");

    private static string? Problem(LintedCondition condition)
    {
        string[] missing = [.. Names.Where(name => !condition.Values.Any(value => WildcardPattern.IsMatch(condition.HasWildcards ? WildcardPattern.From(value) : value, name, ignoreCase: true)))];
        return condition.Operator!.Value.Quantifier switch
        {
            ConditionQuantifier.Single => $"{condition.Key} has several values, and {condition.Condition.Operator} is for one.",
            ConditionQuantifier.All when missing.Length > 0 => $"{condition.Key} allows no {string.Join(" and no ", missing.Select(static name => $"\"{name}\""))}.",
            ConditionQuantifier.Any when missing.Length == Names.Length => $"{condition.Key} asks for names that no protected workflow has.",
            _ => null,
        };
    }
}
