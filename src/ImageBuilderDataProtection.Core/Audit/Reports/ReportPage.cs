namespace ImageBuilderDataProtection.Audit.Reports;

/// <summary>The page as a whole.</summary>
internal static class ReportPage
{
    /// <summary>Writes the page.</summary>
    public static void Write(HtmlWriter html, AuditReportSettings settings, ReportTotals totals, CancellationToken cancellationToken)
    {
        WriteHead(html, settings);
        html.Write($"<body>\n");
        WritePatterns(html);
        html.Write($"<main>\n");
        SummaryView.Write(html, settings, totals);
        if (totals.All.Total > 0)
        {
            var home = ReportHome.Of(totals);
            TimelineView.Write(html, totals);
            WriteBreakdowns(html, totals, home);
            DeniedView.Write(html, totals.Denied, totals.All.Denied, home);
            EventsView.Write(html, totals.Rows, home, cancellationToken);
        }

        WriteNotes(html);
        html.Write($"</main>\n</body>\n</html>\n");
    }

    private static void WriteHead(HtmlWriter html, AuditReportSettings settings)
    {
        // The hashes let this script and this style run, and nothing else whatever the page should come to hold.
        html.Write($"""
            <!DOCTYPE html>
            <html lang="en">
            <head>
            <meta charset="utf-8" />
            <meta http-equiv="Content-Security-Policy" content="default-src 'none'; script-src '{PageAsset.Script.Hash}'; style-src '{PageAsset.Style.Hash}'; base-uri 'none'; form-action 'none'" />
            <meta name="viewport" content="width=device-width, initial-scale=1" />
            <meta name="referrer" content="no-referrer" />
            <title>{settings.Title}</title>
            <style>
            """);
        html.Write(PageAsset.Style);
        html.Write($"</style>\n<script>");
        html.Write(PageAsset.Script);
        html.Write($"</script>\n</head>\n");
    }

    // Of the three outcomes two have a pattern, so that they are told apart without colours, too.
    private static void WritePatterns(HtmlWriter html) => html.Write($"""
        <svg class="patterns" width="0" height="0" aria-hidden="true"><defs>
        <pattern id="stripes" width="4" height="4" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><rect class="stripes-back" width="4" height="4" /><rect class="stripes-line" width="1.4" height="4" /></pattern>
        <pattern id="dots" width="4" height="4" patternUnits="userSpaceOnUse"><rect class="dots-back" width="4" height="4" /><circle class="dots-dot" cx="2" cy="2" r="0.9" /></pattern>
        </defs></svg>

        """);

    private static void WriteBreakdowns(HtmlWriter html, ReportTotals totals, ReportHome home)
    {
        html.Write($"<div class=\"panels\">\n<div>\n");
        BreakdownView.Write(html, "workflows", "Workflows", totals.Workflows, ResourceName.OfWorkflow, "none named, or not shown", home);
        BreakdownView.Write(html, "keys", "Keys", totals.Keys, ResourceName.OfKey, "none named", home);
        html.Write($"</div>\n<div>\n");
        BreakdownView.Write(html, "principals", "Principals", totals.Principals, ResourceName.OfPrincipal, "none named", home);
        BreakdownView.Write(html, "operations", "Operations", totals.Operations, ResourceName.Of, "none named", home);
        BreakdownView.Write(html, "sources", "Called from", totals.Sources, ResourceName.Of, "no address", home);
        html.Write($"</div>\n</div>\n");
    }

    private static void WriteNotes(HtmlWriter html) => html.Write($"""
        <footer>
        <h2>How to read this</h2>
        <ul>
        <li>A call is <b>denied</b> when AWS KMS refused it for want of permission, and <b>failed</b> when it refused it for another reason.</li>
        <li>The sessions of a role count as one principal, the role; the details of an event tell the session.</li>
        <li>A call that names two workflows, such as a re-encryption from one to the other, counts for each of them.</li>
        <li>Characters that would hide, or would turn the direction of text, stand as their numbers: [U+202E].</li>
        <li>This page is whole in itself: it loads nothing and sends nothing.</li>
        </ul>
        </footer>

        """);
}
