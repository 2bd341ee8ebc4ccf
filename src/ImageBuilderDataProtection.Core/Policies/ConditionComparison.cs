namespace ImageBuilderDataProtection.Policies;

/// <summary>How a condition operator compares a value of the request with one of the policy.</summary>
internal enum ConditionComparison
{
    StringEquals,
    StringEqualsIgnoreCase,
    StringLike,
    Numeric,
    Date,
    Bool,
    Binary,
    IpAddress,
    Arn,
    Null,
}
