namespace ImageBuilderDataProtection.Policies;

/// <summary>
/// One statement held against one request. What cannot be evaluated (see <see cref="PolicySupport"/>) fails closed: an Allow
/// with it does not apply, a Deny with it does.
/// </summary>
internal readonly struct StatementEvaluation
{
    private readonly PolicyStatement _statement;
    private readonly StatementRequest _request;
    private readonly bool _hasVariables;

    public StatementEvaluation(PolicyDocument policy, PolicyKind kind, PolicyStatement statement, StatementRequest request)
    {
        _statement = statement;
        _request = request;
        _hasVariables = policy.HasVariables;
        Kind = kind;
        Principal = MatchPrincipal();
        bool isUncertain = !PolicySupport.IsSupported(policy, kind, statement);
        Applies = Principal != PrincipalMatch.None
            && Matches(statement.Action, isAction: true)
            && Matches(statement.Resource, isAction: false)
            && statement.Conditions.All(Holds)
            && !(isUncertain && statement.Effect == PolicyEffect.Allow);
    }

    public PolicyKind Kind { get; }

    public PolicyStatement Statement => _statement;

    /// <summary>How the statement names the caller; in an identity policy, which is the caller's own, always directly.</summary>
    public PrincipalMatch Principal { get; }

    /// <summary>Whether the statement has its effect on the request.</summary>
    public bool Applies { get; }

    /// <summary>The one thing that keeps the statement from applying; null when it is more than one, or nothing.</summary>
    public PolicyNearMiss? NearMiss()
    {
        if (Applies || _statement.Effect != PolicyEffect.Allow)
        {
            return null;
        }

        var reasons = new List<string>();
        if (Principal == PrincipalMatch.None)
        {
            reasons.Add($"Principal does not name {_request.Principal.Identity}");
        }

        if (!Matches(_statement.Action, isAction: true))
        {
            reasons.Add($"{Name("Action", _statement.Action)} does not name {_request.Action}");
        }

        if (!Matches(_statement.Resource, isAction: false))
        {
            reasons.Add($"{Name("Resource", _statement.Resource)} does not match {_request.Resource}");
        }

        StatementEvaluation self = this;
        reasons.AddRange(_statement.Conditions.Where(condition => !self.Holds(condition)).Select(DescribeMiss));
        return reasons switch
        {
            [string reason] => new PolicyNearMiss(Kind, _statement, reason),
            [] => new PolicyNearMiss(Kind, _statement, "it has an element that cannot be evaluated here"),
            _ => null,
        };
    }

    private static string Name(string element, PolicyPatterns? patterns) => patterns is { IsNegated: true } ? "Not" + element : element;

    private PrincipalMatch MatchPrincipal()
    {
        if (Kind == PolicyKind.IdentityPolicy)
        {
            return PrincipalMatch.Direct;
        }

        if (_statement.Principal is not { } principals)
        {
            return PrincipalMatch.None;
        }

        if (_statement.Effect == PolicyEffect.Deny && !principals.Aws.All(PolicySupport.IsPrincipal))
        {
            return PrincipalMatch.Direct;
        }

        if (!principals.IsNegated)
        {
            RequestPrincipal caller = _request.Principal;
            return principals.Aws.Select(value => MatchPrincipal(value, caller)).DefaultIfEmpty(PrincipalMatch.None).Max();
        }

        // "AWS JSON policy elements: NotPrincipal": a Deny spares only the caller whose account, role and session are all
        // named; and an Allow is for callers of whom nothing is named.
        PrincipalArn account = PrincipalArn.AccountRoot(_request.Principal.Partition, _request.Principal.Account);
        bool[] isNamed =
        [
            principals.Aws.Contains("*") || principals.Aws.Contains(account.Value) || principals.Aws.Contains(account.Account),
            principals.Aws.Contains("*") || principals.Aws.Contains(_request.Principal.Identity.Value),
            principals.Aws.Contains("*") || principals.Aws.Contains(_request.Principal.Arn.Value),
        ];
        bool isSpared = _statement.Effect == PolicyEffect.Deny ? Array.TrueForAll(isNamed, static named => named) : isNamed.Contains(true);
        return isSpared ? PrincipalMatch.None : PrincipalMatch.Direct;
    }

    private static PrincipalMatch MatchPrincipal(string value, RequestPrincipal caller)
    {
        if (value == "*" || value == caller.Arn.Value || value == caller.Identity.Value)
        {
            return PrincipalMatch.Direct;
        }

        bool isAccount = value == caller.Account ||
            (PrincipalArn.TryParse(value, out PrincipalArn? arn) && arn.Kind == PrincipalKind.AccountRoot && arn.Account == caller.Account && arn.Partition == caller.Partition);
        return !isAccount ? PrincipalMatch.None : caller.IsAccountRoot ? PrincipalMatch.Direct : PrincipalMatch.Account;
    }

    private bool Matches(PolicyPatterns? patterns, bool isAction)
    {
        // A statement that names no action, or no resource, has no effect.
        if (patterns is null)
        {
            return false;
        }

        string text = isAction ? _request.Action : _request.Resource;
        bool isMatch = false;
        foreach (string pattern in patterns.Values)
        {
            isMatch |= WildcardPattern.IsMatch(pattern, text, ignoreCase: isAction);
        }

        // With a variable it is not known what the pattern matches: a Deny counts as matching, an Allow is out anyway.
        return isMatch != patterns.IsNegated ||
            (!isAction && _hasVariables && _statement.Effect == PolicyEffect.Deny && patterns.Values.Any(PolicySupport.HasVariable));
    }

    private bool Holds(PolicyCondition condition)
    {
        bool? holds = !PolicySupport.IsSupported(condition, _hasVariables)
            ? null
            : ConditionOperator.TryParse(condition.Operator, out ConditionOperator parsed)
                ? parsed.Holds(_request.Conditions.Values(condition.Key), condition.Values)
                : null;
        return holds ?? _statement.Effect == PolicyEffect.Deny;
    }

    private string DescribeMiss(PolicyCondition condition)
    {
        IReadOnlyList<string> values = _request.Conditions.Values(condition.Key);
        string wanted = string.Join(" or ", condition.Values.Select(static value => $"\"{value}\""));
        string found = values.Count == 0 ? "the request does not have it" : string.Join(", ", values.Select(static value => $"\"{value}\""));
        string hint = values is [string value] && condition.Values.Any(policyValue => WildcardPattern.IsMatch(policyValue, value, ignoreCase: true))
            ? " (they differ only in case)"
            : "";
        return $"Condition {condition.Operator} {condition.Key}: wanted {wanted}; found: {found}{hint}";
    }
}
