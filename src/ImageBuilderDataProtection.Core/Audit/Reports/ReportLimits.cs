namespace ImageBuilderDataProtection.Audit.Reports;

/// <summary>
/// The limits of a report. They bound its memory and its size whatever is counted; totals and charts count every event all
/// the same, and the page says where a limit left something out.
/// </summary>
internal static class ReportLimits
{
    /// <summary>The UTF-16 units of a text of a record that are kept: more than any ARN of IAM has.</summary>
    public const int TextLength = 640;

    /// <summary>The different names of one kind that are counted apart.</summary>
    public const int Names = 10_000;

    /// <summary>The names of one kind that are shown.</summary>
    public const int ShownNames = 10;

    /// <summary>The kinds of denied attempts that are counted apart.</summary>
    public const int DeniedAttempts = 2_000;

    /// <summary>The kinds of denied attempts that are shown.</summary>
    public const int ShownDeniedAttempts = 50;

    /// <summary>The stretches of time that are counted apart while events come in.</summary>
    public const int TimeSlots = 10_000;

    /// <summary>The bars of the chart over time.</summary>
    public const int Bars = 72;

    /// <summary>The labels below them.</summary>
    public const int TimeLabels = 9;

    /// <summary>The workflows that a row of the table names.</summary>
    public const int RowWorkflows = 4;

    /// <summary>The operations that the table can be filtered by.</summary>
    public const int FilterOperations = 100;
}
