namespace ImageBuilderDataProtection.Policies;

/// <summary>What a value of the request must be to one of the policy, where the operator orders them.</summary>
internal enum ConditionRelation
{
    Equal,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}
