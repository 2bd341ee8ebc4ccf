using System.Text.RegularExpressions;

namespace ImageBuilderDataProtection.ModuleTests;

/// <summary>Runs what the README shows, and holds its output against what the README prints.</summary>
public sealed partial class ReadmeTests(Engine engine) : IClassFixture<Engine>
{
    [Fact]
    public void The_story_of_the_policies_goes_as_told()
    {
        string section = Section("## Policies, proven before they are put");
        string[] commands = [.. Blocks("powershell", section)];
        string[] printed = [.. Blocks("", section)];
        using var folder = new TemporaryFolder();
        folder.Write("web.yml", "name: web\nschemaVersion: 1.0\nsteps: []\n");
        folder.Write("page.json", File.ReadAllText(Path.Combine(TestPaths.Repository, "tests", "ImageBuilderDataProtection.Core.Tests", "Data", "reference", "key-policy.json")));
        ScriptResult In(string script) => engine.Run($"param($folder) $null = $ExecutionContext.SessionState.Path.SetLocation($folder); $ConfirmPreference = 'None'; {script}", ("folder", folder.Path));
        string variables = commands[0][..commands[0].IndexOf("$policy =", StringComparison.Ordinal)];

        In(commands[0]).NoErrors();
        Assert.Equal(Words(printed[0]), Words(Shown("Test-IBWorkflowKeyPolicy -Path ./page.json")));
        Assert.Equal(3, In(variables + commands[1]).NoErrors().Output.Count);
        Assert.Equal(File.ReadAllText(folder["web.yml"]), File.ReadAllText(folder["open/web.yml"]));
        Assert.Equal(Words(printed[1]["WARNING: ".Length..]), Words(In(variables + commands[2]).NoErrors().Warnings[0].Replace(folder.Path, ".", StringComparison.Ordinal)));
        Assert.Equal("AccessDeniedException", In(variables + commands[3]).Error().FullyQualifiedErrorId.Split(',')[0]);
        Assert.Equal(Words(printed[2]), Words(Shown(variables + commands[3][commands[3].IndexOf("Get-IBKmsAuditEvent", StringComparison.Ordinal)..])));

        string Shown(string script) => engine.Show($"param($folder) $null = $ExecutionContext.SessionState.Path.SetLocation($folder); {script}", ("folder", folder.Path));
    }

    [Fact]
    public void The_questions_to_the_trail_are_answered_as_printed()
    {
        string section = Section("## Who used the key, for which workflow");
        string[] commands = [.. Blocks("powershell", section)];
        string[] printed = [.. Blocks("", section)];
        Assert.Equal(3, printed.Length);
        for (int i = 0; i < printed.Length; i++)
        {
            string shown = engine.Show($"param($folder) $null = $ExecutionContext.SessionState.Path.SetLocation($folder); {commands[i]}", ("folder", TestPaths.Repository));
            Assert.Equal(Words(printed[i]), Words(shown));
        }
    }

    // Where lines break is not the README's matter, nor is the heading of a group.
    private static string Words(string text) => string.Join(' ', GroupHeading().Replace(text, "").Split([' ', '\n'], StringSplitOptions.RemoveEmptyEntries));

    private static string Section(string heading)
    {
        string readme = File.ReadAllText(Path.Combine(TestPaths.Repository, "README.md")).ReplaceLineEndings("\n");
        int start = readme.IndexOf(heading + "\n", StringComparison.Ordinal);
        return readme[start..readme.IndexOf("\n## ", start + heading.Length, StringComparison.Ordinal)];
    }

    private static IEnumerable<string> Blocks(string language, string text) =>
        Block().Matches(text).Where(block => block.Groups["language"].Value == language).Select(static block => block.Groups["code"].Value);

    [GeneratedRegex("^```(?<language>[a-z]*)\n(?<code>.*?)^```$", RegexOptions.Multiline | RegexOptions.Singleline | RegexOptions.ExplicitCapture)]
    private static partial Regex Block();

    [GeneratedRegex("^ *Policy: .*$", RegexOptions.Multiline)]
    private static partial Regex GroupHeading();
}
