namespace ImageBuilderDataProtection.Policies;

/// <summary>A value of the operator IpAddress.</summary>
internal sealed class IpConditionValue(IpRange range) : ConditionValue
{
    public override MatchOutcome Test(string value, RequestConditions request) =>
        IpRange.TryParseAddress(value, out IpRange address) ? range.Contains(address).ToOutcome() : MatchOutcome.Unknown;
}
