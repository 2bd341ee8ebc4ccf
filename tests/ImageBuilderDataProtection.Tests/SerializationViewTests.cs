using System.Management.Automation;
using System.Reflection;
using System.Xml.Linq;

namespace ImageBuilderDataProtection.ModuleTests;

/// <summary>What jobs, remote sessions and Export-Clixml make of objects, which have properties for showing alone.</summary>
public sealed class SerializationViewTests : IClassFixture<Engine>
{
    private const string EventType = "ImageBuilderDataProtection.Audit.KmsAuditEvent";

    private static readonly XElement[] Types =
        [.. XDocument.Load(Path.Combine(TestPaths.Module, "ImageBuilderDataProtection.Types.ps1xml")).Root!.Elements("Type").Where(static type => Members(type).Elements("ScriptProperty").Any())];

    private readonly Engine _engine;

    public SerializationViewTests(Engine engine)
    {
        _engine = engine;

        // Core is loaded with the first that needs it.
        Assert.Equal("x", _engine.Run("[ImageBuilderDataProtection.ViewText]::Of('x')").Only().BaseObject);
    }

    public static TheoryData<string> TypesWithHiddenProperties() => [.. Types.Select(static type => type.Element("Name")!.Value)];

    [Theory]
    [MemberData(nameof(TypesWithHiddenProperties))]
    public void All_public_properties_travel_and_none_that_is_for_showing(string type)
    {
        XElement standard = Members(Types.Single(one => one.Element("Name")!.Value == type)).Elements("MemberSet").Single(static set => set.Element("Name")!.Value == "PSStandardMembers").Element("Members")!;
        string[] travelling = [.. standard.Elements("PropertySet").Single(static set => set.Element("Name")!.Value == "PropertySerializationSet").Descendants("ReferencedProperties").Elements("Name").Select(static name => name.Value)];
        Assert.Equal([.. PublicProperties(type), .. type == EventType ? ["Json"] : Array.Empty<string>()], travelling.Except(["PSPath"]));
        Assert.Equal(
            [("SerializationMethod", "SpecificProperties"), ("InheritPropertySerializationSet", "false")],
            standard.Elements("NoteProperty").Select(static note => (note.Element("Name")!.Value, note.Element("Value")!.Value)));
    }

    [Fact]
    public void Objects_come_through_a_job_with_their_properties_in_order()
    {
        using var scenario = new Scenario(_engine);
        PSObject[] objects =
        [
            .. scenario.WithProtected().Run("""
                New-IBWorkflowKeyPolicy $role | ThroughJob
                Get-IBWorkflowKey alias/ExampleKMSKey @kms | ThroughJob
                Get-IBProtectedWorkflow "$folder/build.yml.encrypted" | ThroughJob
                Unprotect-IBWorkflow "$folder/build.yml.encrypted" -PassThru @open | ThroughJob
                $events = Get-IBKmsAuditEvent -LocalKms $kms.LocalKms
                $events[0] | ThroughJob
                $events[0].UserIdentity, $events[0].UserIdentity.SessionContext, $events[0].UserIdentity.SessionContext.SessionIssuer | ThroughJob
                @($events | Measure-IBKmsAuditEvent Operation)[0] | ThroughJob
                """).NoErrors().Output,
        ];
        foreach (PSObject item in objects)
        {
            string type = item.TypeNames[0].Replace("Deserialized.", "", StringComparison.Ordinal);
            string[] names = [.. item.Properties.Select(static property => property.Name)];
            string[] added = type == EventType ? ["Json"] : type.StartsWith("ImageBuilderDataProtection.Protection.", StringComparison.Ordinal) ? ["PSPath"] : [];
            Assert.Equal([.. added, .. PublicProperties(type)], names);
        }

        Assert.Equal(9, objects.Length);
    }

    [Fact]
    public void What_a_user_adds_to_an_event_comes_through_a_job_too()
    {
        using var scenario = new Scenario(_engine);
        PSObject record = scenario.WithProtected().Run("""
            $one = @(Get-IBKmsAuditEvent -LocalKms $kms.LocalKms)[0]
            $one.PSObject.Properties.Add([psnoteproperty]::new('Note', 'mine'))
            $one | ThroughJob
            """).Only();
        Assert.Equal("mine", record.Properties["Note"].Value);
    }

    [Fact]
    public void An_event_gives_its_record_after_a_job_as_before_it()
    {
        using var scenario = new Scenario(_engine);
        ScriptResult result = scenario.WithProtected().Run("""
            $one = @(Get-IBKmsAuditEvent -LocalKms $kms.LocalKms)[0]
            $one.ToJson()
            $one | ThroughJob | ForEach-Object ToJson
            $one | ThroughJob | ForEach-Object { $_.ToJson() }
            """).NoErrors();
        Assert.Equal(3, result.Output.Count);
        Assert.Single(result.Output.Select(static json => Assert.IsType<string>(json.BaseObject)).Distinct());
    }

    private static XElement Members(XElement type) => type.Element("Members")!;

    private static string[] PublicProperties(string type) => [.. HostileObject.PropertiesOf(HostileObject.CoreType(type)).Select(static property => property.Name)];
}
