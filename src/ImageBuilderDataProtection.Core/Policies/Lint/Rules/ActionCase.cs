namespace ImageBuilderDataProtection.Policies.Lint.Rules;

/// <summary>
/// The name of an action in other case: it works ("IAM JSON policy elements: Action" in the IAM User Guide,
/// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_action.html).
/// </summary>
internal sealed class ActionCase : LintRule
{
    public override FindingSeverity Severity => FindingSeverity.Information;

    public override string Why => "Case does not count in actions, so this works; but searches and other tools may miss it.";

    public override IEnumerable<PolicyFinding> Find(LintContext context) =>
        from statement in context.Statements
        from action in statement.Actions
        let pattern = WildcardPattern.From(action.Text)
        let meant = KmsActions.All.FirstOrDefault(known => WildcardPattern.IsMatch(pattern, known, ignoreCase: true))
        where meant is not null && !KmsActions.All.Any(known => WildcardPattern.IsMatch(pattern, known))
        select InStatement(
            statement,
            action.Path,
            $"\"{action.Text}\" has not the case of {(EqualsWithWildcard.HasWildcard(action.Text) ? "any action, such as " : "")}{meant}.",
            $"Write it as AWS does: {meant}.");
}
