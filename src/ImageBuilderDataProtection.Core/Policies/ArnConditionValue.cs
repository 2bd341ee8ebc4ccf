namespace ImageBuilderDataProtection.Policies;

/// <summary>A value of the operators ArnEquals and ArnLike, which behave identically.</summary>
internal sealed class ArnConditionValue(PolicyText text, ArnPattern pattern) : ConditionValue
{
    public override MatchOutcome Test(string value, RequestConditions request) =>
        ArnPattern.IsArn(value) ? pattern.IsMatch(value, request).ToOutcome() : MatchOutcome.Unknown;

    public override bool Resolves(RequestConditions request) => text.Resolves(request);

    public override string? Pattern(RequestConditions request) => text.Expand(request);
}
