namespace ImageBuilderDataProtection.Audit.Reports;

/// <summary>What the table shows of an event; the newest is the greatest.</summary>
internal sealed record EventRow : IComparable<EventRow>
{
    public required DateTime Time { get; init; }

    public required CallOutcome Outcome { get; init; }

    public required string Operation { get; init; }

    public IReadOnlyList<string> Workflows { get; init; } = [];

    /// <summary>How many workflows the event names beside those.</summary>
    public int OtherWorkflows { get; init; }

    public bool IsContextHidden { get; init; }

    /// <summary>The role, where a session of one called.</summary>
    public string? Principal { get; init; }

    /// <summary>The caller itself.</summary>
    public string? Caller { get; init; }

    public string? CallerType { get; init; }

    public string? InvokedBy { get; init; }

    public string? Key { get; init; }

    public string? Region { get; init; }

    public string? Account { get; init; }

    public string? Address { get; init; }

    public string? UserAgent { get; init; }

    public string? ErrorCode { get; init; }

    public string? ErrorMessage { get; init; }

    public string? EventId { get; init; }

    public string? RequestId { get; init; }

    public string? File { get; init; }

    /// <summary>The row of an event.</summary>
    /// <param name="record">The event.</param>
    /// <param name="outcome">What became of it.</param>
    /// <param name="principal">The role, or the caller.</param>
    /// <param name="identityType">What the caller is.</param>
    public static EventRow Create(KmsAuditEvent record, CallOutcome outcome, string? principal, string? identityType)
    {
        string? caller = ReportText.Cut(record.Principal);
        return new EventRow
        {
            Time = record.EventTime,
            Outcome = outcome,
            Operation = ReportText.Cut(record.EventName)!,
            Workflows = [.. record.WorkflowArns.Take(ReportLimits.RowWorkflows).Select(static arn => ReportText.Cut(arn)!)],
            OtherWorkflows = Math.Max(0, record.WorkflowArns.Count - ReportLimits.RowWorkflows),
            IsContextHidden = record.IsEncryptionContextHidden,
            Principal = principal,
            Caller = caller == principal ? null : caller,
            CallerType = ReportText.Cut(identityType),
            InvokedBy = ReportText.Cut(record.InvokedBy),
            Key = ReportText.Cut(record.KeyArn),
            Region = ReportText.Cut(record.AwsRegion),
            Account = ReportText.Cut(record.RecipientAccountId),
            Address = ReportText.Cut(record.SourceIPAddress),
            UserAgent = ReportText.Cut(record.UserAgent),
            ErrorCode = ReportText.Cut(record.ErrorCode),
            ErrorMessage = ReportText.Cut(record.ErrorMessage),
            EventId = ReportText.Cut(record.EventId),
            RequestId = ReportText.Cut(record.RequestId),
            File = ReportText.Cut(record.SourceFile),
        };
    }

    /// <inheritdoc />
    public int CompareTo(EventRow? other)
    {
        int order = other is null ? 1 : Time.CompareTo(other.Time);
        return order != 0 ? order : ReportOrder.Compare(
            (EventId, other!.EventId), (RequestId, other.RequestId), (Operation, other.Operation), (Principal, other.Principal), (Caller, other.Caller),
            (Key, other.Key), (ErrorCode, other.ErrorCode), (ErrorMessage, other.ErrorMessage), (Address, other.Address), (UserAgent, other.UserAgent),
            (File, other.File), (string.Join('\n', Workflows), string.Join('\n', other.Workflows)));
    }
}
