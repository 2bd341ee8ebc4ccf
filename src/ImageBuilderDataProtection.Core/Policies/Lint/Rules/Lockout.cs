namespace ImageBuilderDataProtection.Policies.Lint.Rules;

/// <summary>
/// Nobody may change the policy again ("Default key policy" in the AWS KMS Developer Guide,
/// https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html: the risk of the KMS key becoming
/// unmanageable). Where only a Resource is at fault, <see cref="ResourceMatchesNoKey"/> says it.
/// </summary>
internal sealed class Lockout : LintRule
{
    public override FindingSeverity Severity => FindingSeverity.Error;

    public override string Why => "The key could not be managed any more; only AWS Support can give it back.";

    public override IEnumerable<PolicyFinding> Find(LintContext context)
    {
        if (context.SomeoneMayPutKeyPolicy(believeResources: true))
        {
            return [];
        }

        return context.WhatDeniesAllPutKeyPolicy() is { } deny
            ?
            [
                InStatement(
                    deny,
                    deny.Statement.Path,
                    "The statement denies everyone of the key's account to change the key policy (kms:PutKeyPolicy).",
                    "Spare the administrators with a condition ArnNotLike aws:PrincipalArn, or take kms:PutKeyPolicy out of the Deny."),
            ]
            :
            [
                InPolicy(
                    context.KeyPolicy,
                    "Statement",
                    "No statement lets anyone of the key's account change the key policy (kms:PutKeyPolicy).",
                    "Add the administrators' statement: Allow the account root, or key administrators of the key's account, kms:* on Resource \"*\"."),
            ];
    }
}
