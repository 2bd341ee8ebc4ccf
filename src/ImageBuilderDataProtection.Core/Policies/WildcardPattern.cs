namespace ImageBuilderDataProtection.Policies;

/// <summary>Matches the wildcards of policies: <c>*</c> for any characters or none, <c>?</c> for exactly one.</summary>
internal static class WildcardPattern
{
    /// <summary>
    /// Whether the pattern matches the whole text. It goes back to the last <c>*</c> only, so that the time is at most the
    /// product of the two lengths whatever the pattern.
    /// </summary>
    public static bool IsMatch(ReadOnlySpan<char> pattern, ReadOnlySpan<char> text, bool ignoreCase = false)
    {
        int p = 0;
        int t = 0;
        int star = -1;
        int resume = 0;
        while (t < text.Length)
        {
            if (p < pattern.Length && pattern[p] == '*')
            {
                star = p++;
                resume = t;
            }
            else if (p < pattern.Length && (pattern[p] == '?' || IsSame(pattern[p], text[t], ignoreCase)))
            {
                p++;
                t++;
            }
            else if (star >= 0)
            {
                p = star + 1;
                t = ++resume;
            }
            else
            {
                return false;
            }
        }

        return pattern[p..].IndexOfAnyExcept('*') < 0;
    }

    private static bool IsSame(char a, char b, bool ignoreCase) =>
        a == b || (ignoreCase && char.ToUpperInvariant(a) == char.ToUpperInvariant(b));
}
