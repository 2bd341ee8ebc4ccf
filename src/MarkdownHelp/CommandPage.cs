using System.Text.RegularExpressions;

namespace ImageBuilderDataProtection.MarkdownHelp;

/// <summary>The help of one cmdlet, read from a page in the layout of PlatyPS (schema 2.0.0).</summary>
internal sealed partial class CommandPage
{
    private static readonly string[] Sections =
        ["SYNOPSIS", "SYNTAX", "DESCRIPTION", "EXAMPLES", "PARAMETERS", "INPUTS", "OUTPUTS", "NOTES", "RELATED LINKS"];

    private static readonly string[] ParameterKeys =
    [
        "Type", "Parameter Sets", "Aliases", "Accepted values", "Required", "Position", "Default value",
        "Accept pipeline input", "Accept wildcard characters",
    ];

    // How deep pages of parameters may link to others; two that link to each other would have no end.
    private const int MaxLinks = 4;

    private readonly MarkdownPage _page;

    private CommandPage(MarkdownPage page)
    {
        _page = page;
        Name = page.Root.Title;
        if (!CommandName().IsMatch(Name) || Path.GetFileNameWithoutExtension(page.File) != Name)
        {
            throw page.Error(page.Root.Line, $"the heading \"{Name}\" must be a Verb-Noun name and the name of the file.");
        }

        RequireSections();
        Synopsis = Required("SYNOPSIS");
        Description = Required("DESCRIPTION");
        Notes = MarkdownText.Paragraphs(Section("NOTES").Body);
        Parameters = [.. Section("PARAMETERS").Children.Where(static child => child.Title != "CommonParameters").SelectMany(child => ReadParameters(page, child, MaxLinks))];
        Syntaxes = ReadSyntaxes();
        Examples = [.. Section("EXAMPLES").Children.Select(ReadExample)];
        Inputs = [.. Section("INPUTS").Children.Select(ReadType)];
        Outputs = [.. Section("OUTPUTS").Children.Select(ReadType)];
        RelatedLinks = [.. ReadLinks()];
    }

    /// <summary>The cmdlet's name.</summary>
    public string Name { get; }

    /// <summary>What it does, in a sentence.</summary>
    public IReadOnlyList<string> Synopsis { get; }

    /// <summary>What it does, in full.</summary>
    public IReadOnlyList<string> Description { get; }

    /// <summary>The parameter sets, in the page's order.</summary>
    public IReadOnlyList<CommandSyntax> Syntaxes { get; }

    /// <summary>The parameters, in the page's order.</summary>
    public IReadOnlyList<CommandParameter> Parameters { get; }

    /// <summary>The examples.</summary>
    public IReadOnlyList<CommandExample> Examples { get; }

    /// <summary>What the pipeline may bring.</summary>
    public IReadOnlyList<CommandType> Inputs { get; }

    /// <summary>What it emits.</summary>
    public IReadOnlyList<CommandType> Outputs { get; }

    /// <summary>What else to know.</summary>
    public IReadOnlyList<string> Notes { get; }

    /// <summary>What to read next.</summary>
    public IReadOnlyList<RelatedLink> RelatedLinks { get; }

    /// <summary>Reads a page.</summary>
    /// <exception cref="PageException">The page is malformed.</exception>
    public static CommandPage Read(string file) => new(MarkdownPage.Read(file));

    private void RequireSections()
    {
        string[] found = [.. _page.Root.Children.Select(static child => child.Title)];
        for (int i = 0; i < Math.Max(found.Length, Sections.Length); i++)
        {
            string expected = i < Sections.Length ? $"\"## {Sections[i]}\"" : "the end of the page";
            if (i >= found.Length || i >= Sections.Length || found[i] != Sections[i])
            {
                int line = i < found.Length ? _page.Root.Children[i].Line : _page.Root.Line;
                throw _page.Error(line, $"{expected} is expected here; the sections are {string.Join(", ", Sections)}, in this order.");
            }
        }
    }

    private MarkdownSection Section(string title) => _page.Root.Children.Single(child => child.Title == title);

    private IReadOnlyList<string> Required(string title)
    {
        MarkdownSection section = Section(title);
        IReadOnlyList<string> paragraphs = MarkdownText.Paragraphs(section.Body);
        return paragraphs.Count > 0 ? paragraphs : throw _page.Error(section.Line, $"\"{title}\" is empty.");
    }

    // What several cmdlets have in common is written once, in a page that theirs link to, and which may link to another.
    private static IEnumerable<CommandParameter> ReadParameters(MarkdownPage page, MarkdownSection section, int links)
    {
        if (section.Title.StartsWith('-'))
        {
            return [ReadParameter(page, section)];
        }

        MarkdownLine[] lines = [.. section.Body.Where(static line => line.Text.Length > 0)];
        Match link = lines.Length == 1 ? LinkLine().Match(lines[0].Text) : Match.Empty;
        string file = Path.GetFullPath(Path.Combine(Path.GetDirectoryName(page.File)!, link.Groups["address"].Value));
        if (!link.Success || !File.Exists(file) || links == 0)
        {
            throw page.Error(
                section.Line, $"\"{section.Title}\" must be a parameter with its dash, such as \"### -Path\", or hold one link, to a page of parameters.");
        }

        var shared = MarkdownPage.Read(file);
        return shared.Root.Children.SelectMany(child => ReadParameters(shared, child, links - 1));
    }

    private static CommandParameter ReadParameter(MarkdownPage page, MarkdownSection section)
    {
        if (!section.Title.StartsWith('-'))
        {
            throw page.Error(section.Line, $"\"{section.Title}\" must be a parameter with its dash, such as \"-Path\".");
        }

        IReadOnlyList<MarkdownLine> block = page.FencedBlock(section, "yaml");
        var values = new Dictionary<string, (string Text, int Line)>(StringComparer.Ordinal);
        foreach (MarkdownLine line in block.Where(static line => line.Text.Length > 0))
        {
            (string key, string value) = page.SplitPair(line);
            if (!ParameterKeys.Contains(key) || !values.TryAdd(key, (value, line.Number)))
            {
                throw page.Error(line.Number, $"\"{key}\" is unknown here, or stands twice; the keys are {string.Join(", ", ParameterKeys)}.");
            }
        }

        IReadOnlyList<string> description = MarkdownText.Paragraphs(MarkdownPage.WithoutFencedBlock(section, "yaml"));
        if (description.Count == 0)
        {
            throw page.Error(section.Line, $"the parameter {section.Title} is not described.");
        }

        return new CommandParameter(
            section.Title[1..],
            description,
            Value("Type"),
            List("Aliases"),
            List("Accepted values"),
            Flag("Required"),
            Value("Position"),
            Value("Default value"),
            Value("Accept pipeline input"),
            Flag("Accept wildcard characters"));

        string Value(string key) => values.TryGetValue(key, out (string Text, int Line) value) && value.Text.Length > 0
            ? value.Text
            : throw page.Error(section.Line, $"the parameter {section.Title} has no \"{key}\" in its yaml block.");

        bool Flag(string key) => bool.TryParse(Value(key), out bool flag)
            ? flag
            : throw page.Error(values[key].Line, $"\"{key}\" of the parameter {section.Title} must be True or False.");

        string[] List(string key) =>
            (values.TryGetValue(key, out (string Text, int Line) value) ? value.Text : "").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
    }

    private List<CommandSyntax> ReadSyntaxes()
    {
        MarkdownSection section = Section("SYNTAX");
        IReadOnlyList<MarkdownSection> sets = section.Children.Count > 0 ? section.Children : [section];
        var syntaxes = new List<CommandSyntax>();
        foreach (MarkdownSection set in sets)
        {
            IReadOnlyList<MarkdownLine> block = _page.FencedBlock(set, "");
            string text = string.Join(' ', block.Select(static line => line.Text.Trim()));
            if (!text.StartsWith(Name + " ", StringComparison.Ordinal))
            {
                throw _page.Error(set.Line, $"the syntax must begin with \"{Name} \".");
            }

            syntaxes.Add(ReadSyntax(set, text[Name.Length..]));
        }

        return syntaxes;
    }

    private CommandSyntax ReadSyntax(MarkdownSection section, string text)
    {
        var items = new List<CommandSyntaxItem>();
        int position = 0;
        int end = 0;
        foreach (Match match in SyntaxItem().Matches(text))
        {
            if (text[end..match.Index].Trim().Length > 0)
            {
                break;
            }

            end = match.Index + match.Length;
            if (match.Groups["common"].Success)
            {
                continue;
            }

            string name = match.Groups["name"].Value;
            if (!Parameters.Any(parameter => parameter.Name == name))
            {
                throw _page.Error(section.Line, $"the syntax has -{name}, which PARAMETERS does not describe.");
            }

            string type = match.Groups["type"].Value;
            bool positional = match.Groups["positional"].Success;
            items.Add(new CommandSyntaxItem(
                name,
                type.Length > 0 ? type : null,
                !match.Groups["optional"].Success,
                positional ? position++ : null));
        }

        return text[end..].Trim().Length == 0
            ? new CommandSyntax(items)
            : throw _page.Error(section.Line, $"the syntax cannot be read from \"{text[end..].Trim()}\" on.");
    }

    private CommandExample ReadExample(MarkdownSection section)
    {
        IReadOnlyList<MarkdownLine> code = _page.FencedBlock(section, "powershell");
        IReadOnlyList<string> remarks = MarkdownText.Paragraphs(MarkdownPage.WithoutFencedBlock(section, "powershell"));
        return remarks.Count > 0
            ? new CommandExample(section.Title, string.Join('\n', code.Select(static line => line.Text)), remarks)
            : throw _page.Error(section.Line, $"\"{section.Title}\" has no sentence that says what it does.");
    }

    private static CommandType ReadType(MarkdownSection section) => new(section.Title, MarkdownText.Paragraphs(section.Body));

    private IEnumerable<RelatedLink> ReadLinks()
    {
        foreach (MarkdownLine line in Section("RELATED LINKS").Body.Where(static line => line.Text.Length > 0))
        {
            Match match = LinkLine().Match(line.Text);
            if (!match.Success)
            {
                throw _page.Error(line.Number, $"\"{line.Text}\" is no link; write [text](address).");
            }

            string address = match.Groups["address"].Value;
            yield return new RelatedLink(
                match.Groups["text"].Value,
                address.Contains("://", StringComparison.Ordinal) ? address : "");
        }
    }

    [GeneratedRegex(@"\A[A-Z][a-z]+-[A-Z][A-Za-z]+\z")]
    private static partial Regex CommandName();

    // [[-Name] <Type>] | [-Name] <Type> | [-Name <Type>] | [-Name] | -Name <Type> | -Name | [<CommonParameters>]
    [GeneratedRegex(
        @"(?<common>\[<CommonParameters>\])|" +
        @"(?<optional>(?<positional>\[\[-(?<name>\w+)\] <(?<type>[^>]+)>\]))|" +
        @"(?<positional>\[-(?<name>\w+)\] <(?<type>[^>]+)>)|" +
        @"(?<optional>\[-(?<name>\w+)( <(?<type>[^>]+)>)?\])|" +
        @"-(?<name>\w+)( <(?<type>[^>]+)>)?",
        RegexOptions.ExplicitCapture)]
    private static partial Regex SyntaxItem();

    [GeneratedRegex(@"\A(- )?\[(?<text>[^\]]+)\]\((?<address>[^)]*)\)\z", RegexOptions.ExplicitCapture)]
    private static partial Regex LinkLine();
}
