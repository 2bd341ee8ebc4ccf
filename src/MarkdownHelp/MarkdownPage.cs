namespace ImageBuilderDataProtection.MarkdownHelp;

/// <summary>
/// A page cut into its front matter and sections. Reads the subset of Markdown our pages use: <c>#</c> headings, fenced
/// code, paragraphs and flat lists.
/// </summary>
internal sealed class MarkdownPage
{
    private const string Fence = "```";

    private readonly MarkdownLine[] _lines;

    private MarkdownPage(string file, MarkdownLine[] lines, int bodyStart, Dictionary<string, string> frontMatter)
    {
        File = file;
        _lines = lines;
        FrontMatter = frontMatter;
        Root = ReadRoot(bodyStart);
    }

    /// <summary>The page's path, for messages.</summary>
    public string File { get; }

    /// <summary>The pairs between the two <c>---</c> lines at the top.</summary>
    public IReadOnlyDictionary<string, string> FrontMatter { get; }

    /// <summary>The page's only first-level section.</summary>
    public MarkdownSection Root { get; }

    /// <summary>Reads a page.</summary>
    /// <exception cref="PageException">The page is malformed.</exception>
    public static MarkdownPage Read(string file)
    {
        MarkdownLine[] lines =
            [.. System.IO.File.ReadAllLines(file).Select(static (text, index) => new MarkdownLine(index + 1, text.TrimEnd()))];
        var frontMatter = new Dictionary<string, string>(StringComparer.Ordinal);
        int start = 0;
        if (lines.Length > 0 && lines[0].Text == "---")
        {
            int end = Array.FindIndex(lines, 1, static line => line.Text == "---");
            if (end < 0)
            {
                throw new PageException(file, 1, "the front matter is not closed; add a line \"---\" after it.");
            }

            foreach (MarkdownLine line in lines[1..end])
            {
                (string key, string value) = SplitPair(file, line);
                frontMatter[key] = value;
            }

            start = end + 1;
        }

        return new MarkdownPage(file, lines, start, frontMatter);
    }

    /// <summary>The lines inside the section's only fenced block that has this info string.</summary>
    /// <exception cref="PageException">There is no such block.</exception>
    public IReadOnlyList<MarkdownLine> FencedBlock(MarkdownSection section, string info)
    {
        int open = IndexOf(section.Body, 0, Fence + info);
        if (open < 0)
        {
            throw Error(section.Line, $"\"{section.Title}\" needs a block fenced with {Fence}{info}.");
        }

        int close = IndexOf(section.Body, open + 1, Fence);
        return [.. section.Body.Take(close).Skip(open + 1)];
    }

    /// <summary>The section's lines outside of the block that <see cref="FencedBlock"/> answers.</summary>
    public static IReadOnlyList<MarkdownLine> WithoutFencedBlock(MarkdownSection section, string info)
    {
        int open = IndexOf(section.Body, 0, Fence + info);
        return open < 0
            ? section.Body
            : [.. section.Body.Take(open), .. section.Body.Skip(IndexOf(section.Body, open + 1, Fence) + 1)];
    }

    /// <summary>Reads <c>key: value</c>.</summary>
    public (string Key, string Value) SplitPair(MarkdownLine line) => SplitPair(File, line);

    /// <summary>A failure at a line of this page.</summary>
    public PageException Error(int line, string problem) => new(File, line, problem);

    private static (string Key, string Value) SplitPair(string file, MarkdownLine line)
    {
        int colon = line.Text.IndexOf(':', StringComparison.Ordinal);
        return colon > 0
            ? (line.Text[..colon].Trim(), line.Text[(colon + 1)..].Trim())
            : throw new PageException(file, line.Number, $"\"{line.Text}\" does not read \"key: value\".");
    }

    private static int IndexOf(IReadOnlyList<MarkdownLine> lines, int start, string text)
    {
        for (int i = start; i < lines.Count; i++)
        {
            if (lines[i].Text == text)
            {
                return i;
            }
        }

        return -1;
    }

    private MarkdownSection ReadRoot(int start)
    {
        while (start < _lines.Length && _lines[start].Text.Length == 0)
        {
            start++;
        }

        if (start == _lines.Length || LevelOf(_lines[start].Text) != 1)
        {
            throw Error(Math.Min(start + 1, Math.Max(_lines.Length, 1)), "the page must begin with a first-level heading, \"# Name\".");
        }

        int position = start;
        MarkdownSection root = ReadSection(ref position);
        return position == _lines.Length
            ? root
            : throw Error(_lines[position].Number, "a page has only one first-level heading.");
    }

    private MarkdownSection ReadSection(ref int position)
    {
        MarkdownLine heading = _lines[position++];
        int level = LevelOf(heading.Text);
        var body = new List<MarkdownLine>();
        var children = new List<MarkdownSection>();
        MarkdownLine? fence = null;
        for (; position < _lines.Length; position++)
        {
            MarkdownLine line = _lines[position];
            if (line.Text.StartsWith(Fence, StringComparison.Ordinal))
            {
                fence = fence is null ? line : line.Text == Fence ? null : throw NotClosed(fence.Value);
            }
            else if (fence is null && LevelOf(line.Text) > 0)
            {
                break;
            }

            body.Add(line);
        }

        if (fence is MarkdownLine open)
        {
            throw NotClosed(open);
        }

        while (position < _lines.Length && LevelOf(_lines[position].Text) is int next && next > level)
        {
            if (next != level + 1)
            {
                throw Error(_lines[position].Number, $"a heading of level {next} cannot stand directly below one of level {level}.");
            }

            children.Add(ReadSection(ref position));
        }

        return new MarkdownSection(heading.Number, level, heading.Text[level..].Trim(), body, children);
    }

    private PageException NotClosed(MarkdownLine fence) =>
        Error(fence.Number, $"the fenced block is not closed; add a line {Fence} after it.");

    // "#Requires" is no heading: Markdown wants a space after the signs.
    private static int LevelOf(string text)
    {
        int signs = text.AsSpan().IndexOfAnyExcept('#');
        return signs is > 0 and <= 6 && text[signs] == ' ' ? signs : 0;
    }
}
