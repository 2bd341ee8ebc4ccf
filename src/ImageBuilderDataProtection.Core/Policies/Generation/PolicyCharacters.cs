namespace ImageBuilderDataProtection.Policies.Generation;

/// <summary>What a key policy can spell ("Creating a key policy", "Key policy format", in the AWS KMS Developer Guide).</summary>
internal static class PolicyCharacters
{
    /// <summary>Whether a text has a character to be seen, and none but printable ones of Latin-1.</summary>
    public static bool IsText(string text) =>
        !string.IsNullOrWhiteSpace(text) && text.All(IsPrintable);

    /// <summary>Whether a character is a printable one of Latin-1.</summary>
    public static bool IsPrintable(char character) => character is (>= ' ' and <= '~') or (>= '\u00A0' and <= '\u00FF');
}
