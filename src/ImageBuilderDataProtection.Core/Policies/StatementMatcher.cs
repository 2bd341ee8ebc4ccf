namespace ImageBuilderDataProtection.Policies;

/// <summary>
/// One statement, ready to be held against requests. What cannot be evaluated fails closed: an Allow with it does not apply,
/// a Deny with it does.
/// </summary>
internal sealed class StatementMatcher
{
    private readonly PolicyKind _kind;
    private readonly PrincipalMatcher? _principal;
    private readonly ActionMatcher? _action;
    private readonly ResourceMatcher? _resource;
    private readonly ConditionMatcher[] _conditions;
    private readonly bool _isDeny;

    public StatementMatcher(PolicyStatement statement, PolicyKind kind, bool hasVariables, string? documentProblem)
    {
        Statement = statement;
        _kind = kind;
        _isDeny = statement.Effect == PolicyEffect.Deny;
        _principal = statement.Principal is { } principal ? new PrincipalMatcher(principal) : null;
        _action = statement.Action is { } action ? new ActionMatcher(action) : null;
        _resource = statement.Resource is { } resource ? new ResourceMatcher(resource, kind, hasVariables) : null;
        _conditions = [.. statement.Conditions.Select(condition => new ConditionMatcher(condition, hasVariables))];
        OwnProblem = FindProblem();
        Problem = documentProblem ?? OwnProblem;
    }

    /// <summary>The statement.</summary>
    public PolicyStatement Statement { get; }

    /// <summary>What in the statement cannot be evaluated, or would be refused by AWS; null when there is nothing.</summary>
    public string? OwnProblem { get; }

    /// <summary>The same, or what is wrong with the whole document.</summary>
    public string? Problem { get; }

    /// <summary>How the statement names the caller when it applies to the request; none when it does not apply.</summary>
    public PrincipalMatch Evaluate(StatementRequest request)
    {
        if (Problem is not null && !_isDeny)
        {
            return PrincipalMatch.None;
        }

        PrincipalMatch caller = MatchPrincipal(request);
        if (caller == PrincipalMatch.None || !Counts(MatchAction(request)) || !Counts(MatchResource(request)))
        {
            return PrincipalMatch.None;
        }

        foreach (ConditionMatcher condition in _conditions)
        {
            if (!Counts(condition.Evaluate(request.Conditions)))
            {
                return PrincipalMatch.None;
            }
        }

        return caller;
    }

    /// <summary>The one thing that keeps an Allow from applying; null when it is more than one, or nothing, or no Allow.</summary>
    public PolicyNearMiss? NearMiss(StatementRequest request)
    {
        if (_isDeny || Evaluate(request) != PrincipalMatch.None)
        {
            return null;
        }

        // What cannot be evaluated is told by itself, and only of a statement that is otherwise about the request.
        var reasons = new List<string>();
        if (Problem is not null)
        {
            reasons.Add($"it cannot be evaluated: {Problem}");
        }

        if (MatchPrincipal(request) == PrincipalMatch.None && _principal?.Problem is null)
        {
            reasons.Add(_principal is null ? "it has no Principal" : $"{Name("Principal", Statement.Principal!.IsNegated)} {(Statement.Principal.IsNegated ? "leaves out" : "does not name")} {request.Principal.Identity}");
        }

        if (MatchAction(request) == MatchOutcome.No)
        {
            reasons.Add(_action is null ? "it has no Action, and so no effect" : $"{Name("Action", Statement.Action!.IsNegated)} {(Statement.Action.IsNegated ? "names" : "does not name")} {request.Action}");
        }

        MatchOutcome resource = MatchResource(request);
        if (resource == MatchOutcome.No || (resource == MatchOutcome.Unknown && _resource!.Problem is null))
        {
            reasons.Add(_resource is null ? "it has no Resource, and so no effect" : $"{Name("Resource", Statement.Resource!.IsNegated)} {(Statement.Resource.IsNegated ? "matches" : "does not match")} {request.Resource}");
        }

        reasons.AddRange(_conditions
            .Where(condition => condition.Problem is null && condition.Evaluate(request.Conditions) != MatchOutcome.Yes)
            .Select(condition => condition.DescribeMiss(request.Conditions)));
        return reasons is [string reason] ? new PolicyNearMiss(_kind, Statement, reason) : null;
    }

    private static string Name(string element, bool isNegated) => isNegated ? "Not" + element : element;

    private bool Counts(MatchOutcome match) => match == MatchOutcome.Yes || (match == MatchOutcome.Unknown && _isDeny);

    // An identity policy is the caller's own.
    private PrincipalMatch MatchPrincipal(StatementRequest request) =>
        _kind == PolicyKind.IdentityPolicy ? PrincipalMatch.Direct
        : _principal?.Evaluate(request.Principal, Statement.Effect) ?? (_isDeny ? PrincipalMatch.Direct : PrincipalMatch.None);

    // "If either of the required Resource or Action elements are missing from a key policy statement, the policy statement
    // has no effect": Policy of PutKeyPolicy, https://docs.aws.amazon.com/kms/latest/APIReference/API_PutKeyPolicy.html.
    // An identity policy without them is refused, so that nothing is known of it.
    private MatchOutcome MatchAction(StatementRequest request) => _action?.Evaluate(request.Action) ?? Missing;

    private MatchOutcome MatchResource(StatementRequest request) => _resource?.Evaluate(request.Resource, request.Conditions) ?? Missing;

    private MatchOutcome Missing => _kind == PolicyKind.KeyPolicy ? MatchOutcome.No : MatchOutcome.Unknown;

    private string? FindProblem()
    {
        if (Statement.UnknownElements.Count > 0)
        {
            return $"the element {Statement.UnknownElements[0]} is unknown";
        }

        // A negated list that names nothing would match everything, which no one means.
        if (Statement.Action?.Values.Count == 0 || Statement.Resource?.Values.Count == 0)
        {
            return "a list of actions or resources is empty";
        }

        if ((Statement.Principal is null) != (_kind == PolicyKind.IdentityPolicy))
        {
            return _kind == PolicyKind.KeyPolicy ? "a statement of a key policy needs a Principal" : "an identity policy has no Principal";
        }

        if (_kind == PolicyKind.IdentityPolicy && (_action is null || _resource is null))
        {
            return "a statement of an identity policy needs an Action and a Resource";
        }

        if (Statement.Conditions.GroupBy(static condition => (condition.Operator, condition.Key.ToUpperInvariant())).FirstOrDefault(static same => same.Count() > 1) is { } repeated)
        {
            return $"the condition key {repeated.First().Key} stands twice under {repeated.First().Operator}, in different case";
        }

        return (_kind == PolicyKind.KeyPolicy ? _principal!.Problem : null) ?? _action?.Problem ?? _resource?.Problem
            ?? _conditions.Select(static condition => condition.Problem).FirstOrDefault(static problem => problem is not null);
    }
}
