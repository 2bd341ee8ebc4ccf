using System.Diagnostics;

namespace ImageBuilderDataProtection.ModuleTests;

/// <summary>The help compiler's refusals, each with file and line, as a build shows them.</summary>
public sealed class HelpCompilerTests : IDisposable
{
    private const string Page = """
        ---
        external help file: Test.dll-Help.xml
        schema: 2.0.0
        ---

        # Get-Thing

        ## SYNOPSIS
        Gets a thing.

        ## SYNTAX

        ```
        Get-Thing [-Path] <String[]> [-Force] [<CommonParameters>]
        ```

        ## DESCRIPTION
        Gets `a` thing, see [elsewhere](https://example.com/x) and [Set-Thing](Set-Thing.md).

        - first
        - second

        ## EXAMPLES

        ### Example 1: Get one
        ```powershell
        Get-Thing a
        # not a heading
        ```

        Gets one.

        ## PARAMETERS

        ### -Path
        Where.

        ```yaml
        Type: String[]
        Parameter Sets: (All)
        Aliases: P

        Required: True
        Position: 0
        Default value: None
        Accept pipeline input: True (ByValue)
        Accept wildcard characters: True
        ```

        ### -Force
        Anyway.

        ```yaml
        Type: SwitchParameter
        Parameter Sets: (All)
        Aliases:

        Required: False
        Position: Named
        Default value: False
        Accept pipeline input: False
        Accept wildcard characters: False
        ```

        ## INPUTS

        ### System.String
        A path.

        ## OUTPUTS

        ### None
        Nothing.

        ## NOTES

        ## RELATED LINKS

        [Set-Thing](Set-Thing.md)
        """;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_page_becomes_MAML()
    {
        (int exit, string error) = Compile(Page);
        Assert.Equal("", error);
        Assert.Equal(0, exit);
        string xml = File.ReadAllText(_folder["out/Test.dll-Help.xml"]);
        Assert.Contains("<maml:para>Gets a thing, see elsewhere (https://example.com/x) and Set-Thing.</maml:para>", xml, StringComparison.Ordinal);
        Assert.Contains("<maml:para>- second</maml:para>", xml, StringComparison.Ordinal);
        Assert.Contains("# not a heading", xml, StringComparison.Ordinal);
        Assert.Contains("""required="true" variableLength="true" globbing="true" pipelineInput="True (ByValue)" position="0" aliases="P">""", xml, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("# Get-Thing", "# Get-Other", 6, "must be a Verb-Noun name and the name of the file")]
    [InlineData("## NOTES", "## REMARKS", 75, "\"## NOTES\" is expected here")]
    [InlineData("Gets a thing.", "", 8, "\"SYNOPSIS\" is empty")]
    [InlineData("[-Force] [", "[-Farce] [", 11, "-Farce, which PARAMETERS does not describe")]
    [InlineData("[-Force] [", "<oops> [", 11, "cannot be read from \"<oops>")]
    [InlineData("Required: False", "Required: Perhaps", 58, "\"Required\" of the parameter -Force must be True or False")]
    [InlineData("Aliases: P", "Alias: P", 41, "\"Alias\" is unknown here")]
    [InlineData("Where.", "", 35, "-Path is not described")]
    [InlineData("Gets one.", "", 25, "has no sentence")]
    [InlineData("[Set-Thing](Set-Thing.md)\n", "Set-Thing", 79, "is no link")]
    [InlineData("# not a heading\n```", "# not a heading", 26, "is not closed")]
    [InlineData("### -Path", "#### -Path", 35, "cannot stand directly below")]
    public void A_malformed_page_is_refused_with_file_and_line(string from, string to, int line, string problem)
    {
        string page = Page + "\n";
        Assert.Contains(from, page, StringComparison.Ordinal);
        int at = from.StartsWith("[Set", StringComparison.Ordinal)
            ? page.LastIndexOf(from, StringComparison.Ordinal)
            : page.IndexOf(from, StringComparison.Ordinal);
        (int exit, string error) = Compile(page[..at] + to + page[(at + from.Length)..]);
        Assert.Equal(1, exit);
        Assert.StartsWith($"{_folder["Get-Thing.md"]}({line}): error IBHELP: ", error, StringComparison.Ordinal);
        Assert.Contains(problem, error, StringComparison.Ordinal);
    }

    [Fact]
    public void What_several_pages_have_in_common_is_written_once()
    {
        string force = Page[Page.IndexOf("### -Force", StringComparison.Ordinal)..Page.IndexOf("## INPUTS", StringComparison.Ordinal)];
        string linked = Page.Replace(force, "### In common\n[Shared](shared/Shared.md)\n\n", StringComparison.Ordinal);
        (int missing, string error) = Compile(linked);
        Assert.Equal(1, missing);
        Assert.Contains("hold one link, to a page of parameters", error, StringComparison.Ordinal);

        _folder.Write("shared/Shared.md", "# Shared\n\n#" + force["##".Length..]);
        Assert.Equal((0, ""), Compile(linked));
        string xml = File.ReadAllText(_folder["out/Test.dll-Help.xml"]);
        Assert.Equal((0, ""), Compile(Page));
        Assert.Equal(File.ReadAllText(_folder["out/Test.dll-Help.xml"]), xml);

        // A page of parameters may link to another, but not in a circle.
        _folder.Write("shared/More.md", "# More\n\n#" + force["##".Length..]);
        _folder.Write("shared/Shared.md", "# Shared\n\n## In common\n[More](More.md)\n");
        Assert.Equal((0, ""), Compile(linked));
        Assert.Equal(File.ReadAllText(_folder["out/Test.dll-Help.xml"]), xml);
        _folder.Write("shared/More.md", "# More\n\n## In common\n[Shared](Shared.md)\n");
        Assert.Contains("hold one link, to a page of parameters", Compile(linked).Error, StringComparison.Ordinal);

        _folder.Write("shared/Shared.md", ("# Shared\n\n#" + force["##".Length..]).Replace("Anyway.", "", StringComparison.Ordinal));
        Assert.StartsWith($"{_folder["shared/Shared.md"]}(3): error IBHELP: the parameter -Force is not described", Compile(linked).Error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_topic_without_a_short_description_is_refused()
    {
        _folder.Write("about_Thing.md", "# about_Thing\n\n## LONG DESCRIPTION\nText.\n");
        (int exit, string error) = Compile(Page);
        Assert.Equal(1, exit);
        Assert.Contains("about_Thing.md(1): error IBHELP: the first section must be", error, StringComparison.Ordinal);
    }

    private (int Exit, string Error) Compile(string page)
    {
        _folder.Write("Get-Thing.md", page);
        var start = new ProcessStartInfo("dotnet") { RedirectStandardError = true };
        foreach (string argument in new[] { "exec", TestPaths.HelpCompiler, _folder.Path, _folder["out"], "Test.dll" })
        {
            start.ArgumentList.Add(argument);
        }

        using Process process = Process.Start(start)!;
        string error = process.StandardError.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, error);
    }
}
