namespace ImageBuilderDataProtection.Audit.Reports;

/// <summary>The denied attempts: who, what, for which workflow, how often, and AWS's words.</summary>
internal static class DeniedView
{
    /// <summary>Writes them.</summary>
    /// <param name="html">The page.</param>
    /// <param name="denied">The attempts.</param>
    /// <param name="calls">How many calls were denied.</param>
    /// <param name="home">The report's account and region.</param>
    public static void Write(HtmlWriter html, TopTallies<DeniedAttempt, DeniedTally> denied, long calls, ReportHome home)
    {
        html.Write($"<section aria-labelledby=\"denied\">\n<div class=\"heading\"><h2 id=\"denied\">Denied attempts</h2>");
        if (calls == 0)
        {
            html.Write($"<p>None: AWS KMS refused no call for want of permission.</p></div>\n</section>\n");
            return;
        }

        KeyValuePair<DeniedAttempt, DeniedTally>[] byCount = denied.ByCount();
        KeyValuePair<DeniedAttempt, DeniedTally>[] shown = [.. byCount.Take(ReportLimits.ShownDeniedAttempts)];
        html.Write($"""
            <p>{calls} {(calls == 1 ? "call" : "calls")}; those of one principal for the same operation, workflow and key are one line, with AWS’s words at the last time</p></div>
            <table class="cards attempts">
            <thead><tr><th scope="col">Calls</th><th scope="col">Last</th><th scope="col">Who</th><th scope="col">What</th><th scope="col">For</th><th scope="col">AWS’s words</th></tr></thead>
            <tbody>

            """);
        foreach ((DeniedAttempt attempt, DeniedTally tally) in shown)
        {
            ResourceName principal = attempt.Principal is null ? new("no one named") : ResourceName.OfPrincipal(attempt.Principal);
            html.Write($"""
                <tr><td data-label="Calls" class="is-denied">{tally.Total}</td><td data-label="Last"><time datetime="{tally.Last:yyyy-MM-dd'T'HH:mm:ss'Z'}">{tally.Last:yyyy-MM-dd HH:mm}</time></td><td data-label="Who"><bdi>{principal.Name}</bdi> <small>{principal.Place(home)}</small></td><td data-label="What"><bdi>{attempt.Operation}</bdi></td><td data-label="For">
                """);
            WriteFor(html, attempt, home);
            html.Write($"</td><td data-label=\"AWS’s words\"><b><bdi>{attempt.ErrorCode}</bdi></b> <bdi>{tally.Message}</bdi></td></tr>\n");
        }

        html.Write($"</tbody>\n</table>\n");
        long rest = calls - shown.Sum(static pair => pair.Value.Total);
        if (rest > 0)
        {
            html.Write($"<p class=\"note\">The {shown.Length} most frequent are shown; {rest} other denied calls are not.</p>\n");
        }

        html.Write($"</section>\n");
    }

    private static void WriteFor(HtmlWriter html, DeniedAttempt attempt, ReportHome home)
    {
        if (attempt.Workflow is not null)
        {
            ResourceName workflow = ResourceName.OfWorkflow(attempt.Workflow);
            html.Write($"<bdi>{workflow.Name}</bdi> <small>{workflow.Place(home)}</small>");
        }
        else if (attempt.Key is not null)
        {
            html.Write($"no workflow; key <bdi>{ResourceName.OfKey(attempt.Key).Name}</bdi>");
        }
        else
        {
            html.Write($"no workflow");
        }
    }
}
