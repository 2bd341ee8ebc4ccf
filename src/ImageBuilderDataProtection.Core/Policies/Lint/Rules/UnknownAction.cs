namespace ImageBuilderDataProtection.Policies.Lint.Rules;

/// <summary>An action that AWS KMS does not have. AWS lists none of those it has as deprecated.</summary>
internal sealed class UnknownAction : LintRule
{
    public override FindingSeverity Severity => FindingSeverity.Error;

    public override string Why => "It allows or denies nothing.";

    public override IEnumerable<PolicyFinding> Find(LintContext context) =>
        from statement in context.Statements
        from action in statement.Actions
        where action.Text.StartsWith(KmsActions.Prefix, StringComparison.OrdinalIgnoreCase)
        let pattern = WildcardPattern.From(action.Text)
        where !KmsActions.All.Any(known => WildcardPattern.IsMatch(pattern, known, ignoreCase: true))
        select InStatement(statement, action.Path, $"\"{action.Text}\" is no action of AWS KMS.", Fix(action.Text));

    private static string Fix(string action) =>
        action.Equals("kms:ReEncrypt", StringComparison.OrdinalIgnoreCase) ? "Write kms:ReEncryptFrom and kms:ReEncryptTo, or kms:ReEncrypt*."
        : Spelling.Nearest(action, KmsActions.All) is { } meant ? $"Write {meant}, if that was meant."
        : "Take it out, or write the name as the AWS KMS API Reference has it.";
}
