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
        let opening = KmsActions.Opening.Where(statement.Covers).ToArray()
        where statement.IsAllow && opening.Length > 0 && !statement.RequiresWorkflow && !statement.Conditions.Any(static condition => condition.Operator is null)
            && (statement.Policy.IsKeyPolicy ? context.Users(statement).Any() && !IsSaidElsewhere(statement) : statement.Statement.Principal is null)
        let almost = statement.Conditions.FirstOrDefault(static condition => condition.IsWorkflow)
        let others = statement.Actions.Select(static action => action.Text).Where(static action => !KmsActions.WithContext.Contains(action)).ToArray()
        select InStatement(
            statement,
            almost is null ? statement.Statement.PathOf("Action") : statement.Statement.PathOf(almost.Condition),
            almost is null
                ? $"{string.Join(" and ", opening)} {(opening.Length == 1 ? "has" : "have")} no condition on the workflow in the encryption context."
                : $"{almost.Condition.Operator} holds for requests without the workflow in their encryption context, too.",
            others.Length == 0
                ? $"Add a condition StringLike {ConditionKeys.WorkflowArn} with the pattern of the workflows."
                : $"Put {string.Join(" and ", opening)} into a statement by itself, with a condition StringLike {ConditionKeys.WorkflowArn}; requests for {others[0]} have no context.");

    // Who may change the key policy as well is EverythingForKeyUser's, and everyone WeakConditionOnEveryone's.
    private static bool IsSaidElsewhere(LintedStatement statement) =>
        statement.CoversEverything || (statement.NamesEveryone && !statement.Conditions.Any(CallerCondition.IsOn));
}
