namespace ImageBuilderDataProtection.Policies.Lint;

/// <summary>Tells which conditions hold only for callers of certain accounts or organizations, or for certain callers.</summary>
internal static class CallerCondition
{
    // A policy variable, such as ${aws:PrincipalAccount}, is whatever the caller is.
    private const string Open = "*?$";

    /// <summary>Whether a condition says who calls, with no value that leaves it open.</summary>
    public static bool IsOn(LintedCondition condition) =>
        condition is { Restricts: true, Operator.Comparison: ConditionComparison.StringEquals or ConditionComparison.StringEqualsIgnoreCase or ConditionComparison.StringLike or ConditionComparison.Arn }
        && Reader(condition.Key) is { } names && condition.Values.All(names);

    // How much of a value must be definite for it to name somebody ("AWS global condition context keys" in the IAM User Guide).
    private static Func<string, bool>? Reader(string key) => key.ToUpperInvariant() switch
    {
        "KMS:CALLERACCOUNT" or "AWS:PRINCIPALACCOUNT" or "AWS:SOURCEACCOUNT" or "AWS:PRINCIPALORGID" or "AWS:SOURCEORGID" => IsDefinite,
        "AWS:PRINCIPALARN" or "AWS:SOURCEARN" => static value => value.Split(':') is ["arn", _, _, _, var account, _, ..] && IsDefinite(account),
        "AWS:PRINCIPALORGPATHS" or "AWS:SOURCEORGPATHS" => static value => IsDefinite(value.Split('/')[0]),
        "AWS:USERID" => static value => IsDefinite(value.Split(':')[0]),
        _ => null,
    };

    private static bool IsDefinite(string text) => text.Length > 0 && text.AsSpan().IndexOfAny(Open) < 0;
}
