namespace ImageBuilderDataProtection.Policies;

/// <summary>
/// Matches ARNs as the operators ArnEquals and ArnLike do: each of the six parts by itself, with wildcards, so that no
/// wildcard reaches over a colon ("Amazon Resource Name (ARN) condition operators" in the IAM User Guide).
/// </summary>
internal static class ArnPattern
{
    private const int Parts = 6;

    /// <summary>Whether the text has the six parts of an ARN.</summary>
    public static bool IsArn(string text) => text.Split(':', Parts).Length == Parts;

    /// <summary>Whether the pattern matches; false when either is no ARN.</summary>
    public static bool IsMatch(string pattern, string text)
    {
        string[] patterns = pattern.Split(':', Parts);
        string[] parts = text.Split(':', Parts);
        return patterns.Length == Parts && parts.Length == Parts && patterns.Zip(parts).All(static pair => WildcardPattern.IsMatch(pair.First, pair.Second));
    }
}
