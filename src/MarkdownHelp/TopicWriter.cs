using System.Text;

namespace ImageBuilderDataProtection.MarkdownHelp;

/// <summary>Writes an about_ topic as the plain text that Get-Help shows.</summary>
internal static class TopicWriter
{
    private const string Indent = "    ";
    private const int Width = 80 - 4;

    /// <summary>Turns a topic page into text, its headings in capitals and its paragraphs indented and wrapped at 80 columns.</summary>
    /// <exception cref="PageException">The page is malformed.</exception>
    public static string Write(string file)
    {
        MarkdownPage page = MarkdownPage.Read(file);
        string name = Path.GetFileNameWithoutExtension(file);
        if (page.Root.Title != name)
        {
            throw page.Error(page.Root.Line, $"the heading must be the name of the file, \"# {name}\".");
        }

        // Get-Help takes the synopsis of a topic from the section of this name.
        if (page.Root.Children.Count == 0 || page.Root.Children[0].Title != "SHORT DESCRIPTION")
        {
            throw page.Error(page.Root.Line, "the first section must be \"## SHORT DESCRIPTION\".");
        }

        var text = new StringBuilder();
        Heading(text, "TOPIC", 2);
        text.Append(Indent).Append(name).Append('\n');
        foreach (MarkdownSection section in page.Root.Children)
        {
            Section(text, section);
        }

        return text.ToString();
    }

    private static void Section(StringBuilder text, MarkdownSection section)
    {
        text.Append('\n');
        Heading(text, section.Title, section.Level);
        bool first = true;
        foreach (string paragraph in MarkdownText.Paragraphs(section.Body))
        {
            text.Append(first ? "" : "\n");
            first = false;
            foreach (string line in MarkdownText.Wrap(paragraph, Width))
            {
                text.Append(line.Length == 0 ? "" : Indent).Append(line).Append('\n');
            }
        }

        foreach (MarkdownSection child in section.Children)
        {
            Section(text, child);
        }
    }

    private static void Heading(StringBuilder text, string title, int level) =>
        text.Append(level == 2 ? MarkdownText.Inline(title).ToUpperInvariant() : "  " + MarkdownText.Inline(title)).Append('\n');
}
