namespace ImageBuilderDataProtection.Policies;

/// <summary>A value of the operator BinaryEquals: bytes, as base64 in the policy and in our requests.</summary>
internal sealed class BinaryConditionValue(byte[] wanted) : ConditionValue
{
    public override MatchOutcome Test(string value, RequestConditions request) =>
        ConditionLiterals.Binary(value) is { } found ? found.AsSpan().SequenceEqual(wanted).ToOutcome() : MatchOutcome.Unknown;
}
