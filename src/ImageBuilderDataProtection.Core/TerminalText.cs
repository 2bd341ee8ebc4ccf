using System.Globalization;
using System.Text;

namespace ImageBuilderDataProtection;

/// <summary>
/// Text as a terminal may be given it. Whoever names a file, calls KMS or writes a policy chooses text, and a terminal obeys control
/// characters: they move the cursor, clear the screen, and begin lines that look like ours.
/// </summary>
public static class TerminalText
{
    private static readonly Rune Mark = Rune.ReplacementChar;

    /// <summary>The text on one line, with U+FFFD in place of each character that would do more than stand there.</summary>
    /// <param name="text">The text.</param>
    public static string Line(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (text.AsSpan().IndexOfAnyExceptInRange(' ', '~') < 0)
        {
            return text;
        }

        var line = new StringBuilder(text.Length);
        foreach (Rune character in text.EnumerateRunes())
        {
            line.Append(StandsStill(character) ? character : Mark);
        }

        return line.ToString();
    }

    /// <summary>Likewise each line of a text whose line breaks are our own.</summary>
    /// <param name="text">The text.</param>
    public static string Lines(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return string.Join('\n', text.Split('\n').Select(Line));
    }

    // Format characters have no width or turn the direction of writing, so that a text is read as another one.
    private static bool StandsStill(Rune character) => Rune.GetUnicodeCategory(character) is not (
        UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator);
}
