namespace ImageBuilderDataProtection.Policies;

/// <summary>A value of the numeric and date operators.</summary>
internal sealed class OrderedConditionValue<T>(T wanted, ConditionRelation relation, Func<string, T?> parse) : ConditionValue
    where T : struct, IComparable<T>
{
    public override MatchOutcome Test(string value, RequestConditions request)
    {
        if (parse(value) is not { } found)
        {
            return MatchOutcome.Unknown;
        }

        int order = found.CompareTo(wanted);
        return (relation switch
        {
            ConditionRelation.Equal => order == 0,
            ConditionRelation.Less => order < 0,
            ConditionRelation.LessOrEqual => order <= 0,
            ConditionRelation.Greater => order > 0,
            _ => order >= 0,
        }).ToOutcome();
    }
}
