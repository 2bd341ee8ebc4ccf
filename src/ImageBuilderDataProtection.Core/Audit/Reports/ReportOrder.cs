namespace ImageBuilderDataProtection.Audit.Reports;

/// <summary>An order that does not depend on the order in which events come, nor on a language.</summary>
internal static class ReportOrder
{
    /// <summary>Compares by the first pair of texts that differ.</summary>
    public static int Compare(params (string? One, string? Other)[] pairs)
    {
        foreach ((string? one, string? other) in pairs)
        {
            if (string.CompareOrdinal(one, other) is not 0 and int order)
            {
                return order;
            }
        }

        return 0;
    }
}
