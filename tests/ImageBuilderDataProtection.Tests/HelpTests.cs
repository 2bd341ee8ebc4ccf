using System.Collections;
using System.Management.Automation;
using System.Text.RegularExpressions;

namespace ImageBuilderDataProtection.ModuleTests;

/// <summary>What Get-Help shows, compared with the commands themselves. An undocumented cmdlet or parameter fails here.</summary>
public sealed partial class HelpTests : IClassFixture<Engine>
{
    private static readonly string[] Pages =
        [.. Directory.GetFiles(Path.Combine(TestPaths.Repository, "docs", "en-US"), "*.md").Select(static file => Path.GetFileNameWithoutExtension(file))];

    private readonly Engine _engine;

    public HelpTests(Engine engine) => _engine = engine;

    public static TheoryData<string> Cmdlets => new(CmdletsOfManifest());

    public static TheoryData<string> Topics => new(Pages.Where(static page => page.StartsWith("about_", StringComparison.Ordinal)));

    [Fact]
    public void Every_page_names_a_cmdlet_and_every_cmdlet_has_a_page()
    {
        string[] pages = [.. Pages.Where(static page => !page.StartsWith("about_", StringComparison.Ordinal)).Order(StringComparer.Ordinal)];
        string[] cmdlets = [.. _engine.Run("Get-Command -Module ImageBuilderDataProtection").Output
            .Select(static command => ((CommandInfo)command.BaseObject).Name)
            .Order(StringComparer.Ordinal)];
        Assert.Equal(cmdlets, pages);
        Assert.Equal(CmdletsOfManifest().Order(StringComparer.Ordinal), cmdlets);
    }

    [Theory]
    [MemberData(nameof(Cmdlets))]
    public void A_cmdlet_has_a_synopsis_a_description_and_two_examples(string cmdlet)
    {
        PSObject help = Help(cmdlet);
        Assert.Matches(@"\A[A-Z][^\n]{10,120}\.\z", Text(help.Properties["Synopsis"].Value));
        Assert.NotEmpty(Text(help.Properties["description"].Value));
        PSObject[] examples = Items(help, "examples", "example");
        Assert.True(examples.Length >= 2, $"{cmdlet} has {examples.Length} examples.");
        Assert.All(examples, example =>
        {
            Assert.Contains(cmdlet, Text(example.Properties["code"].Value), StringComparison.Ordinal);
            Assert.NotEmpty(Text(example.Properties["remarks"].Value));
        });
        Assert.NotEmpty(Items(help, "returnValues", "returnValue"));
        Assert.NotEmpty(Items(help, "inputTypes", "inputType"));
    }

    [Theory]
    [MemberData(nameof(Cmdlets))]
    public void Every_parameter_is_documented_as_it_is(string cmdlet)
    {
        Dictionary<string, PSObject> documented = Items(Help(cmdlet), "parameters", "parameter")
            .ToDictionary(static parameter => Text(parameter.Properties["name"].Value));
        var actual = Parameters(cmdlet);
        Assert.Equal(actual.Keys.Order(StringComparer.Ordinal), documented.Keys.Order(StringComparer.Ordinal));
        foreach ((string name, ParameterMetadata parameter) in actual)
        {
            PSObject help = documented[name];
            Assert.NotEmpty(Text(help.Properties["description"].Value));
            Assert.Equal(TypeName(parameter.ParameterType), Text(((PSObject)help.Properties["type"].Value).Properties["name"].Value));
            string aliases = Text(help.Properties["aliases"].Value);
            Assert.Equal(parameter.Aliases, aliases == "none" ? [] : aliases.Split(", "));

            ParameterSetMetadata[] sets = [.. parameter.ParameterSets.Values];
            Assert.Equal(sets.All(static set => set.IsMandatory), bool.Parse(Text(help.Properties["required"].Value)));
            Assert.Equal(PipelineInput(sets), Text(help.Properties["pipelineInput"].Value));
            Assert.Equal(
                sets[0].Position == int.MinValue ? "named" : $"{sets[0].Position}",
                Text(help.Properties["position"].Value));
            Assert.Equal(
                parameter.Attributes.OfType<SupportsWildcardsAttribute>().Any(),
                bool.Parse(Text(help.Properties["globbing"].Value)));
        }
    }

    [Theory]
    [MemberData(nameof(Cmdlets))]
    public void The_documented_syntax_is_the_real_one(string cmdlet)
    {
        string page = File.ReadAllText(Path.Combine(TestPaths.Repository, "docs", "en-US", cmdlet + ".md"));
        string section = page[page.IndexOf("## SYNTAX", StringComparison.Ordinal)..page.IndexOf("## DESCRIPTION", StringComparison.Ordinal)];
        string[] documented = [.. SyntaxBlock().Matches(section).Select(static match => Normalize(match.Groups["text"].Value))];
        string[] actual = [.. ((CommandInfo)_engine.Run($"Get-Command {cmdlet}").Only().BaseObject).ParameterSets
            .Select(set => Normalize($"{cmdlet} {Syntax(set)}"))];
        Assert.Equal(actual.Order(StringComparer.Ordinal), documented.Order(StringComparer.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Cmdlets))]
    public void Get_Help_shows_it(string cmdlet)
    {
        string text = _engine.Show($"Get-Help {cmdlet} -Full");
        Assert.Contains("SYNOPSIS", text, StringComparison.Ordinal);
        Assert.Contains("EXAMPLE", text, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("```", text, StringComparison.Ordinal);
        Assert.DoesNotContain("](", text, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Topics))]
    public void A_topic_reads_at_80_columns(string topic)
    {
        string text = _engine.Show($"Get-Help {topic}");
        Assert.Contains(topic, text, StringComparison.Ordinal);
        Assert.Contains("SHORT DESCRIPTION", text, StringComparison.Ordinal);
        Assert.All(text.Split('\n'), static line => Assert.True(line.Length <= 80, line));
    }

    private static List<string> CmdletsOfManifest()
    {
        string manifest = File.ReadAllText(Path.Combine(TestPaths.Repository, "ImageBuilderDataProtection.psd1"));
        return [.. CmdletName().Matches(manifest).Select(static match => match.Groups["name"].Value)];
    }

    private static string Syntax(CommandParameterSetInfo set) => string.Join(' ', set.Parameters
        .Where(static parameter => !Cmdlet.CommonParameters.Contains(parameter.Name))
        .OrderBy(static parameter => parameter.Position == int.MinValue ? int.MaxValue : parameter.Position)
        .ThenByDescending(static parameter => parameter.Position == int.MinValue && parameter.IsMandatory)
        .Select(static parameter =>
        {
            string name = parameter.Position == int.MinValue ? $"-{parameter.Name}" : $"[-{parameter.Name}]";
            string text = parameter.ParameterType == typeof(SwitchParameter) ? name : $"{name} <{TypeName(parameter.ParameterType)}>";
            return parameter.IsMandatory ? text : $"[{text}]";
        })
        .Append("[<CommonParameters>]"));

    private static string TypeName(Type type) => type.Name;

    private static string Normalize(string syntax) => Space().Replace(syntax, " ").Trim();

    private static string PipelineInput(ParameterSetMetadata[] sets)
    {
        string[] ways =
        [
            .. sets.Any(static set => set.ValueFromPipelineByPropertyName) ? ["ByPropertyName"] : Array.Empty<string>(),
            .. sets.Any(static set => set.ValueFromPipeline) ? ["ByValue"] : Array.Empty<string>(),
        ];
        return ways.Length == 0 ? "False" : $"True ({string.Join(", ", ways)})";
    }

    private PSObject Help(string cmdlet) => _engine.Run($"Get-Help {cmdlet} -Full").Only();

    private Dictionary<string, ParameterMetadata> Parameters(string cmdlet) =>
        ((CommandInfo)_engine.Run($"Get-Command {cmdlet}").Only().BaseObject).Parameters
            .Where(static pair => !Cmdlet.CommonParameters.Contains(pair.Key))
            .ToDictionary(static pair => pair.Key, static pair => pair.Value);

    private static PSObject[] Items(PSObject help, string list, string item)
    {
        object? value = (help.Properties[list]?.Value as PSObject)?.Properties[item]?.Value;
        return value switch
        {
            null => [],
            PSObject { BaseObject: object[] many } => [.. many.Cast<PSObject>()],
            object[] many => [.. many.Cast<PSObject>()],
            PSObject single => [single],
            _ => throw new InvalidOperationException($"{list}/{item} is a {value.GetType()}."),
        };
    }

    // Help text comes as a string, or as an array of paragraphs with a Text property.
    private static string Text(object? value) => value switch
    {
        null => "",
        string text => text.Trim(),
        PSObject { BaseObject: string text } => text.Trim(),
        PSObject { BaseObject: IEnumerable many and not string } => Text(many),
        PSObject { } paragraph when paragraph.Properties["Text"] is PSPropertyInfo text => Text(text.Value),
        IEnumerable many => string.Join('\n', many.Cast<object>().Select(Text)).Trim(),
        _ => value.ToString()!,
    };

    [GeneratedRegex(@"(?m)^        '(?<name>[A-Z][a-z]+-IB[A-Za-z]+)'")]
    private static partial Regex CmdletName();

    [GeneratedRegex(@"```\n(?<text>[^`]*)```", RegexOptions.ExplicitCapture)]
    private static partial Regex SyntaxBlock();

    [GeneratedRegex(@"\s+")]
    private static partial Regex Space();
}
