using System.Globalization;

namespace ImageBuilderDataProtection.Audit.Reports;

/// <summary>Calls by one thing, such as the workflow: the most frequent with a bar each, and what is left on one line.</summary>
internal static class BreakdownView
{
    /// <summary>Writes it.</summary>
    /// <param name="html">The page.</param>
    /// <param name="id">The section's id.</param>
    /// <param name="heading">The section's heading.</param>
    /// <param name="names">The counts.</param>
    /// <param name="show">How a name is shown.</param>
    /// <param name="unnamed">How the calls are called that name none.</param>
    /// <param name="home">The report's account and region.</param>
    public static void Write(HtmlWriter html, string id, string heading, NameTallies names, Func<string, ResourceName> show, string unnamed, ReportHome home)
    {
        KeyValuePair<string, CallTally>[] byCount = names.ByCount();
        KeyValuePair<string, CallTally>[] shown = [.. byCount.Take(ReportLimits.ShownNames)];
        var others = new CallTally();
        others.Add(names.Others);
        foreach ((_, CallTally tally) in byCount.Skip(shown.Length))
        {
            others.Add(tally);
        }

        // What is left may be many times as much as any name has, and with bars to its scale those of the names could not be compared.
        long most = shown.Select(static pair => pair.Value.Total).FirstOrDefault(names.Unnamed.Total);
        html.Write($"""
            <section aria-labelledby="{id}">
            <table class="bars">
            <thead><tr><th scope="col"><h2 id="{id}">{heading}</h2></th><th scope="col">Calls</th><th scope="col">Denied</th><th scope="col">Last</th></tr></thead>
            <tbody>

            """);
        foreach ((string name, CallTally tally) in shown)
        {
            ResourceName resource = show(name);
            html.Write($"<tr><th scope=\"row\"><bdi>{resource.Name}</bdi> <small>{resource.Place(home)}</small>");
            WriteCounts(html, tally, most);
        }

        if (others.Total > 0)
        {
            html.Write($"<tr class=\"rest\"><th scope=\"row\">{Others(byCount.Length - shown.Length, names.IsOverLimit)}");
            WriteCounts(html, others, most);
        }

        if (names.Unnamed.Total > 0)
        {
            html.Write($"<tr class=\"rest\"><th scope=\"row\">{unnamed}");
            WriteCounts(html, names.Unnamed, most);
        }

        html.Write($"</tbody>\n</table>\n");
        if (others.Total > most || names.Unnamed.Total > most)
        {
            html.Write($"<p class=\"note\">A bar with cuts across it would be longer than there is room for.</p>\n");
        }

        if (names.Shortfall > 0)
        {
            html.Write($"<p class=\"note\">There are over {ReportLimits.Names} different names. Those with few calls are counted with the others, and so the count of a name here may be short by up to {names.Shortfall}.</p>\n");
        }

        html.Write($"</section>\n");
    }

    private static void WriteCounts(HtmlWriter html, CallTally tally, long most)
    {
        WriteBar(html, tally, most);
        html.Write($"""
            </th><td>{tally.Total}</td><td class="{(tally.Denied > 0 ? "is-denied" : "is-zero")}">{tally.Denied}</td><td><time datetime="{tally.Last:yyyy-MM-dd'T'HH:mm:ss'Z'}">{tally.Last:yyyy-MM-dd}<span class="wide"> {tally.Last:HH:mm}</span></time></td></tr>

            """);
    }

    // One that has no room at this scale is drawn to its own, with two cuts across it.
    private static void WriteBar(HtmlWriter html, CallTally tally, long most)
    {
        double unit = 100.0 / Math.Max(most, tally.Total);
        html.Write($"""
            <svg class="bar" width="100%" height="6" aria-hidden="true"><rect class="succeeded" width="{tally.Succeeded * unit}%" height="6" /><rect class="failed" x="{tally.Succeeded * unit}%" width="{tally.Failed * unit}%" height="6" /><rect class="denied" x="{(tally.Succeeded + tally.Failed) * unit}%" width="{tally.Denied * unit}%" height="6" />
            """);
        if (tally.Total > most)
        {
            html.Write($"""<path class="cut" d="M20 8l4-10M27 8l4-10" />""");
        }

        html.Write($"</svg>");
    }

    private static string Others(int count, bool isOverLimit) =>
        isOverLimit ? "all others" : string.Create(CultureInfo.InvariantCulture, $"{count:N0} {(count == 1 ? "other" : "others")}");
}
