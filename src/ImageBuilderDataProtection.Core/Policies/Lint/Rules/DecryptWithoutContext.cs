namespace ImageBuilderDataProtection.Policies.Lint.Rules;

/// <summary>
/// A role or user may decrypt whatever the encryption context is ("kms:EncryptionContext:context-key" in the AWS KMS
/// Developer Guide, https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html#conditions-kms-encryption-context).
/// </summary>
internal sealed class DecryptWithoutContext : LintRule
{
    public override FindingSeverity Severity => FindingSeverity.Warning;

    public override string Why => "It may open everything that the key encrypted, not only workflows.";

    public override IEnumerable<PolicyFinding> Find(LintContext context) =>
        from statement in context.Statements
        where statement.IsAllow && KmsActions.Opening.Any(statement.Covers) && !statement.CoversEverything && !statement.RequiresWorkflow
            && (statement.Policy.IsKeyPolicy ? statement.Identities.Any() : statement.Statement.Principal is null)
        let almost = statement.Conditions.FirstOrDefault(static condition => condition.IsWorkflow)
        select InStatement(
            statement,
            almost is null ? statement.Statement.PathOf("Action") : statement.Statement.PathOf(almost.Condition),
            almost is null
                ? $"{string.Join(" and ", KmsActions.Opening.Where(statement.Covers))} has no condition on the workflow in the encryption context."
                : $"{almost.Condition.Operator} holds for requests without the workflow in their encryption context, too.",
            $"Add a condition StringLike {LintedStatement.WorkflowKey} with the pattern of the workflows.");
}
