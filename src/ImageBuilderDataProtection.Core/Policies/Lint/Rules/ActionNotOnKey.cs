namespace ImageBuilderDataProtection.Policies.Lint.Rules;

/// <summary>
/// A key policy names an action on no key ("AWS KMS permissions" in the AWS KMS Developer Guide, column Policy type,
/// https://docs.aws.amazon.com/kms/latest/developerguide/kms-api-permissions-reference.html).
/// </summary>
internal sealed class ActionNotOnKey : LintRule
{
    public override FindingSeverity Severity => FindingSeverity.Warning;

    public override string Why => "A key policy decides over its own key only, so naming the action here has no effect.";

    public override IEnumerable<PolicyFinding> Find(LintContext context) =>
        from statement in context.KeyPolicy.Statements
        where statement.Statement.Action is { IsNegated: false }
        from action in statement.Actions
        where action.Text.Contains(':', StringComparison.Ordinal) && IsElsewhere(action.Text)
        select InStatement(
            statement,
            action.Path,
            $"\"{action.Text}\" is no action on a key.",
            "Put it into a policy of the role or user.");

    private static bool IsElsewhere(string action)
    {
        string pattern = WildcardPattern.From(action);
        return KmsActions.Elsewhere.Any(known => WildcardPattern.IsMatch(pattern, known, ignoreCase: true))
            ? !KmsActions.OnKeys.Any(known => WildcardPattern.IsMatch(pattern, known, ignoreCase: true))
            : !action.StartsWith(KmsActions.Prefix, StringComparison.OrdinalIgnoreCase);
    }
}
