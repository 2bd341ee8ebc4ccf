using System.Text;
using System.Xml;
using System.Xml.Linq;
using ImageBuilderDataProtection.Audit;
using ImageBuilderDataProtection.Audit.Reports;

namespace ImageBuilderDataProtection.Tests.Audit.Reports;

/// <summary>A page as a strict reader sees it: it is written so that it is well-formed XML, too.</summary>
internal sealed class ReportDocument
{
    private ReportDocument(string html)
    {
        Html = html;
        using var reader = XmlReader.Create(new StringReader(html), new XmlReaderSettings { DtdProcessing = DtdProcessing.Ignore });
        Root = XDocument.Load(reader, LoadOptions.PreserveWhitespace).Root!;
    }

    public string Html { get; }

    public XElement Root { get; }

    /// <summary>The elements and their attributes, without any value.</summary>
    public string Skeleton => string.Join('\n', Root.DescendantsAndSelf().Select(static element =>
        $"{element.Ancestors().Count()} {element.Name} {string.Join(' ', element.Attributes().Select(static attribute => attribute.Name.ToString()))}"));

    /// <summary>The page of some events.</summary>
    public static ReportDocument Of(IEnumerable<KmsAuditEvent> events, AuditReportSettings? settings = null) => new(Encoding.UTF8.GetString(Bytes(events, settings)));

    /// <summary>The page of some events, as it is written.</summary>
    public static byte[] Bytes(IEnumerable<KmsAuditEvent> events, AuditReportSettings? settings = null)
    {
        var report = new AuditReport((settings ?? new()) with { Clock = new ManualClock() });
        foreach (KmsAuditEvent record in events)
        {
            report.Add(record);
        }

        using var stream = new MemoryStream();
        report.Write(stream);
        return stream.ToArray();
    }

    /// <summary>The elements of a name, with a class if one is given.</summary>
    public IEnumerable<XElement> All(string name, string? ofClass = null) =>
        Root.Descendants(name).Where(element => ofClass is null || Classes(element).Contains(ofClass));

    /// <summary>The text of the only element of a name, with a class if one is given.</summary>
    public string Text(string name, string? ofClass = null) => Assert.Single(All(name, ofClass)).Value;

    /// <summary>The section of an id.</summary>
    public XElement Section(string id) => All("section").Single(section => (string?)section.Attribute("aria-labelledby") == id);

    /// <summary>The figures at a glance, by name.</summary>
    public Dictionary<string, string> Tiles() =>
        Assert.Single(All("dl", "tiles")).Elements("div").ToDictionary(static tile => tile.Element("dt")!.Value, static tile => tile.Element("dd")!.Value.Trim());

    /// <summary>The first rows of a table's body, each as the texts of its cells.</summary>
    public static string[][] Rows(XElement section) =>
    [
        .. section.Descendants("tbody").SelectMany(static body => body.Elements("tr")).Where(static row => (string?)row.Attribute("class") != "details")
            .Select(static row => row.Elements().Select(static cell => cell.Value.Trim()).ToArray()),
    ];

    private static string[] Classes(XElement element) => ((string?)element.Attribute("class"))?.Split(' ') ?? [];
}
