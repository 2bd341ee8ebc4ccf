using System.Globalization;
using System.Xml.Linq;

namespace ImageBuilderDataProtection.MarkdownHelp;

/// <summary>Writes cmdlet help in MAML, the XML that Get-Help reads ("Writing help for PowerShell cmdlets", PowerShell docs).</summary>
internal static class MamlWriter
{
    private static readonly XNamespace Help = "http://msh";
    private static readonly XNamespace Maml = "http://schemas.microsoft.com/maml/2004/10";
    private static readonly XNamespace Command = "http://schemas.microsoft.com/maml/dev/command/2004/10";
    private static readonly XNamespace Dev = "http://schemas.microsoft.com/maml/dev/2004/10";

    /// <summary>The help file of these pages.</summary>
    public static XDocument Write(IEnumerable<CommandPage> pages) =>
        new(new XElement(
            Help + "helpItems",
            new XAttribute("schema", "maml"),
            new XAttribute(XNamespace.Xmlns + "maml", Maml),
            new XAttribute(XNamespace.Xmlns + "command", Command),
            new XAttribute(XNamespace.Xmlns + "dev", Dev),
            pages.Select(Page)));

    private static XElement Page(CommandPage page)
    {
        string[] name = page.Name.Split('-', 2);
        return new XElement(
            Command + "command",
            new XElement(
                Command + "details",
                new XElement(Command + "name", page.Name),
                new XElement(Command + "verb", name[0]),
                new XElement(Command + "noun", name[1]),
                Paragraphs("description", page.Synopsis)),
            Paragraphs("description", page.Description),
            new XElement(Command + "syntax", page.Syntaxes.Select(syntax => Syntax(page, syntax))),
            new XElement(Command + "parameters", page.Parameters.Select(parameter =>
                Parameter(parameter, parameter.Required, parameter.Position))),
            new XElement(Command + "inputTypes", page.Inputs.Select(static type => Type("inputType", type))),
            new XElement(Command + "returnValues", page.Outputs.Select(static type => Type("returnValue", type))),
            new XElement(Maml + "alertSet", Paragraphs("alert", page.Notes)),
            new XElement(Command + "examples", page.Examples.Select(Example)),
            new XElement(Command + "relatedLinks", page.RelatedLinks.Select(Link)));
    }

    private static XElement Syntax(CommandPage page, CommandSyntax syntax) =>
        new(
            Command + "syntaxItem",
            new XElement(Maml + "name", page.Name),
            syntax.Items.Select(item => Parameter(
                page.Parameters.Single(parameter => parameter.Name == item.Name),
                item.Required,
                item.Position?.ToString(CultureInfo.InvariantCulture) ?? "Named")));

    private static XElement Parameter(CommandParameter parameter, bool required, string position) =>
        new(
            Command + "parameter",
            new XAttribute("required", Flag(required)),
            new XAttribute("variableLength", "true"),
            new XAttribute("globbing", Flag(parameter.Wildcards)),
            new XAttribute("pipelineInput", parameter.PipelineInput),
            new XAttribute("position", position.ToLowerInvariant()),
            new XAttribute("aliases", parameter.Aliases.Count > 0 ? string.Join(", ", parameter.Aliases) : "none"),
            new XElement(Maml + "name", parameter.Name),
            Paragraphs("Description", parameter.Description),
            parameter.AcceptedValues.Count == 0
                ? null
                : new XElement(
                    Command + "parameterValueGroup",
                    parameter.AcceptedValues.Select(static value => new XElement(
                        Command + "parameterValue",
                        new XAttribute("required", "false"),
                        new XAttribute("variableLength", "false"),
                        value))),
            parameter.IsSwitch
                ? null
                : new XElement(
                    Command + "parameterValue",
                    new XAttribute("required", "true"),
                    new XAttribute("variableLength", "false"),
                    parameter.Type),
            new XElement(Dev + "type", new XElement(Maml + "name", parameter.Type), new XElement(Maml + "uri")),
            new XElement(Dev + "defaultValue", parameter.DefaultValue));

    private static XElement Type(string element, CommandType type) =>
        new(
            Command + element,
            new XElement(Dev + "type", new XElement(Maml + "name", type.Name)),
            Paragraphs("description", type.Description));

    // Get-Help prints the remarks directly under the code; an empty paragraph keeps them apart.
    private static XElement Example(CommandExample example) =>
        new(
            Command + "example",
            new XElement(Maml + "title", example.Title),
            new XElement(Dev + "code", example.Code),
            new XElement(Dev + "remarks", example.Remarks.Select(Paragraph), Paragraph("")));

    private static XElement Link(RelatedLink link) =>
        new(
            Maml + "navigationLink",
            new XElement(Maml + "linkText", link.Text),
            new XElement(Maml + "uri", link.Address));

    private static XElement Paragraphs(string element, IEnumerable<string> paragraphs) =>
        new(Maml + element, paragraphs.Select(Paragraph));

    private static XElement Paragraph(string text) => new(Maml + "para", text);

    private static string Flag(bool value) => value ? "true" : "false";
}
