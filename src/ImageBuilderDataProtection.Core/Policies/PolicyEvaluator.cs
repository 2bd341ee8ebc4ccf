namespace ImageBuilderDataProtection.Policies;

/// <summary>
/// Decides requests by AWS's evaluation logic for KMS ("Troubleshooting AWS KMS permissions" in the AWS KMS Developer Guide,
/// "Policy evaluation logic" in the IAM User Guide): an explicit deny anywhere decides; the key policy alone can allow;
/// identity policies count only where the key policy allows the caller's account; and a caller of another account than the
/// key's needs both. The account root needs no identity policy, since none can be attached to it.
/// </summary>
public static class PolicyEvaluator
{
    /// <summary>Decides a request to use or manage a key.</summary>
    /// <param name="request">The request.</param>
    /// <param name="keyPolicy">The policy of the key.</param>
    /// <param name="identityPolicies">The policies of the caller's role or user; none for an account root.</param>
    public static PolicyDecision Evaluate(PolicyRequest request, PolicyDocument keyPolicy, IReadOnlyList<PolicyDocument> identityPolicies)
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(keyPolicy);
        ArgumentNullException.ThrowIfNull(identityPolicies);
        if (request.Principal.Partition != request.Key.Partition)
        {
            // Partitions share no identities, not even where account numbers are the same.
            return ImplicitDeny(PolicyKind.KeyPolicy, []);
        }

        var statementRequest = new StatementRequest(request.Principal, request.Action, request.Key.Value, request.Conditions);
        StatementEvaluation[] key = Evaluate([keyPolicy], PolicyKind.KeyPolicy, statementRequest);
        StatementEvaluation[] identity = EvaluateIdentity(statementRequest, identityPolicies);
        if (ExplicitDeny([.. key, .. identity]) is { } denied)
        {
            return denied;
        }

        bool isSameAccount = request.Principal.Account == request.Key.Account;
        StatementEvaluation[] keyAllows = [.. key.Where(static statement => statement.Applies)];
        StatementEvaluation[] identityAllows = [.. identity.Where(static statement => statement.Applies)];
        bool byKey = keyAllows.Length > 0;
        bool byKeyAlone = isSameAccount && keyAllows.Any(static statement => statement.Principal == PrincipalMatch.Direct);
        bool byIdentity = request.Principal.IsAccountRoot || identityAllows.Length > 0;
        if (byKeyAlone || (byKey && byIdentity))
        {
            return Allow(byKeyAlone ? keyAllows.Where(static statement => statement.Principal == PrincipalMatch.Direct) : keyAllows.Concat(identityAllows));
        }

        return ImplicitDeny(byKey ? PolicyKind.IdentityPolicy : PolicyKind.KeyPolicy, [.. key, .. identity]);
    }

    /// <summary>Decides a request on something that has no policy of its own, such as an alias, or making a key.</summary>
    internal static PolicyDecision EvaluateWithoutKey(StatementRequest request, IReadOnlyList<PolicyDocument> identityPolicies)
    {
        StatementEvaluation[] identity = EvaluateIdentity(request, identityPolicies);
        if (ExplicitDeny(identity) is { } denied)
        {
            return denied;
        }

        StatementEvaluation[] allows = [.. identity.Where(static statement => statement.Applies)];
        return request.Principal.IsAccountRoot || allows.Length > 0 ? Allow(allows) : ImplicitDeny(PolicyKind.IdentityPolicy, identity);
    }

    private static StatementEvaluation[] EvaluateIdentity(StatementRequest request, IReadOnlyList<PolicyDocument> identityPolicies) =>
        request.Principal.IsAccountRoot ? [] : Evaluate(identityPolicies, PolicyKind.IdentityPolicy, request);

    private static StatementEvaluation[] Evaluate(IReadOnlyList<PolicyDocument> policies, PolicyKind kind, StatementRequest request) =>
    [
        .. from policy in policies
           from statement in policy.Statements
           select new StatementEvaluation(policy, kind, statement, request),
    ];

    private static PolicyDecision Allow(IEnumerable<StatementEvaluation> statements) => new(
        allowed: true, isExplicitDeny: false, deniedBy: null, [.. statements.Select(static statement => statement.Statement)], []);

    private static PolicyDecision? ExplicitDeny(StatementEvaluation[] statements)
    {
        StatementEvaluation[] denies = [.. statements.Where(static statement => statement.Applies && statement.Statement.Effect == PolicyEffect.Deny)];
        return denies.Length == 0
            ? null
            : new PolicyDecision(allowed: false, isExplicitDeny: true, denies[0].Kind, [.. denies.Select(static statement => statement.Statement)], []);
    }

    private static PolicyDecision ImplicitDeny(PolicyKind kind, StatementEvaluation[] statements) => new(
        allowed: false, isExplicitDeny: false, kind, [], [.. statements.Select(static statement => statement.NearMiss()).OfType<PolicyNearMiss>()]);
}
