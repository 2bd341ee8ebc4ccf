using System.Globalization;
using ImageBuilderDataProtection.Audit;
using ImageBuilderDataProtection.Audit.Reports;
using ImageBuilderDataProtection.Tests.Audit.Reports;
using Newtonsoft.Json.Linq;

namespace ImageBuilderDataProtection.Interop;

/// <summary>The report of audit events in a real browser.</summary>
public sealed class ReportBrowserTests(BrowserPage page) : IClassFixture<BrowserPage>, IDisposable
{
    private const string ShownRows = "Array.from(document.querySelectorAll('#table tbody')).filter((body) => body.getClientRects().length > 0)";

    private readonly string _folder = Directory.CreateTempSubdirectory("ibdp-report-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [PeerFact(PeerLibrary.Browser)]
    public void It_opens_without_an_error_and_asks_for_nothing()
    {
        page.Open(Write(SampleTrail.Events));
        Assert.Equal("Image workflows, September 2026", page.Value<string>("document.title"));
        Assert.Equal($"{SampleTrail.Events.Count} of {SampleTrail.Events.Count} shown", page.Value<string>("document.getElementById('shown').textContent"));
        Assert.Empty(page.Heard);
    }

    [PeerFact(PeerLibrary.Browser)]
    public void Its_charts_are_drawn()
    {
        page.Open(Write(SampleTrail.Events));
        JObject plot = page.Value<JObject>("document.querySelector('svg.plot').getBoundingClientRect().toJSON()");
        Assert.InRange((double)plot["width"]!, 1000, 1280);
        Assert.Equal(200, (double)plot["height"]!);
        double[] heights = page.Value<double[]>("Array.from(document.querySelectorAll('svg.plot rect:not(.place)'), (bar) => bar.getBoundingClientRect().height)");
        double[] widths = page.Value<double[]>("Array.from(document.querySelectorAll('svg.plot rect:not(.place)'), (bar) => bar.getBoundingClientRect().width)");
        Assert.All(heights, static height => Assert.InRange(height, 3, 160));
        Assert.All(widths, static width => Assert.InRange(width, 5, 60));
        Assert.True(page.Value<bool>("Array.from(document.querySelectorAll('svg.bar')).every((bar) => bar.getBoundingClientRect().width > 100)"));
        Assert.Equal("url(\"#stripes\")", page.Value<string>("getComputedStyle(document.querySelector('svg.plot .denied')).fill"));

        // The longest bar fills its cell, and the others are as long as their counts say.
        Assert.True(page.Value<bool>("""
            (() => {
              const rows = Array.from(document.querySelectorAll('[aria-labelledby=workflows] tbody tr'))
              const length = (row) => Array.from(row.querySelectorAll('rect'), (part) => part.getBoundingClientRect().width).reduce((sum, part) => sum + part, 0)
              const count = (row) => Number(row.cells[1].textContent)
              return rows.every((row) => Math.abs(length(row) / length(rows[0]) - count(row) / count(rows[0])) < 0.01)
            })()
            """));
    }

    [PeerFact(PeerLibrary.Browser)]
    public void Its_bars_of_names_can_be_compared_whatever_is_left_over()
    {
        // Three names with 3, 2 and 1 calls, and four hundred calls without one.
        page.Open(Write([
            .. Enumerable.Range(1, 3).SelectMany(static i => Enumerable.Repeat(For($"workflow-{i}"), i)),
            .. Enumerable.Repeat(For(workflow: null), 400)]));
        const string Shares = "Array.from(document.querySelectorAll('[aria-labelledby=workflows] svg.bar'), (bar) => Math.round(300 * bar.querySelector('rect').getBoundingClientRect().width / bar.getBoundingClientRect().width))";
        Assert.Equal([300, 200, 100, 300], page.Value<int[]>(Shares));

        // The cuts are seen: they are of the page's colour, and inside the bar.
        Assert.Equal([0, 0, 0, 1], page.Value<int[]>("Array.from(document.querySelectorAll('[aria-labelledby=workflows] svg.bar'), (bar) => bar.querySelectorAll('path').length)"));
        Assert.True(page.Value<bool>("""
            (() => {
              const cut = document.querySelector('svg.bar .cut')
              const [mark, bar] = [cut.getBoundingClientRect(), cut.parentElement.getBoundingClientRect()]
              return getComputedStyle(cut).stroke === getComputedStyle(document.documentElement).backgroundColor && mark.left > bar.left && mark.right < bar.right && mark.top < bar.top && mark.bottom > bar.bottom
            })()
            """));
    }

    [PeerFact(PeerLibrary.Browser)]
    public void It_sorts_by_click_and_by_key()
    {
        page.Open(Write(SampleTrail.Events));
        string[] times = Column(1);
        Assert.Equal(times.OrderDescending(StringComparer.Ordinal), times);
        Assert.Equal("descending", Sorted("Time"));

        page.Click("#table th:nth-child(2) button");
        Assert.Equal(times.Order(StringComparer.Ordinal), Column(1));
        Assert.Equal(("ascending", null), (Sorted("Time"), Sorted("Principal")));

        page.Value<object>("document.querySelector('#table th:nth-child(6) button').focus()");
        page.Press("Enter");
        string[] principals = Column(5);
        Assert.Equal(SampleTrail.Events.Count, principals.Length);
        Assert.Equal(principals.Order(StringComparer.OrdinalIgnoreCase), principals);
        page.Press("Space");
        Assert.Equal(principals.OrderDescending(StringComparer.OrdinalIgnoreCase), Column(5));
        Assert.Equal((null, "descending"), (Sorted("Time"), Sorted("Principal")));
        Assert.Empty(page.Heard);
    }

    [PeerFact(PeerLibrary.Browser)]
    public void It_filters_by_words_by_operation_and_to_denied_ones()
    {
        page.Open(Write(SampleTrail.Events));
        int all = SampleTrail.Events.Count;
        page.Click("#only-denied");
        Assert.Equal((25, $"25 of {all} shown"), Shown());
        Assert.Equal(["Denied"], Column(2).Distinct());
        page.Select("#operation", page.Value<string>("Array.from(document.querySelectorAll('#operation option')).find((option) => option.textContent === 'GenerateDataKey').value"));
        Assert.Equal((1, $"1 of {all} shown"), Shown());
        page.Select("#operation", "");
        page.Click("#only-denied");

        // Words in any order and any case, in any field; the session is told in the details only.
        page.Fill("#text", "WEB-server i-0abc1234def567890");
        page.WaitUntil($"document.getElementById('shown').textContent === '19 of {all} shown'");
        Assert.Equal(19, Shown().Rows);
        page.Fill("#text", "nothing has this");
        page.WaitUntil($"document.getElementById('shown').textContent === '0 of {all} shown'");
        Assert.True(page.Value<bool>("document.getElementById('none').checkVisibility()"));
        page.Fill("#text", "");
        page.WaitUntil($"document.getElementById('shown').textContent === '{all} of {all} shown'");
        Assert.Equal(("status", "polite"), (page.Value<string>("document.getElementById('shown').getAttribute('role')"), page.Value<string>("document.getElementById('shown').getAttribute('aria-live')")));
        Assert.Empty(page.Heard);
    }

    [PeerFact(PeerLibrary.Browser)]
    public void An_event_opens_to_its_details()
    {
        page.Open(Write(SampleTrail.Events));
        const string Details = "document.querySelector('#table tbody .details').checkVisibility()";
        Assert.False(page.Value<bool>(Details));
        page.Click("#table tbody td.more button");
        Assert.True(page.Value<bool>(Details));
        Assert.Equal("true", page.Value<string>("document.querySelector('#table tbody td.more button').getAttribute('aria-expanded')"));
        Assert.Contains(SampleTrail.Events.MaxBy(static record => record.EventTime)!.EventId, page.Texts("#table tbody:first-of-type dd"));
        page.Press("Enter");
        Assert.False(page.Value<bool>(Details));
    }

    [PeerFact(PeerLibrary.Browser)]
    public void Hostile_values_show_as_texts_and_do_nothing()
    {
        (string Text, string Seen)[] texts = [.. HostileText.OfRecords];
        page.Open(Write(texts.Select(static pair => AllOf(pair.Text)), "</title><script>alert(1)</script>"));
        Assert.Empty(page.Heard);
        Assert.Equal((1, 1), (page.Value<int>("document.scripts.length"), page.Value<int>("document.querySelectorAll('style').length")));
        Assert.Equal(0, page.Value<int>("document.querySelectorAll('img, iframe, object, embed, link, base, form, a, [onload], [onerror], [style]').length"));
        Assert.Equal("</title><script>alert(1)</script>", page.Value<string>("document.title"));
        foreach (string column in (string[])["Operation", "Workflow", "Principal", "From"])
        {
            Assert.Equal(
                texts.Select(static pair => pair.Seen).Order(StringComparer.Ordinal), page.Value<string[]>($"Array.from(document.querySelectorAll('[data-label={column}] bdi'), (one) => one.innerText)").Where(static text => text != "AccessDenied").Order(StringComparer.Ordinal));
        }

        page.Fill("#text", "<script>alert(1)</script>");
        page.WaitUntil($"document.getElementById('shown').textContent === '2 of {texts.Length} shown'");
        page.Click("#table th:nth-child(5) button");
        Assert.Empty(page.Heard);
        page.Open(Write(texts.Select(static pair => AllOf(pair.Text))), width: 390, height: 844);
        Assert.Equal(390, page.Value<int>("document.documentElement.scrollWidth"));
    }

    [PeerFact(PeerLibrary.Browser)]
    public void What_got_into_the_page_all_the_same_could_not_run()
    {
        string path = Write(SampleTrail.Events);
        string html = File.ReadAllText(path);
        File.WriteAllText(path, html.Replace(
            "<main>",
            """
            <main><script>alert('script')</script><img src="https://example.com/x.png" onerror="alert('handler')" /><style>main { display: none }</style>
            <p style="position: fixed">styled</p><a id="link" href="javascript:alert('link')">link</a><form action="https://example.com/"><button id="send">send</button></form>
            """,
            StringComparison.Ordinal));
        page.Open(path);
        page.Value<object>("document.getElementById('link').click(), document.getElementById('send').click()");
        foreach (string directive in (string[])["script-src-elem inline", "script-src-attr inline", "style-src-elem inline", "style-src-attr inline", "img-src", "form-action"])
        {
            page.WaitUntilHeard("policy violation: " + directive);
        }

        page.WaitUntilHeard("not sent: https://example.com/x.png csp");
        string[] heard = page.Heard;
        Assert.DoesNotContain(heard, static line => line.StartsWith("dialog", StringComparison.Ordinal) || line.StartsWith("window", StringComparison.Ordinal));
        Assert.Equal("block", page.Value<string>("getComputedStyle(document.querySelector('main')).display"));
    }

    [PeerFact(PeerLibrary.Browser)]
    public void It_is_dark_where_the_reader_wants_it_dark()
    {
        string path = Write(SampleTrail.Events);
        const string Background = "getComputedStyle(document.documentElement).backgroundColor";
        page.Open(path);
        string light = page.Value<string>(Background);
        Assert.Equal(["Dark theme"], page.Texts("#theme"));
        page.Click("#theme");
        string dark = page.Value<string>(Background);
        Assert.Equal(("rgb(255, 255, 255)", "rgb(18, 23, 29)"), (light, dark));
        Assert.Equal(["Light theme"], page.Texts("#theme"));

        page.Open(path, scheme: "dark");
        Assert.Equal(dark, page.Value<string>(Background));
        page.Click("#theme");
        Assert.Equal(light, page.Value<string>(Background));
        page.Click("#theme");
        page.Emulate("print", "dark");
        Assert.Equal(light, page.Value<string>(Background));
        Assert.Empty(page.Heard);
    }

    [PeerFact(PeerLibrary.Browser)]
    public void A_phone_shows_it_without_scrolling_aside()
    {
        page.Open(Write(SampleTrail.Events), width: 390, height: 844);
        Assert.Equal(390, page.Value<int>("document.documentElement.scrollWidth"));
        page.Value<object>("document.querySelectorAll('details').forEach((one) => { one.open = true })");
        page.Click("#table tbody td.more button");
        Assert.Equal(390, page.Value<int>("document.documentElement.scrollWidth"));
        Assert.Equal(0, page.Value<int>("Array.from(document.querySelectorAll('main *')).filter((one) => one.checkVisibility() && !one.closest('.unseen, thead') && one.getBoundingClientRect().right > 390).length"));
        Assert.InRange(page.Value<double>("document.querySelector('svg.plot').getBoundingClientRect().width"), 300, 390);
        page.Click("#table th:nth-child(5) button");
        Assert.Equal("ascending", Sorted("Workflow"));
        Assert.Empty(page.Heard);
    }

    [PeerFact(PeerLibrary.Browser)]
    public void Nothing_overlaps_at_any_width()
    {
        page.Open(Write([.. SampleTrail.Events, .. HostileText.OfRecords.Select(static pair => AllOf(pair.Text))]));
        foreach (int width in (int[])[1600, 1280, 1024, 901, 900, 760, 600, 360])
        {
            page.Resize(width);
            Assert.Equal(width, page.Value<int>("document.documentElement.scrollWidth"));
            Assert.Equal([], page.Value<string[]>("""
                Array.from(document.querySelectorAll('main td, main th, main dd, main h1, main h2, main p'))
                  .filter((one) => one.clientWidth > 1 && one.scrollWidth > one.clientWidth + 1 && !one.querySelector('.unseen')).map((one) => `${one.clientWidth} ${one.scrollWidth} ${one.outerHTML}`)
                """));
        }
    }

    [PeerFact(PeerLibrary.Browser)]
    public void Printed_it_has_no_controls()
    {
        page.Open(Write(SampleTrail.Events));
        const string Controls = "Array.from(document.querySelectorAll('#theme, input, select, #shown, td.more button, summary')).filter((one) => one.checkVisibility()).length";
        Assert.InRange(page.Value<int>(Controls), 5 + SampleTrail.Events.Count, int.MaxValue);
        page.Emulate("print");
        Assert.Equal(0, page.Value<int>(Controls));
        Assert.Equal("table-header-group", page.Value<string>("getComputedStyle(document.querySelector('#table thead')).display"));
        Assert.Equal("avoid", page.Value<string>("getComputedStyle(document.querySelector('.chart')).breakInside"));
        Assert.True(page.Value<bool>("document.querySelector('svg.plot').checkVisibility()"));
    }

    [PeerFact(PeerLibrary.Browser)]
    public void Most_of_it_can_be_read_without_its_script()
    {
        string path = Write(SampleTrail.Events);
        string html = File.ReadAllText(path);
        File.WriteAllText(path, html[..html.IndexOf("<script>", StringComparison.Ordinal)] + html[html.IndexOf("</head>", StringComparison.Ordinal)..]);
        page.Open(path);
        Assert.Equal(0, page.Value<int>("Array.from(document.querySelectorAll('#theme, input, select, td.more button')).filter((one) => one.checkVisibility()).length"));
        Assert.True(page.Value<bool>("document.querySelector('#table tbody .details').checkVisibility()"));
        Assert.Empty(page.Heard);
    }

    [PeerFact(PeerLibrary.Browser)]
    public void Without_events_it_opens_as_well()
    {
        page.Open(Write([]));
        Assert.Contains("There are no events: none were given to this report.", page.Texts("p"));
        page.Click("#theme");
        Assert.Empty(page.Heard);
    }

    /// <summary>Makes docs/images/audit-report.png: <c>IB_REPORT_PICTURES=docs/images dotnet test tests/Interop --filter picture</c>.</summary>
    [PictureFact]
    public void The_picture_of_the_documentation()
    {
        page.Open(Write(SampleTrail.Events), width: 1200, height: 975);
        string picture = Path.Combine(PictureFactAttribute.Folder!, "audit-report.png");
        page.Screenshot(Path.GetFullPath(picture));
        Assert.InRange(new FileInfo(picture).Length, 10_000, 250_000);
    }

    private static KmsAuditEvent For(string? workflow) => KmsAuditEvent.Parse(new JObject
    {
        ["eventTime"] = "2026-09-01T08:00:00Z",
        ["eventSource"] = "kms.amazonaws.com",
        ["eventName"] = "Decrypt",
        ["requestParameters"] = workflow is null ? null : new JObject { ["encryptionContext"] = new JObject { ["aws:imagebuilder:arn"] = workflow } },
    }.ToString());

    private static KmsAuditEvent AllOf(string text)
    {
        var record = new JObject
        {
            ["userIdentity"] = new JObject { ["type"] = text, ["arn"] = text, ["invokedBy"] = text },
            ["eventTime"] = "2026-09-01T08:00:00Z",
            ["eventSource"] = "kms.amazonaws.com",
            ["eventName"] = text,
            ["requestParameters"] = new JObject { ["encryptionContext"] = new JObject { ["aws:imagebuilder:arn"] = text } },
            ["errorCode"] = "AccessDenied",
        };
        foreach (string name in (string[])["awsRegion", "sourceIPAddress", "userAgent", "errorMessage", "requestID", "eventID", "recipientAccountId"])
        {
            record[name] = text;
        }

        return KmsAuditEvent.Parse(record.ToString());
    }

    private string Write(IEnumerable<KmsAuditEvent> events, string title = "Image workflows, September 2026")
    {
        var report = new AuditReport(new AuditReportSettings { Title = title, Clock = new FixedClock() });
        foreach (KmsAuditEvent record in events)
        {
            report.Add(record);
        }

        string path = Path.Combine(_folder, "report.html");
        report.WriteFile(path, replace: true);
        return path;
    }

    private string[] Column(int index) => page.Value<string[]>(
        string.Create(CultureInfo.InvariantCulture, $"{ShownRows}.map((body) => body.rows[0].cells[{index}].textContent.trim())"));

    private (int Rows, string Text) Shown() => (page.Value<int>(ShownRows + ".length"), page.Value<string>("document.getElementById('shown').textContent"));

    private string? Sorted(string heading) =>
        page.Value<string?>($"Array.from(document.querySelectorAll('#table th')).find((one) => one.textContent === '{heading}').getAttribute('aria-sort')");

    private sealed class FixedClock : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => new(2026, 9, 29, 6, 30, 0, TimeSpan.Zero);
    }
}
