using System.Text;

namespace ImageBuilderDataProtection.Policies.Lint.Rules;

/// <summary>
/// A policy beyond its size limit: 32,768 bytes for a key policy ("PutKeyPolicy" in the AWS KMS API Reference); for a role's,
/// 10,240 characters inline and 6,144 managed, white space not counted ("IAM and AWS STS quotas" in the IAM User Guide).
/// </summary>
internal sealed class PolicyTooLarge : LintRule
{
    private const int MaxInlineCharacters = 10_240;
    private const int MaxManagedCharacters = 6_144;

    public override FindingSeverity Severity => FindingSeverity.Error;

    public override string Why => "AWS refuses the policy.";

    public override IEnumerable<PolicyFinding> Find(LintContext context) =>
        from policy in context.Policies
        let text = policy.Document.ToCompactJson()
        let finding = policy.IsKeyPolicy ? CheckKeyPolicy(policy, text) : CheckRolePolicy(policy, text)
        where finding is not null
        select finding;

    private PolicyFinding? CheckKeyPolicy(LintedPolicy policy, string text) => Encoding.UTF8.GetByteCount(text) is > KeyPolicy.MaxKeyPolicyBytes and int bytes
        ? InPolicy(policy, "", $"The key policy has {bytes:N0} bytes without white space; the limit is {KeyPolicy.MaxKeyPolicyBytes:N0}.", "Join statements, or write patterns in place of long lists.")
        : null;

    private PolicyFinding? CheckRolePolicy(LintedPolicy policy, string text) => text.Length switch
    {
        > MaxInlineCharacters => InPolicy(
            policy, "", $"The role policy has {text.Length:N0} characters without white space; the limit is {MaxInlineCharacters:N0} for all inline policies of a role.", "Join statements, or spread them over several policies."),
        > MaxManagedCharacters => InPolicy(
            policy, "", $"The role policy has {text.Length:N0} characters without white space; the limit of a managed policy is {MaxManagedCharacters:N0}.", "Put it on the role as an inline policy, or spread it over several.")
            with
        { Severity = FindingSeverity.Warning, Why = "IAM refuses it as a managed policy." },
        _ => null,
    };
}
