namespace ImageBuilderDataProtection.Policies.Lint.Rules;

/// <summary>
/// A condition on the workflow stands over an action whose requests have no encryption context ("Encryption context" in the AWS
/// KMS Developer Guide, https://docs.aws.amazon.com/kms/latest/developerguide/encrypt_context.html).
/// </summary>
internal sealed class ActionWithoutContext : LintRule
{
    public override FindingSeverity Severity => FindingSeverity.Warning;

    public override string Why => "Its requests never have the encryption context that the condition asks for, so it is never allowed.";

    public override IEnumerable<PolicyFinding> Find(LintContext context) =>
        from statement in context.Statements
        where statement.IsAllow && statement.RequiresWorkflow && statement.Statement.Action is { IsNegated: false }
        from action in statement.Actions
        let named = KmsActions.All.FirstOrDefault(known => known.Equals(action.Text, StringComparison.OrdinalIgnoreCase))
        where named is not null && !KmsActions.WithContext.Contains(named)
        select InStatement(statement, action.Path, $"{named} stands under a condition on the encryption context.", "Put it into a statement by itself, without that condition.");
}
