using ImageBuilderDataProtection.Policies.Generation;

namespace ImageBuilderDataProtection.Policies.Lint.Rules;

/// <summary>
/// Characters that no key policy may have: it takes printable ASCII, Latin-1, tab, line feed and carriage return ("PutKeyPolicy" in
/// the AWS KMS API Reference, https://docs.aws.amazon.com/kms/latest/APIReference/API_PutKeyPolicy.html).
/// </summary>
internal sealed class InvalidCharacters : LintRule
{
    public override FindingSeverity Severity => FindingSeverity.Error;

    public override string Why => "KMS refuses the policy (MalformedPolicyDocumentException).";

    public override IEnumerable<PolicyFinding> Find(LintContext context) =>
        from text in context.KeyPolicy.Document.Texts()
        let invalid = text.Text.FirstOrDefault(static character => !IsAllowed(character), '\0')
        where text.Text.Any(static character => !IsAllowed(character))
        select InPolicy(context.KeyPolicy, text.Path, $"A key policy cannot have the character U+{(int)invalid:X4}.", "Write it with characters from U+0020 to U+00FF.");

    private static bool IsAllowed(char character) => character is '\t' or '\n' or '\r' || PolicyCharacters.IsPrintable(character);
}
