using ImageBuilderDataProtection.Audit;
using ImageBuilderDataProtection.Kms;
using ImageBuilderDataProtection.Policies.Lint;

namespace ImageBuilderDataProtection.Policies;

/// <summary>Answers questions about one key policy: what is wrong with it, who may do what, and why a call was denied.</summary>
/// <param name="subject">The policy, and what is known beside it.</param>
public sealed class KeyPolicyTest(LintSubject subject)
{
    private const string SomeRegion = "us-east-1";
    private const string SomeKeyId = "00000000-0000-0000-0000-000000000000";

    /// <summary>What is wrong with the policies, the worst first.</summary>
    public IReadOnlyList<PolicyFinding> Lint() => PolicyLinter.Check(subject);

    /// <summary>Answers a question. Where the key is not known, one stands in that every Resource of <c>*</c> matches.</summary>
    /// <exception cref="DataProtectionException"><c>UnknownAction</c>: AWS KMS has no such action.</exception>
    public PolicyDecision Decide(AccessQuestion question)
    {
        ArgumentNullException.ThrowIfNull(question);
        return Decide(question.ToRequest(KeyFor(question)), eventId: null);
    }

    /// <summary>
    /// Decides the request of an audit event again, by the policies as they are: for each permission that it needed of this
    /// key, and why it has it or has it not.
    /// </summary>
    /// <exception cref="DataProtectionException">
    /// The event does not show the request (<see cref="AuditedRequests.From"/>); <c>AuditKeyDiffers</c>: it was on another key.
    /// </exception>
    public IReadOnlyList<PolicyDecision> Explain(KmsAuditEvent record)
    {
        ArgumentNullException.ThrowIfNull(record);
        IReadOnlyList<PolicyRequest> requests = AuditedRequests.From(record, subject.Key);
        PolicyRequest[] ofThisKey = [.. requests.Where(request => subject.Key is null || request.Key == subject.Key)];
        return ofThisKey.Length > 0
            ? [.. ofThisKey.Select(request => Decide(request, record.EventId))]
            : throw AuditedRequests.Unusable(record, "AuditKeyDiffers", $"was on the key {requests[0].Key}, and this is the policy of {subject.Key}");
    }

    private PolicyDecision Decide(PolicyRequest request, string? eventId)
    {
        IReadOnlyList<PolicyDocument> identityPolicies = PoliciesOf(request.Principal.Identity);
        string[] absent =
        [
            .. identityPolicies.Prepend(subject.KeyPolicy)
                .SelectMany(static policy => policy.Statements)
                .Where(statement => statement.Action is { } action && new ActionMatcher(action).Evaluate(request.Action) != MatchOutcome.No)
                .SelectMany(static statement => statement.Conditions)
                .Select(static condition => condition.Key)
                .Where(key => !IsSettled(key) && request.Conditions.Values(key).Count == 0)
                .Distinct(StringComparer.OrdinalIgnoreCase),
        ];
        return PolicyEvaluator.Evaluate(request, subject.KeyPolicy, identityPolicies).With(eventId, absent);
    }

    // The encryption context, and whether a service calls, are part of the question.
    private static bool IsSettled(string key) =>
        key.StartsWith(ConditionKeys.EncryptionContextPrefix, StringComparison.OrdinalIgnoreCase)
        || key.Equals(ConditionKeys.EncryptionContextKeys, StringComparison.OrdinalIgnoreCase)
        || key.Equals(ConditionKeys.ViaService, StringComparison.OrdinalIgnoreCase);

    // The policies of one role say nothing of another.
    private IReadOnlyList<PolicyDocument> PoliciesOf(PrincipalArn principal) =>
        subject.Role is null || subject.Role == principal ? subject.RolePolicies : [];

    private KeyArn KeyFor(AccessQuestion question) => subject.Key
        ?? subject.RolePolicies.SelectMany(static policy => policy.Statements)
            .SelectMany(static statement => statement.Resource?.Values ?? [])
            .Select(static value => KeyArn.TryParse(value, out KeyArn? arn) ? arn : null)
            .FirstOrDefault(static arn => arn is not null)
        ?? KeyArn.Create(question.Principal.Partition, question.Workflow?.Region ?? SomeRegion, AccountOfPolicy() ?? question.Principal.Account, SomeKeyId);

    // A key policy nearly always names the root of the key's own account.
    private string? AccountOfPolicy() => subject.KeyPolicy.Statements
        .SelectMany(static statement => statement.Principal?.Aws ?? [])
        .Select(static name => PrincipalArn.TryParse(name, out PrincipalArn? arn) && arn.Kind == PrincipalKind.AccountRoot ? arn.Account : null)
        .FirstOrDefault(static account => account is not null);
}
