using System.Text;
using System.Xml.Linq;
using CsCheck;
using ImageBuilderDataProtection.Audit;
using ImageBuilderDataProtection.Audit.Reports;

namespace ImageBuilderDataProtection.Tests.Audit.Reports;

public sealed class AuditReportTests
{
    private const string Workflow = "arn:aws:imagebuilder:us-west-2:111122223333:workflow/build/web/1.0.0/*";
    private const string OtherWorkflow = "arn:aws:imagebuilder:eu-west-1:444455556666:workflow/test/smoke/2.0.0/1";

    [Fact]
    public void The_summary_counts_every_event()
    {
        ReportDocument page = ReportDocument.Of(SampleTrail.Events, new AuditReportSettings { Title = "September", MaxRows = 3 });
        Assert.Equal("September", page.Root.Element("head")!.Element("title")!.Value);
        Assert.Equal("September", page.Text("h1"));
        Dictionary<string, string> tiles = page.Tiles();
        Assert.Equal(
            ($"{SampleTrail.Events.Count}", "25 7.3 %", "7 2.0 %", "10", "6", "2"),
            (tiles["Calls"], tiles["Denied"], tiles["Failed"], tiles["Workflows"], tiles["Principals"], tiles["Keys"]));
        string facts = page.Text("dl", "facts");
        Assert.Contains("2026-09-01 02:12:19 to 2026-09-28 18:59:11, 28 days", facts, StringComparison.Ordinal);
        Assert.Contains("us-west-2 318, eu-west-1 26", facts, StringComparison.Ordinal);
        Assert.Contains("Made 2026-11-24 12:00:00", page.Text("header"), StringComparison.Ordinal);
    }

    [Fact]
    public void The_chart_has_a_bar_for_each_day_and_tells_its_numbers_in_words()
    {
        XElement section = ReportDocument.Of(SampleTrail.Events).Section("time");
        XElement plot = section.Descendants("svg").Single(static svg => (string?)svg.Attribute("role") == "img");
        Assert.Equal("Calls over time", plot.Element("title")!.Value);
        Assert.Contains("Thu 10 Sep 2026, with 29 calls", plot.Element("desc")!.Value, StringComparison.Ordinal);
        string[] bars = [.. plot.Elements("g").Select(static bar => bar.Element("title")!.Value)];
        Assert.Equal(28, bars.Length);
        Assert.Contains("Thu 10 Sep 2026: 19 succeeded, 0 failed, 10 denied", bars);
        Assert.Equal(["1 Sep", "7 Sep", "14 Sep", "21 Sep"], plot.Elements("text").Select(static label => label.Value));
        string[][] rows = ReportDocument.Rows(section);
        Assert.Equal(SampleTrail.Events.Count, rows.Sum(static row => row[1..].Sum(static cell => int.Parse(cell, null))));
    }

    [Fact]
    public void Sessions_of_a_role_are_one_principal()
    {
        KmsAuditEvent Session(string name, bool hasIssuer)
        {
            KmsAuditEvent record = ReportEvents.Of(ReportEvents.Time, principal: $"arn:aws:sts::111122223333:assumed-role/Builder/{name}");
            return !hasIssuer ? record : KmsAuditEvent.Parse(record.ToJson().Replace(
                "\"type\": \"Role\",", "\"type\": \"AssumedRole\", \"sessionContext\": {\"sessionIssuer\": {\"type\": \"Role\", \"arn\": \"arn:aws:iam::111122223333:role/path/Builder\"}},", StringComparison.Ordinal));
        }

        ReportDocument page = ReportDocument.Of([Session("one", true), Session("two", true), Session("three", false), Session("four", false)]);
        Assert.Equal([["role/path/Builder", "2"], ["assumed-role/Builder", "2"]], ReportDocument.Rows(page.Section("principals")).Select(static row => row[..2]));
        Assert.Contains("assumed-role/Builder/one", page.Section("events").Value, StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_in_the_reports_own_account_and_region_is_told_by_its_name_alone()
    {
        ReportDocument page = ReportDocument.Of([ReportEvents.Of(ReportEvents.Time, workflow: Workflow), ReportEvents.Of(ReportEvents.Time, workflow: OtherWorkflow)]);
        Assert.Equal(["test/smoke/2.0.0/1 444455556666 · eu-west-1", "build/web/1.0.0/*"], ReportDocument.Rows(page.Section("workflows")).Select(static row => row[0]));
    }

    [Fact]
    public void What_is_left_out_is_said()
    {
        IEnumerable<KmsAuditEvent> events = Enumerable.Range(0, 100).Select(static i => ReportEvents.Of(
            ReportEvents.Time.AddMinutes(i), i % 2 == 0 ? "Decrypt" : $"Operation{i:D3}", $"workflow-{i:D3}", error: i % 4 == 0 ? "AccessDenied" : null));
        ReportDocument page = ReportDocument.Of(events, new AuditReportSettings { MaxRows = 20 });
        Assert.Contains("20 of 100, the newest first: 10 of the 25 denied ones, and the newest of the others. 80 are left out here", page.Section("events").Value, StringComparison.Ordinal);
        string[][] workflows = ReportDocument.Rows(page.Section("workflows"));
        Assert.Equal(11, workflows.Length);
        Assert.Equal(["90 others", "90"], workflows[^1][..2]);
        Assert.DoesNotContain("other denied calls", page.Section("denied").Value, StringComparison.Ordinal);
        Assert.Contains("The table of events", ReportDocument.Of(events, new AuditReportSettings { MaxRows = 0 }).Section("events").Value, StringComparison.Ordinal);
    }

    [Fact]
    public void The_bars_of_names_fill_their_scale_and_one_of_the_rest_that_has_no_room_is_cut()
    {
        // 12, 11, ... 3 calls for ten names; 25 names with one; 400 without, of which a quarter was denied.
        IEnumerable<string?> names = Enumerable.Range(0, 10).SelectMany(static i => Enumerable.Repeat<string?>($"workflow-{i:D2}", 12 - i))
            .Concat(Enumerable.Range(10, 25).Select(static i => $"workflow-{i:D2}"));
        XElement section = ReportDocument.Of([
            .. names.Select(static name => ReportEvents.Of(ReportEvents.Time, workflow: name)),
            .. Enumerable.Range(0, 400).Select(static i => ReportEvents.Of(ReportEvents.Time, error: i % 4 == 0 ? "AccessDenied" : null))]).Section("workflows");
        XElement[] bars = [.. section.Descendants("svg")];
        Assert.Equal([.. Enumerable.Range(0, 10).Select(static i => 100.0 * (12 - i) / 12), 100, 100], bars.Select(static bar => Parts(bar).Sum()), static (a, b) => Math.Abs(a - b) < 0.001);
        Assert.Equal([75, 0, 25], Parts(bars[11]));
        Assert.Equal([.. Enumerable.Repeat(0, 10), 1, 1], bars.Select(static bar => bar.Elements("path").Count()));
        Assert.Contains("A bar with cuts across it", section.Value, StringComparison.Ordinal);

        // With room for all, none is cut; nor where no call has a name.
        foreach (int named in (int[])[3, 0])
        {
            XElement roomy = ReportDocument.Of([
                .. Enumerable.Repeat(ReportEvents.Of(ReportEvents.Time, workflow: Workflow), named),
                .. Enumerable.Repeat(ReportEvents.Of(ReportEvents.Time), 2)]).Section("workflows");
            Assert.Equal(named == 0 ? [100] : [100, 66.667], roomy.Descendants("svg").Select(static bar => Parts(bar).Sum()));
            Assert.Empty(roomy.Descendants("path"));
            Assert.DoesNotContain("cuts", roomy.Value, StringComparison.Ordinal);
        }

        static double[] Parts(XElement bar) => [.. bar.Elements("rect").Select(static part => double.Parse(part.Attribute("width")!.Value.TrimEnd('%'), System.Globalization.CultureInfo.InvariantCulture))];
    }

    [Fact]
    public void Denied_attempts_of_the_same_kind_are_one_line_with_the_last_words()
    {
        KmsAuditEvent[] events =
        [
            .. Enumerable.Range(0, 60).SelectMany(static i => Enumerable.Range(0, i < 2 ? 3 : 1).Select(minute =>
                ReportEvents.Of(ReportEvents.Time.AddMinutes(minute), workflow: $"workflow-{i:D2}", error: "AccessDenied"))),
            ReportEvents.AllOf("last", ReportEvents.Time.AddDays(1)), ReportEvents.AllOf("last", ReportEvents.Time),
        ];
        XElement section = ReportDocument.Of(events).Section("denied");
        string[][] rows = ReportDocument.Rows(section);
        Assert.Equal(50, rows.Length);
        Assert.Equal(["3", "2026-09-01 08:02", "role/Builder 111122223333", "Decrypt", "workflow-00", "AccessDenied"], rows[0]);
        Assert.Equal(["2", "2026-09-02 08:00", "last", "last", "last", "AccessDeniedlast last"], rows[2]);
        Assert.Contains("The 50 most frequent are shown; 11 other denied calls are not.", section.Value, StringComparison.Ordinal);
    }

    [Fact]
    public void Without_events_it_is_a_page_that_says_so()
    {
        ReportDocument page = ReportDocument.Of([]);
        Assert.Contains("There are no events", page.Text("p", "empty"), StringComparison.Ordinal);
        Assert.Empty(page.All("section"));
    }

    [Fact]
    public void Without_denied_calls_it_says_so() =>
        Assert.Contains("None: AWS KMS refused no call", ReportDocument.Of([ReportEvents.Of(ReportEvents.Time)]).Section("denied").Value, StringComparison.Ordinal);

    [Fact]
    public void Hostile_values_are_texts_and_change_nothing_of_the_page()
    {
        string benign = ReportDocument.Of([ReportEvents.AllOf("a")], new AuditReportSettings { Title = "a" }).Skeleton;
        foreach ((string text, string seen) in HostileText.OfRecords)
        {
            ReportDocument page = ReportDocument.Of([ReportEvents.AllOf(text)], new AuditReportSettings { Title = text });
            Assert.Equal(benign, page.Skeleton);
            Assert.Equal(seen, page.Text("h1"));
            string[] row = ReportDocument.Rows(page.Section("events")).Single();
            Assert.Equal(["Denied", seen, seen, seen, seen], row[2..]);
            Assert.Equal(["Error", "AWS’s words", "Workflow", "Principal", "Identity", "Through", "User agent", "Region", "Trail of", "Event id", "Request id", "File"], Details(page).Select(static pair => pair.Name));
            Assert.All(Details(page), pair => Assert.Equal(pair.Name == "Error" ? "AccessDenied" + seen : seen, pair.Value));
        }
    }

    [Fact]
    public void Any_value_changes_nothing_of_the_page()
    {
        string benign = ReportDocument.Of([ReportEvents.AllOf("a")], new AuditReportSettings { Title = "a" }).Skeleton;
        Gen.String[Gen.OneOf(Gen.Char['\0', '\uFFFF'], Gen.OneOf("<>&\"'/!-=[]{} scriptx".ToCharArray())), 1, 700]
            .Where(static text => !string.IsNullOrWhiteSpace(text))
            .Sample(text => ReportDocument.Of([ReportEvents.AllOf(text)], new AuditReportSettings { Title = text }).Skeleton == benign, iter: 200);
    }

    [Fact]
    public void Nothing_but_its_own_script_and_style_may_run_and_nothing_is_loaded()
    {
        ReportDocument page = ReportDocument.Of([.. SampleTrail.Events, ReportEvents.AllOf("https://example.com/x.js")]);
        string policy = page.All("meta").Select(static meta => ((string?)meta.Attribute("http-equiv"), (string?)meta.Attribute("content")))
            .Single(static meta => meta.Item1 == "Content-Security-Policy").Item2!;
        Assert.Equal(
            $"default-src 'none'; script-src '{Hash(page.Text("script"))}'; style-src '{Hash(page.Text("style"))}'; base-uri 'none'; form-action 'none'", policy);
        string[] names = ["href", "src", "srcset", "action", "style", "data", "poster", "background"];
        Assert.DoesNotContain(
            page.Root.DescendantsAndSelf().SelectMany(static element => element.Attributes()),
            attribute => names.Contains(attribute.Name.LocalName) || attribute.Name.LocalName.StartsWith("on", StringComparison.Ordinal));
        Assert.DoesNotMatch("@import|@font-face|url\\((?!\"#)", page.Text("style"));
        Assert.DoesNotMatch("innerHTML|outerHTML|insertAdjacent|document\\.write|eval|Function|fetch|XMLHttp|import", page.Text("script"));

        static string Hash(string text) => "sha256-" + Convert.ToBase64String(System.Security.Cryptography.SHA256.HashData(Encoding.UTF8.GetBytes(text)));
    }

    [Fact]
    public void The_same_events_in_any_order_make_the_same_bytes()
    {
        KmsAuditEvent[] events = [.. SampleTrail.Events, .. HostileText.OfRecords.Select(static pair => ReportEvents.AllOf(pair.Text))];
        byte[] page = ReportDocument.Bytes(events, new AuditReportSettings { MaxRows = 50 });
        Gen.Int.Sample(
            seed =>
            {
                KmsAuditEvent[] shuffled = [.. events];
                new Random(seed).Shuffle(shuffled);
                return page.AsSpan().SequenceEqual(ReportDocument.Bytes(shuffled, new AuditReportSettings { MaxRows = 50 }));
            },
            iter: 10);
    }

    [Fact]
    public void Its_size_is_bounded_however_many_events_there_are_and_whatever_they_hold()
    {
        static long Size(int count) => ReportDocument.Bytes(
            Enumerable.Range(0, count).Select(i => ReportEvents.AllOf($"{i:D6}" + new string('\u202E', 650), ReportEvents.Time.AddMinutes(i))), new AuditReportSettings { MaxRows = 20 }).Length;
        long small = Size(200);
        Assert.InRange(Size(2_500), small / 2, small * 11 / 10);
    }

    [Fact]
    public void The_file_is_written_whole_or_not_at_all()
    {
        using var folder = new TemporaryFolder();
        var report = new AuditReport(new AuditReportSettings());
        report.Add(ReportEvents.Of(ReportEvents.Time));
        string path = folder["report.html"];
        Assert.Throws<OperationCanceledException>(() => report.WriteFile(path, replace: false, new CancellationToken(canceled: true)));
        Assert.Empty(Directory.GetFileSystemEntries(folder.FullPath));

        report.WriteFile(path, replace: false);
        Assert.EndsWith("</html>\n", File.ReadAllText(path), StringComparison.Ordinal);
        AssertFails("TargetExists", path, replace: false);
        AssertFails("FolderNotFound", folder["no/report.html"], replace: false);
        AssertFails("TargetNotRegularFile", folder.FullPath, replace: true);
        report.WriteFile(path, replace: true);
        Assert.Single(Directory.GetFileSystemEntries(folder.FullPath));

        void AssertFails(string errorId, string target, bool replace)
        {
            Assert.Equal(errorId, Assert.Throws<DataProtectionException>(() => report.WriteFile(target, replace)).ErrorId);
            Assert.Equal(errorId, Assert.Throws<DataProtectionException>(() => AuditReport.RequireTarget(target, replace)).ErrorId);
        }
    }

    [Fact]
    public void The_file_has_the_access_of_new_files_and_one_that_is_replaced_keeps_its_own()
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        using var folder = new TemporaryFolder();
        File.WriteAllText(folder["ordinary"], "");
        var report = new AuditReport(new AuditReportSettings());
        report.WriteFile(folder["report.html"], replace: false);
        Assert.Equal(File.GetUnixFileMode(folder["ordinary"]), File.GetUnixFileMode(folder["report.html"]));
        File.SetUnixFileMode(folder["report.html"], UnixFileMode.UserRead | UnixFileMode.UserWrite);
        report.WriteFile(folder["report.html"], replace: true);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(folder["report.html"]));
    }

    private static IEnumerable<(string Name, string Value)> Details(ReportDocument page) =>
        page.All("tr", "details").Single().Descendants("dt").Select(static name => (name.Value, ((XElement)name.NextNode!).Value));
}
