using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Text;

namespace ImageBuilderDataProtection.Audit.Reports;

/// <summary>
/// Writes a page of which every value is escaped, by construction: <c>html.Write($"&lt;td&gt;{name}&lt;/td&gt;")</c>.
/// It follows the markup it writes, and refuses a value anywhere but in text and between double quotes, since nowhere else
/// would escaping help. Characters that do not show as themselves are written by their number: <c>[U+202E]</c>.
/// </summary>
internal sealed class HtmlWriter(TextWriter output)
{
    private const string Special = "&<>\"'";

    // What needs no second look: most of what records hold.
    private static readonly SearchValues<char> Plain =
        SearchValues.Create([.. Enumerable.Range(' ', '~' - ' ' + 1).Select(static value => (char)value).Except(Special)]);

    private Place _place = Place.Text;

    private enum Place
    {
        Text,
        Tag,
        Quoted,
    }

    /// <summary>Writes markup with values in it.</summary>
#pragma warning disable CA1822, IDE0060 // The template has written itself to this writer by the time it comes here.
    public void Write([InterpolatedStringHandlerArgument("")] HtmlTemplate template)
    {
    }
#pragma warning restore CA1822, IDE0060

    /// <summary>Writes the page's own style or script, inside its element.</summary>
    public void Write(PageAsset asset) => output.Write(asset.Text);

    /// <summary>Writes markup as it stands in the source. For <see cref="HtmlTemplate"/>.</summary>
    internal void WriteMarkup([ConstantExpected] string markup)
    {
        foreach (char value in markup)
        {
            _place = (_place, value) switch
            {
                (Place.Text, '<') => Place.Tag,
                (Place.Tag, '>') => Place.Text,
                (Place.Tag, '"') => Place.Quoted,
                (Place.Quoted, '"') => Place.Tag,
                (Place.Tag, '<' or '\'') or (Place.Quoted, '<') => throw new InvalidOperationException($"The markup {markup} is not as it must be."),
                _ => _place,
            };
        }

        output.Write(markup);
    }

    /// <summary>Writes a value, escaped. For <see cref="HtmlTemplate"/>.</summary>
    internal void WriteValue(string? value)
    {
        if (_place == Place.Tag)
        {
            throw new InvalidOperationException("A value may stand in text and between double quotes only.");
        }

        ReadOnlySpan<char> rest = value;
        while (!rest.IsEmpty)
        {
            int plain = rest.IndexOfAnyExcept(Plain);
            plain = plain < 0 ? rest.Length : plain;
            output.Write(rest[..plain]);
            rest = rest[plain..];
            if (!rest.IsEmpty)
            {
                rest = rest[WriteCharacter(rest)..];
            }
        }
    }

    private int WriteCharacter(ReadOnlySpan<char> text)
    {
        if (Rune.DecodeFromUtf16(text, out Rune character, out int length) != OperationStatus.Done)
        {
            // Half of a surrogate pair is no character and could not be written.
            output.Write($"[U+{(int)text[0]:X4}]");
            return 1;
        }

        if (character.IsAscii && Special.Contains((char)character.Value))
        {
            output.Write($"&#{character.Value};");
        }
        else if (ReportText.IsVisible(character))
        {
            output.Write(text[..length]);
        }
        else
        {
            output.Write($"[U+{character.Value:X4}]");
        }

        return length;
    }
}
