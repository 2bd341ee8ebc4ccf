using System.Globalization;
using System.Management.Automation;
using System.Management.Automation.Runspaces;
using System.Text;
using System.Xml.Linq;
using ImageBuilderDataProtection.Quickstart;

namespace ImageBuilderDataProtection.ModuleTests;

/// <summary>Every view of the module, shown objects in which each text tries to be more than text.</summary>
public sealed class ViewTests : IClassFixture<Engine>
{
    private const int Wide = 4000;

    private static readonly XElement[] Views =
        [.. XDocument.Load(Path.Combine(TestPaths.Module, "ImageBuilderDataProtection.Format.ps1xml")).Descendants("View")];

    /// <summary>What a terminal obeys, what begins a line somewhere, and what turns or hides text.</summary>
    private static readonly string[] Hostile =
        ["\n", "\r", "\r\n", "\v", "\f", "\t", "\b", "\a", "\0", "\u001b", "\u001b[2J\n", "\u001b]0;", "\u007f", "\u0085", "\u009b", "\u2028", "\u2029", "\u202e", "\u200b", "\ufeff"];

    private readonly Engine _engine;

    public ViewTests(Engine engine)
    {
        _engine = engine;

        // Core is loaded with the first that needs it.
        Assert.Equal("x", _engine.Run("[ImageBuilderDataProtection.ViewText]::Of('x')").Only().BaseObject);
    }

    public static TheoryData<int, string> AllViews()
    {
        var data = new TheoryData<int, string>();
        for (int place = 0; place < Views.Length; place++)
        {
            foreach (XElement type in Views[place].Element("ViewSelectedBy")!.Elements("TypeName"))
            {
                data.Add(place, type.Value);
            }
        }

        return data;
    }

    public static TheoryData<string> AllTypes() => [.. Views.SelectMany(static view => view.Element("ViewSelectedBy")!.Elements("TypeName")).Select(static type => type.Value).Distinct()];

    [Theory]
    [MemberData(nameof(AllViews))]
    public void No_text_of_a_view_moves_the_cursor_hides_text_or_begins_a_line(int place, string type)
    {
        using var folder = new TemporaryFolder();
        using var shown = new StringWriter();

        // A session with this view alone, so that no other is chosen.
        InitialSessionState session = InitialSessionState.CreateDefault2();
        string file = folder["One.Format.ps1xml"];
        new XElement("Configuration", new XElement("ViewDefinitions", Views[place])).Save(file);
        session.Formats.Add(new SessionStateFormatEntry(file));
        using Runspace runspace = RunspaceFactory.CreateRunspace(new TextHost(shown, shown, Wide, colours: false), session);
        runspace.Open();
        foreach (string hostile in Hostile)
        {
            shown.GetStringBuilder().Clear();
            using var shell = PowerShell.Create(runspace);
            shell.AddScript("param($item) $item").AddParameter("item", HostileObject.Of(type, hostile)).AddCommand("Out-Default").Invoke();
            AssertHarmless(shown.ToString());
        }
    }

    [Theory]
    [MemberData(nameof(AllTypes))]
    public void Nor_does_any_after_an_object_of_another_kind_where_PowerShell_uses_no_view(string type)
    {
        foreach (string hostile in Hostile)
        {
            string shown = _engine.Show("param($item) [version]'1.2'; $item", ("item", HostileObject.Of(type, hostile)));
            Assert.Contains("Revision", shown, StringComparison.Ordinal);
            AssertHarmless(shown);
        }
    }

    [Fact]
    public void What_is_shown_by_a_hidden_property_has_a_wide_view_which_would_show_the_first_line_of_that()
    {
        IEnumerable<string> hidden = XDocument.Load(Path.Combine(TestPaths.Module, "ImageBuilderDataProtection.Types.ps1xml")).Root!.Elements("Type")
            .Where(static type => type.Descendants("ScriptProperty").Any()).Select(static type => type.Element("Name")!.Value);
        IEnumerable<string> wide = Views.Where(static view => view.Element("WideControl") is not null).SelectMany(static view => view.Descendants("TypeName")).Select(static type => type.Value);
        Assert.Equal(hidden.Order(), wide.Except(["ImageBuilderDataProtection.Policies.KeyPolicy"]).Order());
    }

    [Theory]
    [MemberData(nameof(AllTypes))]
    public void What_is_for_showing_alone_is_none_of_the_properties(string type)
    {
        PSObject item = HostileObject.Of(type, "");
        string[] before = [.. item.Properties.Select(static property => property.Name)];
        string[] names = [.. _engine.Run("param($item) foreach ($property in $item.PSObject.Properties) { $property.Name }", ("item", item)).NoErrors().Output.Select(static name => name.ToString())];
        Assert.Equal(before.Order(), names.Except(["PSPath"]).Order());
    }

    [Fact]
    public void What_commands_say_of_a_file_names_it_on_one_line()
    {
        // Windows has no such names.
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        using var scenario = new Scenario(_engine);
        string name = $"x\u001b]0;pwn\a\u001b[2J\n{HostileObject.After}\n y";
        scenario.Folder.Write(name + ".yml", Scenario.Document);
        const string Protect = "Protect-IBWorkflow $folder/x*.yml -WorkflowArn $workflow @protect";

        // Asking, doing, showing, not finding.
        AssertHarmless(scenario.Run(Protect + " -WhatIf").NoErrors().HostText);
        AssertHarmless(scenario.Show(Protect));
        AssertHarmless(scenario.Show(Protect));
        AssertHarmless(scenario.Show("Revoke-IBWorkflowKeyAccess alias/ExampleKMSKey $role @kms -Path $folder -WhatIf 3>&1"));

        // A file that CloudTrail did not deliver, in a copy of its files.
        scenario.Run("Test-IBCloudTrailLog -LocalKms $kms.LocalKms -WriteDigest").NoErrors();
        string log = scenario.Folder.Files.First(static file => file.EndsWith(".json.gz", StringComparison.Ordinal));
        scenario.Folder.Write(Path.Combine(Path.GetDirectoryName(log)!, name + ".json.gz"), "no log");
        AssertHarmless(scenario.Show("Test-IBCloudTrailLog -LocalKms $kms.LocalKms"));
        AssertHarmless(scenario.Run("Test-IBCloudTrailLog -LocalKms $kms.LocalKms | ForEach-Object ToString").Only().ToString());
        AssertHarmless(scenario.Show("Get-IBKmsAuditEvent $kms.LocalKms"));
    }

    private static void AssertHarmless(string shown)
    {
        string text = shown.ReplaceLineEndings("\n");
        Assert.True(text.Contains(HostileObject.After, StringComparison.Ordinal), $"Nothing was shown: {text}");
        Assert.All(text.EnumerateRunes(), rune => Assert.True(
            rune.Value == '\n' || Rune.GetUnicodeCategory(rune) is not (UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator),
            $"U+{rune.Value:X4} in {text}"));
        Assert.DoesNotContain(text.Split('\n'), static line => line.TrimStart().StartsWith(HostileObject.After, StringComparison.Ordinal));
    }
}
