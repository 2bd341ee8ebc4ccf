using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace ImageBuilderDataProtection.Audit.Reports;

/// <summary>Texts of records, which anyone who may call KMS can choose: their length, and the characters that hide or turn text.</summary>
internal static class ReportText
{
    /// <summary>
    /// The text, or of one that is too long the beginning, the number of characters left out, and a hash, so that two long texts stay two.
    /// </summary>
    public static string? Cut(string? text)
    {
        if (text is null || text.Length <= ReportLimits.TextLength)
        {
            return text;
        }

        int length = char.IsHighSurrogate(text[ReportLimits.TextLength - 1]) ? ReportLimits.TextLength - 1 : ReportLimits.TextLength;
        string hash = Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(text)))[..8];
        return string.Create(CultureInfo.InvariantCulture, $"{text.AsSpan(0, length)}… ({text.Length - length:N0} more characters, SHA-256 {hash}…)");
    }

    /// <summary>
    /// Whether a character is seen as itself. Those that are not could hide in a name or show it in another order: controls,
    /// what turns the direction of writing, what has no width, blanks other than the space, and halves of characters.
    /// </summary>
    public static bool IsVisible(Rune character)
    {
        int value = character.Value;
        return Rune.GetUnicodeCategory(character) switch
        {
            UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator => false,
            UnicodeCategory.SpaceSeparator => value == ' ',

            // Of the other characters those that Unicode lets a font show as nothing (Default_Ignorable_Code_Point), the blank
            // pattern of braille, and those that are none.
            _ => value is not (0x034F or 0x115F or 0x1160 or 0x17B4 or 0x17B5 or (>= 0x180B and <= 0x180F) or 0x2065 or 0x2800 or 0x3164
                or (>= 0xFE00 and <= 0xFE0F) or 0xFFA0 or (>= 0xFFF0 and <= 0xFFF8) or (>= 0xE0000 and <= 0xE0FFF) or (>= 0xFDD0 and <= 0xFDEF))
                && (value & 0xFFFE) != 0xFFFE,
        };
    }
}
