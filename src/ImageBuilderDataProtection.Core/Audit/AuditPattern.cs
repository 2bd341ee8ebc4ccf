namespace ImageBuilderDataProtection.Audit;

/// <summary>
/// Text with wildcards, as <c>-like</c> takes it: <c>*</c> for any characters or none, <c>?</c> for one; upper and lower case
/// are the same. Square brackets are plain characters. A <c>*</c> in the text that is looked at is matched by one in the pattern.
/// <see cref="None"/> and <see cref="Hidden"/> also ask for what has no such text, by the words in which counts of events have it.
/// </summary>
/// <param name="Text">The pattern as it was given.</param>
public sealed record AuditPattern(string Text)
{
    /// <summary>The word for a value that an event does not have.</summary>
    public const string None = "(none)";

    /// <summary>The word for the workflow of an encryption context that CloudTrail withholds.</summary>
    public const string Hidden = "(hidden)";

    private static readonly char[] Wildcards = ['*', '?'];

    /// <summary>Whether it asks for events that have no such value, too.</summary>
    public bool AsksForNone => Text.Equals(None, StringComparison.OrdinalIgnoreCase);

    /// <summary>Whether it asks for events that withhold the value, too.</summary>
    public bool AsksForHidden => Text.Equals(Hidden, StringComparison.OrdinalIgnoreCase);

    /// <summary>The stretches of plain text in it, in their order; each stands in whatever it asks for.</summary>
    public IEnumerable<string> Literals => AsksForNone || AsksForHidden ? [] : Text.Split(Wildcards, StringSplitOptions.RemoveEmptyEntries);

    /// <summary>Whether it matches more than its own text.</summary>
    internal bool HasWildcards => Text.IndexOfAny(Wildcards) >= 0;

    /// <summary>Whether the whole text is matched.</summary>
    public bool IsMatch(string? text)
    {
        if (text is null)
        {
            return false;
        }

        int at = 0;
        int star = -1;
        int afterStar = 0;
        for (int i = 0; i < text.Length;)
        {
            if (at < Text.Length && Text[at] == '*')
            {
                star = at++;
                afterStar = i;
            }
            else if (at < Text.Length && (Text[at] == '?' || AreSame(Text[at], text[i])))
            {
                at++;
                i++;
            }
            else if (star >= 0)
            {
                // The last * takes one character more. No earlier one need: what stands between them has been found already.
                at = star + 1;
                i = ++afterStar;
            }
            else
            {
                return false;
            }
        }

        return Text.AsSpan(at).Trim('*').IsEmpty;
    }

    // As names and ids are compared. Upper case alone would make an s of the long s, but only where the runtime has its culture data,
    // and no record that spells it so would be a candidate.
    private static bool AreSame(char a, char b) => a == b || MemoryExtensions.Equals([a], [b], StringComparison.OrdinalIgnoreCase);

    /// <summary>The pattern as it was given.</summary>
    public override string ToString() => Text;
}
