namespace ImageBuilderDataProtection.Policies;

/// <summary>
/// The Action or NotAction of a statement, ready to be held against requests. Case does not count, and the service before
/// the colon has no wildcards ("IAM JSON policy elements: Action" in the IAM User Guide,
/// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_action.html).
/// </summary>
internal sealed class ActionMatcher
{
    private readonly string[] _patterns;
    private readonly bool _isNegated;

    public ActionMatcher(PolicyPatterns actions)
    {
        _isNegated = actions.IsNegated;
        _patterns = [.. actions.Values.Select(WildcardPattern.From)];
        Problem = actions.Values.FirstOrDefault(static action => !IsAction(action)) is { } invalid
            ? $"\"{invalid}\" is no action; it must read * or like kms:Decrypt, without a wildcard before the colon"
            : null;
    }

    /// <summary>What keeps the element from being understood; null when nothing does.</summary>
    public string? Problem { get; }

    /// <summary>Whether the element names an action.</summary>
    public MatchOutcome Evaluate(string action)
    {
        if (Problem is not null)
        {
            return MatchOutcome.Unknown;
        }

        foreach (string pattern in _patterns)
        {
            if (WildcardPattern.IsMatch(pattern, action, ignoreCase: true))
            {
                return (!_isNegated).ToOutcome();
            }
        }

        return _isNegated.ToOutcome();
    }

    private static bool IsAction(string action)
    {
        int colon = action.IndexOf(':', StringComparison.Ordinal);
        return action == "*" || (colon > 0 && action.All(char.IsAscii) && action.AsSpan(0, colon).IndexOfAny('*', '?') < 0);
    }
}
