namespace ImageBuilderDataProtection.Policies;

/// <summary>A value of the operator Bool: true or false, in any case, or a variable for one.</summary>
internal sealed class BoolConditionValue(PolicyText text) : ConditionValue
{
    /// <summary>Whether a text is true or false.</summary>
    public static bool IsBool(string? text) =>
        "true".Equals(text, StringComparison.OrdinalIgnoreCase) || "false".Equals(text, StringComparison.OrdinalIgnoreCase);

    public override MatchOutcome Test(string value, RequestConditions request) =>
        text.Expand(request) is not { } wanted ? MatchOutcome.No
        : IsBool(wanted) && IsBool(value) ? wanted.Equals(value, StringComparison.OrdinalIgnoreCase).ToOutcome()
        : MatchOutcome.Unknown;

    public override bool Resolves(RequestConditions request) => text.Resolves(request);
}
