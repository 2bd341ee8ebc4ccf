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
        return question.Decide(KeyFor(question), subject.KeyPolicy, PoliciesOf(question.Principal));
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
            ? [.. ofThisKey.Select(request => PolicyEvaluator.Evaluate(request, subject.KeyPolicy, PoliciesOf(request.Principal.Identity)).Of(record.EventId))]
            : throw AuditedRequests.Unusable(record, "AuditKeyDiffers", $"was on the key {requests[0].Key}, and this is the policy of {subject.Key}");
    }

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
