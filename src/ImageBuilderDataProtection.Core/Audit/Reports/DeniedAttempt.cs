namespace ImageBuilderDataProtection.Audit.Reports;

/// <summary>Calls that were denied to the same principal for the same thing.</summary>
internal readonly record struct DeniedAttempt(string? Principal, string Operation, string? Workflow, string? Key, string? ErrorCode) : IComparable<DeniedAttempt>
{
    /// <inheritdoc />
    public int CompareTo(DeniedAttempt other) => ReportOrder.Compare(
        (Principal, other.Principal), (Operation, other.Operation), (Workflow, other.Workflow), (Key, other.Key), (ErrorCode, other.ErrorCode));
}
