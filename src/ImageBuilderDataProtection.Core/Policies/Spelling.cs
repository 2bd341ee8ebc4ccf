namespace ImageBuilderDataProtection.Policies;

/// <summary>Guesses what was meant by a name that is none.</summary>
internal static class Spelling
{
    private const int MaxSlips = 3;

    /// <summary>The name that is at most three letters away, the nearest first; null when none is.</summary>
    public static string? Nearest(string text, IEnumerable<string> names) => names
        .Select(name => (Name: name, Slips: Distance(text.ToUpperInvariant(), name.ToUpperInvariant())))
        .Where(static candidate => candidate.Slips <= MaxSlips)
        .OrderBy(static candidate => candidate.Slips).ThenBy(static candidate => candidate.Name, StringComparer.Ordinal)
        .FirstOrDefault().Name;

    // The distance of Levenshtein. Names are short; what is much longer than any name is not measured.
    private static int Distance(string a, string b)
    {
        if (Math.Abs(a.Length - b.Length) > MaxSlips)
        {
            return int.MaxValue;
        }

        int[] previous = [.. Enumerable.Range(0, b.Length + 1)];
        for (int i = 1; i <= a.Length; i++)
        {
            int[] current = new int[previous.Length];
            current[0] = i;
            for (int j = 1; j <= b.Length; j++)
            {
                current[j] = Math.Min(Math.Min(current[j - 1], previous[j]) + 1, previous[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1));
            }

            previous = current;
        }

        return previous[^1];
    }
}
