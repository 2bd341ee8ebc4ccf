using System.Buffers;

namespace ImageBuilderDataProtection.Policies;

/// <summary>
/// Matches the wildcards of policies: <c>*</c> for any characters or none, <c>?</c> for exactly one. In a pattern they stand
/// as two code units that are no characters, since policy variables can put a literal <c>*</c> or <c>?</c> beside them.
/// </summary>
internal static class WildcardPattern
{
    /// <summary>The wildcard for any characters or none.</summary>
    public const char Any = '\uFFFF';

    /// <summary>The wildcard for exactly one character.</summary>
    public const char One = '\uFFFE';

    private static readonly SearchValues<char> Wildcards = SearchValues.Create([Any, One]);

    /// <summary>The pattern that a text of a policy means when it has no variables.</summary>
    public static string From(string text) => text.Replace('*', Any).Replace('?', One);

    /// <summary>Where the first wildcard stands; negative when there is none.</summary>
    public static int IndexOfWildcard(ReadOnlySpan<char> pattern) => pattern.IndexOfAny(Wildcards);

    /// <summary>
    /// Whether the pattern matches the whole text. It goes back to the last <c>*</c> only, so that the time is at most the
    /// product of the two lengths whatever the pattern.
    /// </summary>
    public static bool IsMatch(ReadOnlySpan<char> pattern, ReadOnlySpan<char> text, bool ignoreCase = false) =>
        Walk(pattern, text, ignoreCase, alignment: []).IsMatch;

    /// <summary>
    /// Where, counted from 1, a text that does not match stops being what the pattern asks for; and whether only upper and
    /// lower case keep it from matching.
    /// </summary>
    public static (int Position, bool IsCaseOnly) FindDifference(string pattern, string text)
    {
        int[] alignment = new int[text.Length];
        if (Walk(pattern, text, ignoreCase: true, alignment).IsMatch)
        {
            int index = 0;
            while (index < text.Length && (alignment[index] < 0 || pattern[alignment[index]] == text[index]))
            {
                index++;
            }

            return (index + 1, true);
        }

        return (Walk(pattern, text, ignoreCase: false, alignment: []).Reached + 1, false);
    }

    // The alignment, when asked for, tells of each character of the text which one of the pattern it is; negative for a wildcard.
    private static (bool IsMatch, int Reached) Walk(ReadOnlySpan<char> pattern, ReadOnlySpan<char> text, bool ignoreCase, Span<int> alignment)
    {
        int p = 0;
        int t = 0;
        int star = -1;
        int resume = 0;
        int reached = 0;
        while (t < text.Length)
        {
            if (p < pattern.Length && pattern[p] == Any)
            {
                star = p++;
                resume = t;
            }
            else if (p < pattern.Length && (pattern[p] == One || IsSame(pattern[p], text[t], ignoreCase)))
            {
                Align(alignment, t, pattern[p] == One ? -1 : p);
                p++;
                t++;
                reached = Math.Max(reached, t);
            }
            else if (star >= 0)
            {
                Align(alignment, resume, -1);
                p = star + 1;
                t = ++resume;
            }
            else
            {
                return (false, reached);
            }
        }

        return (pattern[p..].IndexOfAnyExcept(Any) < 0, reached);
    }

    private static void Align(Span<int> alignment, int index, int value)
    {
        if (!alignment.IsEmpty)
        {
            alignment[index] = value;
        }
    }

    private static bool IsSame(char a, char b, bool ignoreCase) =>
        a == b || (ignoreCase && char.ToUpperInvariant(a) == char.ToUpperInvariant(b));
}
