using System.Globalization;

namespace ImageBuilderDataProtection.Audit.Reports;

/// <summary>The table of events. The script sorts and filters what is written here; it makes nothing of its own.</summary>
internal static class EventsView
{
    private const string OtherOperations = "other";

    /// <summary>Writes the table.</summary>
    public static void Write(HtmlWriter html, EventRows rows, ReportHome home, CancellationToken cancellationToken)
    {
        html.Write($"<section aria-labelledby=\"events\">\n<div class=\"heading\"><h2 id=\"events\">Events</h2><p>{Scope(rows)}</p></div>\n");
        if (rows.Count > 0)
        {
            WriteTable(html, rows.ToArray(), home, cancellationToken);
        }

        html.Write($"</section>\n");
    }

    private static void WriteTable(HtmlWriter html, EventRow[] rows, ReportHome home, CancellationToken cancellationToken)
    {
        string[] operations = [.. rows.Select(static row => row.Operation).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
        var numbers = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (string operation in operations.Take(ReportLimits.FilterOperations))
        {
            numbers.Add(operation, numbers.Count.ToString(CultureInfo.InvariantCulture));
        }

        WriteControls(html, numbers, operations.Length > numbers.Count);
        html.Write($"""
            <table class="cards events" id="table">
            <thead><tr><th scope="col"><span class="unseen">Details</span></th><th scope="col" aria-sort="descending"><button type="button">Time</button></th><th scope="col"><button type="button">Result</button></th><th scope="col"><button type="button">Operation</button></th><th scope="col"><button type="button">Workflow</button></th><th scope="col"><button type="button">Principal</button></th><th scope="col"><button type="button">From</button></th></tr></thead>

            """);
        foreach (EventRow row in rows)
        {
            cancellationToken.ThrowIfCancellationRequested();
            html.Write($"<tbody data-operation=\"{numbers.GetValueOrDefault(row.Operation, OtherOperations)}\" data-result=\"{Result(row)}\">");
            WriteRow(html, row, home);
            WriteDetails(html, row);
            html.Write($"</tbody>\n");
        }

        html.Write($"</table>\n<p class=\"note\" id=\"none\" hidden=\"\">No event matches.</p>\n");
    }

    private static void WriteControls(HtmlWriter html, Dictionary<string, string> operations, bool hasOthers)
    {
        html.Write($"""
            <div class="controls" role="search" aria-label="Filter the events">
            <label>Filter <input type="search" id="text" placeholder="words in any field" autocomplete="off" spellcheck="false" /></label>
            <label>Operation <select id="operation"><option value="">all</option>
            """);
        foreach ((string operation, string number) in operations)
        {
            html.Write($"<option value=\"{number}\">{operation}</option>");
        }

        if (hasOthers)
        {
            html.Write($"<option value=\"{OtherOperations}\">all others</option>");
        }

        html.Write($"""
            </select></label>
            <label class="check"><input type="checkbox" id="only-denied" /> Denied only</label>
            <p id="shown" role="status" aria-live="polite"></p>
            </div>

            """);
    }

    private static void WriteRow(HtmlWriter html, EventRow row, ReportHome home)
    {
        html.Write($"""
            <tr><td class="more"><button type="button" aria-expanded="false"><span class="unseen">Details</span></button></td><td data-label="Time"><time datetime="{row.Time:yyyy-MM-dd'T'HH:mm:ss'Z'}">{row.Time:yyyy-MM-dd HH:mm:ss}</time></td><td data-label="Result" class="is-{Result(row)}">{Word(row)}</td><td data-label="Operation"><bdi>{row.Operation}</bdi></td><td data-label="Workflow">
            """);
        WriteWorkflows(html, row, home);
        ResourceName principal = row.Principal is null ? default : ResourceName.OfPrincipal(row.Principal);
        html.Write($"</td><td data-label=\"Principal\"><bdi>{principal.Name}</bdi> <small>{principal.Place(home)}</small></td><td data-label=\"From\"><bdi>{row.Address ?? row.InvokedBy}</bdi></td></tr>");
    }

    private static void WriteWorkflows(HtmlWriter html, EventRow row, ReportHome home)
    {
        foreach (string arn in row.Workflows)
        {
            ResourceName workflow = ResourceName.OfWorkflow(arn);
            html.Write($"<span><bdi>{workflow.Name}</bdi> <small>{workflow.Place(home)}</small></span> ");
        }

        if (row.OtherWorkflows > 0)
        {
            html.Write($"<small>and {row.OtherWorkflows} more</small>");
        }

        if (row.IsContextHidden)
        {
            html.Write($"<small>withheld by CloudTrail</small>");
        }
    }

    private static void WriteDetails(HtmlWriter html, EventRow row)
    {
        html.Write($"<tr class=\"details\"><td></td><td colspan=\"6\"><dl>");
        WriteDetail(html, "Error", row.ErrorCode);
        WriteDetail(html, "AWS’s words", row.ErrorMessage);
        foreach (string workflow in row.Workflows)
        {
            WriteDetail(html, "Workflow", workflow);
        }

        WriteDetail(html, "Key", row.Key);
        WriteDetail(html, "Principal", row.Principal);
        WriteDetail(html, "Caller", row.Caller);
        WriteDetail(html, "Identity", row.CallerType);
        WriteDetail(html, "Through", row.InvokedBy);
        WriteDetail(html, "User agent", row.UserAgent);
        WriteDetail(html, "Region", row.Region);
        WriteDetail(html, "Trail of", row.Account);
        WriteDetail(html, "Event id", row.EventId);
        WriteDetail(html, "Request id", row.RequestId);
        WriteDetail(html, "File", row.File);
        html.Write($"</dl></td></tr>");
    }

    private static void WriteDetail(HtmlWriter html, string name, string? value)
    {
        if (!string.IsNullOrEmpty(value))
        {
            html.Write($"<dt>{name}</dt><dd>{value}</dd>");
        }
    }

    private static string Scope(EventRows rows) => (rows.Offered - rows.Count) switch
    {
        long all when rows.Count == 0 => string.Create(CultureInfo.InvariantCulture, $"The table of events was to be left out; the totals and charts above count all {all:N0}"),
        0 => rows.Offered == 1 ? "The only one" : string.Create(CultureInfo.InvariantCulture, $"All {rows.Offered:N0}, the newest first"),
        long left => string.Create(
            CultureInfo.InvariantCulture,
            $"{rows.Count:N0} of {rows.Offered:N0}, the newest first: {rows.DeniedCount:N0} of the {rows.DeniedOffered:N0} denied ones, and the newest of the others. {left:N0} are left out here; the totals and charts above count them"),
    };

    private static string Word(EventRow row) => row.Outcome switch
    {
        CallOutcome.Denied => "Denied",
        CallOutcome.Failed => "Failed",
        _ => "Succeeded",
    };

    private static string Result(EventRow row) => row.Outcome switch
    {
        CallOutcome.Denied => "denied",
        CallOutcome.Failed => "failed",
        _ => "succeeded",
    };
}
