namespace ImageBuilderDataProtection.Policies;

/// <summary>
/// Decides requests by AWS's evaluation logic for KMS ("Troubleshooting AWS KMS permissions" in the AWS KMS Developer Guide,
/// https://docs.aws.amazon.com/kms/latest/developerguide/policy-evaluation.html; "Policy evaluation logic" in the IAM User
/// Guide): an explicit deny anywhere decides; the key policy alone can allow; identity policies count only where the key
/// policy allows the caller's account; and a caller of another account than the key's needs both. The account root needs no
/// identity policy, since none can be attached to it. Nothing reaches from one partition into another.
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
        var statementRequest = new StatementRequest(request.Principal, request.Action, request.Key.Value, request.Conditions);
        var evaluation = new PolicyEvaluation(statementRequest);
        evaluation.Add(keyPolicy, PolicyKind.KeyPolicy);
        AddIdentity(evaluation, request.Principal, identityPolicies);
        if (evaluation.IsDenied)
        {
            return evaluation.Deny();
        }

        bool isSamePartition = request.Principal.Partition == request.Key.Partition;
        bool isSameAccount = isSamePartition && request.Principal.Account == request.Key.Account;
        if (isSameAccount && evaluation.IsAllowedByKey)
        {
            return evaluation.AllowByKey();
        }

        bool byKey = isSamePartition && (evaluation.IsAllowedByKey || evaluation.IsAccountAllowedByKey);
        return byKey && (request.Principal.IsAccountRoot || evaluation.IsAllowedByIdentity)
            ? evaluation.AllowTogether()
            : evaluation.DenyImplicitly(byKey ? PolicyKind.IdentityPolicy : PolicyKind.KeyPolicy);
    }

    /// <summary>Decides a request on something that has no policy of its own, such as an alias, or making a key.</summary>
    internal static PolicyDecision EvaluateWithoutKey(StatementRequest request, IReadOnlyList<PolicyDocument> identityPolicies)
    {
        var evaluation = new PolicyEvaluation(request);
        AddIdentity(evaluation, request.Principal, identityPolicies);
        return evaluation.IsDenied ? evaluation.Deny()
            : request.Principal.IsAccountRoot || evaluation.IsAllowedByIdentity ? evaluation.AllowTogether()
            : evaluation.DenyImplicitly(PolicyKind.IdentityPolicy);
    }

    private static void AddIdentity(PolicyEvaluation evaluation, RequestPrincipal principal, IReadOnlyList<PolicyDocument> identityPolicies)
    {
        for (int i = 0; i < identityPolicies.Count && !principal.IsAccountRoot; i++)
        {
            evaluation.Add(identityPolicies[i], PolicyKind.IdentityPolicy);
        }
    }
}
