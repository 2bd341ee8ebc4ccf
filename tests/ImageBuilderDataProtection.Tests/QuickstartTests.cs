namespace ImageBuilderDataProtection.ModuleTests;

/// <summary>The tutorial, as it is, in the engine.</summary>
public sealed class QuickstartTests(Engine engine) : IClassFixture<Engine>
{
    [Fact]
    public void It_does_everything_it_says()
    {
        string script = Path.Combine(TestPaths.Repository, "samples", "Quickstart", "quickstart.ps1");
        string[] before = QuickstartFolders();
        string text = engine.Show("param($script) & $script", ("script", script));
        Assert.Contains("build-web-server.yml is byte-identical to the original", text, StringComparison.Ordinal);
        Assert.Contains("test-web-server.yml is byte-identical to the original", text, StringComparison.Ordinal);
        Assert.Equal(4, text.Split('\n').Count(static line => line.StartsWith("Unprotect-IBWorkflow: ", StringComparison.Ordinal)));
        Assert.Contains("AccessDenied", text, StringComparison.Ordinal);
        Assert.Contains("   By: Workflow, Key, Principal\n", text, StringComparison.Ordinal);
        Assert.Contains("report.html is written (", text, StringComparison.Ordinal);
        Assert.EndsWith("Get-Help about_ImageBuilderDataProtection\n", text, StringComparison.Ordinal);
        Assert.Equal(before, QuickstartFolders());
    }

    private static string[] QuickstartFolders() => Directory.GetDirectories(Path.GetTempPath(), "quickstart-*");
}
