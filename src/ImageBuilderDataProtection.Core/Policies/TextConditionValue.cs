namespace ImageBuilderDataProtection.Policies;

/// <summary>A value of the operators StringEquals, StringEqualsIgnoreCase and StringLike.</summary>
internal sealed class TextConditionValue(PolicyText text, bool ignoreCase) : ConditionValue
{
    public override MatchOutcome Test(string value, RequestConditions request) => text.IsMatch(value, request, ignoreCase).ToOutcome();

    public override bool Resolves(RequestConditions request) => text.Resolves(request);

    public override string? Pattern(RequestConditions request) => text.Expand(request);
}
