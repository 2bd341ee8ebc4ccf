using System.Text;
using System.Text.RegularExpressions;

namespace ImageBuilderDataProtection.MarkdownHelp;

/// <summary>Turns the Markdown inside a section into plain text, as a console shows it.</summary>
internal static partial class MarkdownText
{
    /// <summary>
    /// The paragraphs, one string each: a paragraph's lines joined, a list item with its mark, a fenced block line by line
    /// as it stands, indented.
    /// </summary>
    public static IReadOnlyList<string> Paragraphs(IEnumerable<MarkdownLine> lines)
    {
        var paragraphs = new List<string>();
        var current = new StringBuilder();
        bool fenced = false;
        foreach (MarkdownLine line in lines)
        {
            if (line.Text.StartsWith("```", StringComparison.Ordinal))
            {
                Flush();
                fenced = !fenced;
            }
            else if (fenced)
            {
                current.Append(current.Length == 0 ? "" : "\n").Append("    ").Append(line.Text);
            }
            else if (line.Text.Length == 0)
            {
                Flush();
            }
            else if (ListMark(line.Text) is { Length: > 0 } mark)
            {
                Flush();
                current.Append(mark == "* " ? "- " : mark).Append(Inline(line.Text[mark.Length..].Trim()));
            }
            else
            {
                current.Append(current.Length == 0 ? "" : " ").Append(Inline(line.Text.Trim()));
            }
        }

        Flush();
        return paragraphs;

        void Flush()
        {
            if (current.Length > 0)
            {
                paragraphs.Add(current.ToString());
                current.Clear();
            }
        }
    }

    /// <summary>One line without its marks: code spans keep their text, links become "text (address)".</summary>
    public static string Inline(string text)
    {
        // Odd pieces stand between backticks, where no other mark has a meaning.
        string[] pieces = text.Split('`');
        for (int i = 0; i < pieces.Length; i += 2)
        {
            string plain = Link().Replace(pieces[i], static match =>
                match.Groups["address"].Value.Contains("://", StringComparison.Ordinal)
                    ? $"{match.Groups["text"].Value} ({match.Groups["address"].Value})"
                    : match.Groups["text"].Value);
            pieces[i] = Escape().Replace(Strong().Replace(plain, "${text}"), "${sign}");
        }

        return string.Concat(pieces);
    }

    /// <summary>Breaks a paragraph at spaces so that no line is longer than <paramref name="width"/>, where words allow.</summary>
    public static IEnumerable<string> Wrap(string paragraph, int width)
    {
        if (paragraph.StartsWith("    ", StringComparison.Ordinal))
        {
            foreach (string line in paragraph.Split('\n'))
            {
                yield return line;
            }

            yield break;
        }

        string hanging = new(' ', ListMark(paragraph).Length);
        var current = new StringBuilder();
        foreach (string word in paragraph.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            if (current.Length > 0 && current.Length + 1 + word.Length > width)
            {
                yield return current.ToString();
                current.Clear().Append(hanging).Append(word);
            }
            else
            {
                current.Append(current.Length == 0 ? "" : " ").Append(word);
            }
        }

        yield return current.ToString();
    }

    // What a list item begins with, or nothing.
    private static string ListMark(string text) => ListItem().Match(text).Value;

    [GeneratedRegex(@"\A([-*]|[0-9]{1,3}\.) ")]
    private static partial Regex ListItem();

    [GeneratedRegex(@"\[(?<text>[^\]]+)\]\((?<address>[^)]+)\)", RegexOptions.ExplicitCapture)]
    private static partial Regex Link();

    [GeneratedRegex(@"\*\*(?<text>[^*]+)\*\*", RegexOptions.ExplicitCapture)]
    private static partial Regex Strong();

    [GeneratedRegex(@"\\(?<sign>[\\`*_\[\]<>#-])", RegexOptions.ExplicitCapture)]
    private static partial Regex Escape();
}
