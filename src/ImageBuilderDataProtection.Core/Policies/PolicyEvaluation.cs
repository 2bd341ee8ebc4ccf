namespace ImageBuilderDataProtection.Policies;

/// <summary>The statements of several policies that apply to one request.</summary>
internal sealed class PolicyEvaluation(StatementRequest request)
{
    private readonly List<StatementMatcher[]> _all = new(2);
    private List<PolicyStatement>? _denies;
    private List<PolicyStatement>? _direct;
    private List<PolicyStatement>? _account;
    private List<PolicyStatement>? _identity;
    private PolicyKind _deniedBy;
    private bool _hasIdentityPolicies;

    /// <summary>Whether a statement denies the request.</summary>
    public bool IsDenied => _denies is not null;

    /// <summary>Whether the key policy allows the caller itself.</summary>
    public bool IsAllowedByKey => _direct is not null;

    /// <summary>Whether the key policy allows the caller's account.</summary>
    public bool IsAccountAllowedByKey => _account is not null;

    /// <summary>Whether an identity policy allows the request.</summary>
    public bool IsAllowedByIdentity => _identity is not null;

    /// <summary>Holds the statements of a policy against the request.</summary>
    public void Add(PolicyDocument policy, PolicyKind kind)
    {
        StatementMatcher[] matchers = policy.Matchers(kind);
        _all.Add(matchers);
        _hasIdentityPolicies |= kind == PolicyKind.IdentityPolicy;
        foreach (StatementMatcher matcher in matchers)
        {
            PrincipalMatch caller = matcher.Evaluate(request);
            if (caller == PrincipalMatch.None)
            {
                continue;
            }

            if (matcher.Statement.Effect == PolicyEffect.Deny)
            {
                _deniedBy = _denies is null ? kind : _deniedBy;
                (_denies ??= new(1)).Add(matcher.Statement);
            }
            else if (kind == PolicyKind.IdentityPolicy)
            {
                (_identity ??= new(1)).Add(matcher.Statement);
            }
            else if (caller == PrincipalMatch.Direct)
            {
                (_direct ??= new(1)).Add(matcher.Statement);
            }
            else
            {
                (_account ??= new(1)).Add(matcher.Statement);
            }
        }
    }

    public PolicyDecision Deny() => new(request, allowed: false, isExplicitDeny: true, _deniedBy, _denies!, nearMisses: null);

    public PolicyDecision DenyImplicitly(PolicyKind kind) =>
        new(request, allowed: false, isExplicitDeny: false, kind, [], NearMisses) { HasIdentityPolicies = _hasIdentityPolicies };

    public PolicyDecision AllowByKey() => new(request, allowed: true, isExplicitDeny: false, deniedBy: null, _direct!, nearMisses: null);

    public PolicyDecision AllowTogether() => new(
        request, allowed: true, isExplicitDeny: false, deniedBy: null, [.. _direct ?? [], .. _account ?? [], .. _identity ?? []], nearMisses: null);

    private PolicyNearMiss[] NearMisses() =>
        [.. _all.SelectMany(static matchers => matchers).Select(matcher => matcher.NearMiss(request)).OfType<PolicyNearMiss>()];
}
