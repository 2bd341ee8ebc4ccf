namespace ImageBuilderDataProtection.Policies.Lint.Rules;

/// <summary>
/// A value of kms:ViaService that names no service in a region: it reads <c>service.region.amazonaws.com</c>, in every partition
/// ("kms:ViaService" in the AWS KMS Developer Guide,
/// https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html#conditions-kms-via-service).
/// </summary>
internal sealed class ViaServiceMatchesNone : LintRule
{
    private const string Letters = "abcdefghijklmnopqrstuvwxyz";
    private const string Digits = "0123456789";

    private static readonly TextShape AnyService = TextShape.Empty
        .ThenOneOf(Letters).ThenAnyOf(Letters + Digits + "-").Then(".")
        .ThenOneOf(Letters, 2).ThenAnyOf(Letters).Then("-").ThenOneOf(Letters).ThenAnyOf(Letters + "-").Then("-").ThenOneOf(Digits).ThenAnyOf(Digits)
        .Then(".amazonaws.com");

    public override FindingSeverity Severity => FindingSeverity.Error;

    public override string Why => "No request has such a value, so the condition never does what it is there for.";

    public override IEnumerable<PolicyFinding> Find(LintContext context) =>
        from statement in context.Statements
        from condition in statement.Conditions
        where condition.Is(ConditionKeys.ViaService) && condition.Operator is { Comparison: not ConditionComparison.Null }
        from value in condition.Values.Select(static (text, index) => (Text: text, Index: index))
        where !value.Text.Contains("${", StringComparison.Ordinal) && !MatchesSome(condition, value.Text)
        select InCondition(
            statement,
            condition,
            value.Index,
            $"{condition.Condition.Operator} {condition.Key} \"{value.Text}\" matches no service.",
            "Write service.region.amazonaws.com, such as StringLike imagebuilder.*.amazonaws.com.");

    private static bool MatchesSome(LintedCondition condition, string value) =>
        condition.HasWildcards ? TextShape.Of(WildcardPattern.From(value)).Overlaps(AnyService)
        : condition.IsLiteral && (EqualsWithWildcard.HasWildcard(value) || TextShape.Of(value).Overlaps(AnyService));
}
