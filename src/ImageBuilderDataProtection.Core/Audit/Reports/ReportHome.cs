namespace ImageBuilderDataProtection.Audit.Reports;

/// <summary>The account and region that all events of a report are of. Of a name of theirs neither is repeated; what is elsewhere stands out.</summary>
/// <param name="Account">The account; null where there are several.</param>
/// <param name="Region">The region; null where there are several.</param>
internal readonly record struct ReportHome(string? Account, string? Region)
{
    /// <summary>The home of a report.</summary>
    public static ReportHome Of(ReportTotals totals) => new(OnlyOne(totals.Accounts), OnlyOne(totals.Regions));

    private static string? OnlyOne(NameTallies names) =>
        names is { Count: 1, IsOverLimit: false, Unnamed.Total: 0 } ? names.ByCount()[0].Key : null;
}
