namespace ImageBuilderDataProtection.Policies.Access;

/// <summary>
/// Whether policies mean the same, however they are written: one value or a list of one, and lists in any order ("Grammar of
/// the IAM JSON policy language" in the IAM User Guide).
/// </summary>
internal static class PolicyComparison
{
    /// <summary>Whether two documents are the same, statement by statement.</summary>
    public static bool AreSame(PolicyDocument a, PolicyDocument b) =>
        a.Version == b.Version
        && a.Id == b.Id
        && a.UnknownElements.ToHashSet(StringComparer.Ordinal).SetEquals(b.UnknownElements)
        && a.Statements.Count == b.Statements.Count
        && a.Statements.Zip(b.Statements, AreSame).All(static same => same);

    /// <summary>Whether two elements Action or Resource, or their opposites, are the same.</summary>
    public static bool AreSame(PolicyPatterns? a, PolicyPatterns? b, StringComparer comparer) =>
        a is null || b is null ? a is null && b is null : a.IsNegated == b.IsNegated && a.Values.ToHashSet(comparer).SetEquals(b.Values);

    /// <summary>Whether two elements Condition are the same.</summary>
    public static bool AreSame(IEnumerable<PolicyCondition> a, IEnumerable<PolicyCondition> b) =>
        a.Select(Canonical).ToHashSet(StringComparer.Ordinal).SetEquals(b.Select(Canonical));

    private static bool AreSame(PolicyStatement a, PolicyStatement b) =>
        a.Sid == b.Sid
        && a.Effect == b.Effect
        && AreSame(a.Principal, b.Principal)
        && AreSame(a.Action, b.Action, StringComparer.Ordinal)
        && AreSame(a.Resource, b.Resource, StringComparer.Ordinal)
        && AreSame(a.Conditions, b.Conditions)
        && a.UnknownElements.ToHashSet(StringComparer.Ordinal).SetEquals(b.UnknownElements);

    private static bool AreSame(PolicyPrincipals? a, PolicyPrincipals? b) =>
        a is null || b is null
            ? a is null && b is null
            : a.IsNegated == b.IsNegated
                && a.ByType.Count == b.ByType.Count
                && a.ByType.All(type => b.ByType.TryGetValue(type.Key, out IReadOnlyList<string>? others) && type.Value.ToHashSet(StringComparer.Ordinal).SetEquals(others));

    // Condition keys are compared without regard to case; a line feed is in no operator or key that is understood.
    private static string Canonical(PolicyCondition condition) =>
        string.Join('\n', condition.Values.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).Prepend(condition.Key.ToLowerInvariant()).Prepend(condition.Operator));
}
