using System.Globalization;

namespace ImageBuilderDataProtection.Audit.Reports;

/// <summary>The heading and the figures at a glance.</summary>
internal static class SummaryView
{
    /// <summary>Writes it.</summary>
    public static void Write(HtmlWriter html, AuditReportSettings settings, ReportTotals totals)
    {
        DateTime made = settings.Clock.GetUtcNow().UtcDateTime;
        html.Write($"""
            <header>
            <div>
            <h1><bdi>{settings.Title}</bdi></h1>
            <p>Calls of AWS KMS, by CloudTrail’s records. All times are UTC. Made <time datetime="{made:yyyy-MM-dd'T'HH:mm:ss'Z'}">{made:yyyy-MM-dd HH:mm:ss}</time>.</p>
            </div>
            <button type="button" id="theme">Dark theme</button>
            </header>

            """);
        if (totals.All.Total == 0)
        {
            html.Write($"<p class=\"empty\">There are no events: none were given to this report.</p>\n");
            return;
        }

        WriteTiles(html, totals);
        WriteFacts(html, totals);
    }

    private static void WriteTiles(HtmlWriter html, ReportTotals totals)
    {
        CallTally all = totals.All;
        html.Write($"""
            <dl class="tiles">
            <div><dt>Calls</dt><dd>{all.Total}</dd></div>
            <div class="{(all.Denied > 0 ? "is-denied" : null)}"><dt>Denied</dt><dd>{all.Denied} <small>{Share(all.Denied, all.Total)}</small></dd></div>
            <div><dt>Failed</dt><dd>{all.Failed} <small>{Share(all.Failed, all.Total)}</small></dd></div>
            <div><dt>Workflows</dt><dd>{Count(totals.Workflows)}</dd></div>
            <div><dt>Principals</dt><dd>{Count(totals.Principals)}</dd></div>
            <div><dt>Keys</dt><dd>{Count(totals.Keys)}</dd></div>
            </dl>

            """);
    }

    private static void WriteFacts(HtmlWriter html, ReportTotals totals)
    {
        CallTally all = totals.All;
        html.Write($"""
            <dl class="facts">
            <div><dt>Time</dt><dd><time datetime="{all.First:yyyy-MM-dd'T'HH:mm:ss'Z'}">{all.First:yyyy-MM-dd HH:mm:ss}</time> to <time datetime="{all.Last:yyyy-MM-dd'T'HH:mm:ss'Z'}">{all.Last:yyyy-MM-dd HH:mm:ss}</time>, {Span(all.Last - all.First)}</dd></div>

            """);
        WriteNames(html, "Regions", totals.Regions);
        WriteNames(html, "Accounts", totals.Accounts);
        if (totals.Files.Count > 0)
        {
            WriteFiles(html, totals.Files);
        }

        if (totals.HiddenContexts > 0)
        {
            html.Write($"<div><dt>Not shown</dt><dd>CloudTrail withholds the encryption context of {totals.HiddenContexts} calls</dd></div>\n");
        }

        html.Write($"</dl>\n");
    }

    private static void WriteFiles(HtmlWriter html, NameTallies files)
    {
        html.Write($"<div><dt>Read from</dt><dd>{Count(files)} {(files.Count == 1 ? "file" : "files")}");
        if (files.Unnamed.Total > 0)
        {
            html.Write($"; of {files.Unnamed.Total} calls the record comes from none");
        }

        html.Write($"</dd></div>\n");
    }

    private static void WriteNames(HtmlWriter html, string heading, NameTallies names)
    {
        KeyValuePair<string, CallTally>[] byCount = names.ByCount();
        html.Write($"<div><dt>{heading}</dt><dd>");
        string? separator = null;
        foreach ((string name, CallTally tally) in byCount.Take(ReportLimits.ShownNames))
        {
            html.Write($"{separator}<bdi>{name}</bdi> <small>{tally.Total}</small>");
            separator = ", ";
        }

        long rest = byCount.Skip(ReportLimits.ShownNames).Sum(static pair => pair.Value.Total) + names.Others.Total;
        if (rest > 0)
        {
            html.Write($"{separator}others <small>{rest}</small>");
            separator = ", ";
        }

        if (names.Unnamed.Total > 0)
        {
            html.Write($"{separator}none named <small>{names.Unnamed.Total}</small>");
        }

        html.Write($"</dd></div>\n");
    }

    private static string Count(NameTallies names) => string.Create(
        CultureInfo.InvariantCulture, $"{(names.IsOverLimit ? "over " : "")}{(names.IsOverLimit ? ReportLimits.Names : names.Count):N0}");

    private static string? Share(long part, long whole) =>
        part == 0 ? null : 1000 * part < whole ? "under 0.1 %" : string.Create(CultureInfo.InvariantCulture, $"{100.0 * part / whole:0.0} %");

    private static string Span(TimeSpan span) => span switch
    {
        { TotalDays: >= 2 } => string.Create(CultureInfo.InvariantCulture, $"{span.TotalDays:N0} days"),
        { TotalHours: >= 2 } => string.Create(CultureInfo.InvariantCulture, $"{span.TotalHours:N0} hours"),
        { TotalMinutes: >= 2 } => string.Create(CultureInfo.InvariantCulture, $"{span.TotalMinutes:N0} minutes"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{span.TotalSeconds:N0} seconds"),
    };
}
