using System.Globalization;
using System.Text;

namespace ImageBuilderDataProtection.Audit.Queries;

/// <summary>Values as SQL text that cannot be anything but a value ("Data types" and "Comparison functions and operators" in the Trino documentation).</summary>
internal static class SqlText
{
    /// <summary>What follows a pattern that has been escaped.</summary>
    public const string Escape = @"ESCAPE '\'";

    /// <summary>
    /// A literal. A quotation mark is doubled, and nothing else ends one. One with characters that are not seen, such as line
    /// breaks and marks that turn the direction of writing, is a Unicode literal that names them.
    /// </summary>
    public static string Literal(string value)
    {
        bool isPlain = value.EnumerateRunes().All(IsVisible);
        var literal = new StringBuilder(isPlain ? "'" : "U&'", value.Length + 8);

        // An unpaired surrogate is no character, and becomes U+FFFD here, as it would on its way to the engine.
        foreach (Rune rune in value.EnumerateRunes())
        {
            _ = rune.Value switch
            {
                '\'' => literal.Append("''"),
                '\\' when !isPlain => literal.Append(@"\\"),
                _ when IsVisible(rune) => literal.Append(rune),
                _ => literal.Append(rune.IsBmp ? @"\" : @"\+").Append(rune.Value.ToString(rune.IsBmp ? "X4" : "X6", CultureInfo.InvariantCulture)),
            };
        }

        return literal.Append('\'').ToString();
    }

    /// <summary>The text as a part of a LIKE pattern that stands for itself, with <see cref="Escape"/> after the pattern.</summary>
    public static string EscapeLike(string text) =>
        text.Replace(@"\", @"\\", StringComparison.Ordinal).Replace("%", @"\%", StringComparison.Ordinal).Replace("_", @"\_", StringComparison.Ordinal);

    /// <summary>A pattern as one of LIKE, with <see cref="Escape"/> after it; null when it has no wildcards.</summary>
    public static string? ToLike(AuditPattern pattern) =>
        pattern.Text.AsSpan().IndexOfAny('*', '?') < 0 ? null : EscapeLike(pattern.Text).Replace('*', '%').Replace('?', '_');

    /// <summary>A wrong name as an error shows it: its beginning, without control characters.</summary>
    public static string Show(string name)
    {
        const int MaxShown = 80;
        string start = name.Length <= MaxShown ? name : name[..MaxShown] + "…";
        return $"\"{TerminalText.Line(start)}\"";
    }

    private static bool IsVisible(Rune rune) => Rune.GetUnicodeCategory(rune) is not (
        UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator
        or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned or UnicodeCategory.Surrogate);
}
