namespace ImageBuilderDataProtection.Policies;

/// <summary>A value of a condition, ready to be compared with values of requests.</summary>
internal abstract class ConditionValue
{
    /// <summary>Whether the value of a request matches; unknown when it is not of the operator's type.</summary>
    public abstract MatchOutcome Test(string value, RequestConditions request);

    /// <summary>Whether the policy variables in it, if any, have values in the request.</summary>
    public virtual bool Resolves(RequestConditions request) => true;

    /// <summary>What the value of a request is held against, as a wildcard pattern; null when it is no text, or has no value.</summary>
    public virtual string? Pattern(RequestConditions request) => null;
}
