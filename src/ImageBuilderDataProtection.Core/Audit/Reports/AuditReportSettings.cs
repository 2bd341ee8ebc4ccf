namespace ImageBuilderDataProtection.Audit.Reports;

/// <summary>How a report is made.</summary>
public sealed record AuditReportSettings
{
    /// <summary>How many events the table shows unless told otherwise.</summary>
    public const int DefaultMaxRows = 5_000;

    /// <summary>The most events that the table may be told to show; a browser works on more with difficulty.</summary>
    public const int MaxMaxRows = 20_000;

    /// <summary>The heading unless told otherwise.</summary>
    public const string DefaultTitle = "KMS audit report";

    /// <summary>The heading of the page.</summary>
    public string Title { get; init; } = DefaultTitle;

    /// <summary>How many events the table shows, 0 to <see cref="MaxMaxRows"/>. Totals and charts count all.</summary>
    public int MaxRows { get; init; } = DefaultMaxRows;

    /// <summary>Tells the time at which the page is made.</summary>
    public TimeProvider Clock { get; init; } = TimeProvider.System;
}
