using System.Globalization;

namespace ImageBuilderDataProtection.Audit.Reports;

/// <summary>
/// The chart of calls over time: stacked bars. Widths and places across are shares of the chart, so that it fits any screen
/// with letters of the same size; heights are pixels.
/// </summary>
internal static class TimelineView
{
    private const double Top = 10;
    private const double Bottom = 170;

    // Of the little there is among much, so much is always seen.
    private const double LeastHeight = 3;

    // Of the width, in percent.
    private const double WidestBar = 4;
    private const double FirstLabelRoom = 7;
    private const double FirstNarrowLabelRoom = 20;
    private const double LastLabel = 95;
    private const double LastNarrowLabel = 85;
    private const int NarrowLabels = 4;

    /// <summary>Writes the chart.</summary>
    public static void Write(HtmlWriter html, ReportTotals totals)
    {
        CallTally all = totals.All;
        TimeStep step = TimeStep.Choose(TimeStep.Bars, all.First, all.Last, ReportLimits.Bars);
        CallTally?[] slots = totals.Timeline.By(step);
        long first = step.NumberOf(all.First);
        var scale = new AxisScale(slots.Max(static slot => slot?.Total ?? 0));
        html.Write($"""
            <section aria-labelledby="time">
            <div class="heading"><h2 id="time">Calls over time</h2><p>Each bar is {(step.Name[0] == 'h' ? "an" : char.IsDigit(step.Name[0]) ? null : "a")} {step.Name}, UTC</p></div>

            """);
        WriteLegend(html, all);
        html.Write($"<figure class=\"chart\">\n");
        WriteScale(html, scale);
        WritePlot(html, step, first, slots, scale);
        html.Write($"</figure>\n");
        WriteTable(html, step, first, slots);
        html.Write($"</section>\n");
    }

    private static void WriteLegend(HtmlWriter html, CallTally all) => html.Write($"""
        <ul class="legend">
        <li><svg width="12" height="12" aria-hidden="true"><rect class="succeeded" width="12" height="12" /></svg> Succeeded <b>{all.Succeeded}</b></li>
        <li><svg width="12" height="12" aria-hidden="true"><rect class="failed" width="12" height="12" /></svg> Failed <b>{all.Failed}</b></li>
        <li><svg width="12" height="12" aria-hidden="true"><rect class="denied" width="12" height="12" /></svg> Denied <b>{all.Denied}</b></li>
        </ul>

        """);

    private static void WriteScale(HtmlWriter html, AxisScale scale)
    {
        html.Write($"<svg class=\"scale\" width=\"40\" height=\"200\" aria-hidden=\"true\">");
        for (long value = 0; value <= scale.Top; value += scale.Step)
        {
            html.Write($"<text class=\"label\" x=\"34\" y=\"{Y(value, scale) + 4}\" text-anchor=\"end\">{AxisScale.Label(value)}</text>");
        }

        html.Write($"</svg>\n");
    }

    private static void WritePlot(HtmlWriter html, TimeStep step, long first, CallTally?[] slots, AxisScale scale)
    {
        CallTally most = slots.OfType<CallTally>().MaxBy(static slot => slot.Total)!;
        html.Write($"""
            <svg class="plot" width="100%" height="200" role="img" aria-labelledby="plot-title plot-text">
            <title id="plot-title">Calls over time</title>
            <desc id="plot-text">Bars of calls that succeeded, failed and were denied, from {step.StartOf(first):d MMM yyyy HH:mm} to {step.StartOf(first + slots.Length):d MMM yyyy HH:mm} UTC. The highest bar is that of {When(step, most.First)}, with {most.Total} calls. The table below has all numbers.</desc>

            """);
        for (long value = scale.Step; value <= scale.Top; value += scale.Step)
        {
            html.Write($"<line class=\"grid\" x1=\"0\" x2=\"100%\" y1=\"{Y(value, scale)}\" y2=\"{Y(value, scale)}\" />\n");
        }

        WriteTimeLabels(html, step, first, slots.Length);
        double width = 100.0 / slots.Length;
        for (int i = 0; i < slots.Length; i++)
        {
            if (slots[i] is { } slot)
            {
                WriteBar(html, When(step, slot.First), slot, i * width, width, scale);
            }
        }

        html.Write($"<line class=\"base\" x1=\"0\" x2=\"100%\" y1=\"{Bottom}\" y2=\"{Bottom}\" />\n</svg>\n");
    }

    private static void WriteTimeLabels(HtmlWriter html, TimeStep step, long first, int slots)
    {
        DateTime from = step.StartOf(first);
        DateTime to = step.StartOf(first + slots);
        TimeStep labels = TimeStep.Choose(TimeStep.Labels, from, to, ReportLimits.TimeLabels);
        long number = labels.NumberOf(from);
        number += labels.StartOf(number) < from ? 1 : 0;
        if (X(labels.StartOf(number)) > FirstLabelRoom)
        {
            WriteTimeLabel(html, 0, labels.Label(from), isOnNarrow: X(labels.StartOf(number)) > FirstNarrowLabelRoom);
        }

        long count = labels.NumberOf(to) - number;
        long everyOnNarrow = (count / NarrowLabels) + 1;
        for (long i = 0; labels.StartOf(number) < to; i++, number++)
        {
            double x = X(labels.StartOf(number));
            if (x <= LastLabel)
            {
                WriteTimeLabel(html, x, labels.Label(labels.StartOf(number)), isOnNarrow: i % everyOnNarrow == 0 && x <= LastNarrowLabel);
            }
        }

        double X(DateTime time) => step.Months > 0
            ? 100.0 * (step.NumberOf(time) - first) / slots
            : 100.0 * (time - from).Ticks / (to - from).Ticks;
    }

    private static void WriteTimeLabel(HtmlWriter html, double x, string label, bool isOnNarrow)
    {
        html.Write($"<line class=\"tick\" x1=\"{x}%\" x2=\"{x}%\" y1=\"{Bottom}\" y2=\"{Bottom + 5}\" />");
        html.Write($"<text class=\"label{(isOnNarrow ? null : " wide")}\" x=\"{x}%\" y=\"{Bottom + 18}\" dx=\"1\">{label}</text>\n");
    }

    private static void WriteBar(HtmlWriter html, string when, CallTally slot, double x, double width, AxisScale scale)
    {
        double bar = Math.Min(0.8 * width, WidestBar);
        double left = x + ((width - bar) / 2);
        html.Write($"<g><title>{when}: {slot.Succeeded} succeeded, {slot.Failed} failed, {slot.Denied} denied</title><rect class=\"place\" x=\"{x}%\" y=\"{Top}\" width=\"{width}%\" height=\"{Bottom - Top}\" />");
        double bottom = Bottom;
        (string Outcome, long Count)[] parts = [("succeeded", slot.Succeeded), ("failed", slot.Failed), ("denied", slot.Denied)];
        foreach ((string outcome, long count) in parts.Where(static part => part.Count > 0))
        {
            double height = Math.Max(LeastHeight, count * (Bottom - Top) / scale.Top);
            bottom -= height;
            html.Write($"<rect class=\"{outcome}\" x=\"{left}%\" y=\"{bottom}\" width=\"{bar}%\" height=\"{height}\" />");
        }

        html.Write($"</g>\n");
    }

    private static void WriteTable(HtmlWriter html, TimeStep step, long first, CallTally?[] slots)
    {
        html.Write($"""
            <details class="numbers"><summary>The numbers</summary>
            <table><thead><tr><th scope="col">From, UTC</th><th scope="col">Succeeded</th><th scope="col">Failed</th><th scope="col">Denied</th></tr></thead><tbody>

            """);
        for (int i = 0; i < slots.Length; i++)
        {
            if (slots[i] is { } slot)
            {
                html.Write($"<tr><th scope=\"row\">{step.StartOf(first + i):yyyy-MM-dd HH:mm}</th><td>{slot.Succeeded}</td><td>{slot.Failed}</td><td>{slot.Denied}</td></tr>\n");
            }
        }

        html.Write($"</tbody></table>\n</details>\n");
    }

    private static double Y(long value, AxisScale scale) => Bottom - ((Bottom - Top) * value / scale.Top);

    private static string When(TimeStep step, DateTime time)
    {
        DateTime start = step.StartOf(step.NumberOf(time));
        string form = step.Months >= 12 ? "yyyy" : step.Months > 0 ? "MMM yyyy" : step.Minutes % (24 * 60) == 0 ? "ddd d MMM yyyy" : "ddd d MMM yyyy HH:mm";
        string text = start.ToString(form, CultureInfo.InvariantCulture);
        return step.Name.Contains(' ', StringComparison.Ordinal) || step.Name == "week" ? $"{step.Name} from {text}" : text;
    }
}
