namespace ImageBuilderDataProtection.Audit.Reports;

/// <summary>What a report says of all its events, counted one by one.</summary>
/// <param name="maxRows">How many events the table shows.</param>
internal sealed class ReportTotals(int maxRows)
{
    public CallTally All { get; } = new();

    public Timeline Timeline { get; } = new();

    public NameTallies Workflows { get; } = new();

    public NameTallies Principals { get; } = new();

    public NameTallies Operations { get; } = new();

    public NameTallies Keys { get; } = new();

    public NameTallies Sources { get; } = new();

    public NameTallies Regions { get; } = new();

    public NameTallies Accounts { get; } = new();

    public NameTallies Files { get; } = new();

    public TopTallies<DeniedAttempt, DeniedTally> Denied { get; } = new(ReportLimits.DeniedAttempts, Comparer<DeniedAttempt>.Default);

    public EventRows Rows { get; } = new(maxRows);

    /// <summary>Calls whose encryption context CloudTrail withholds.</summary>
    public long HiddenContexts { get; private set; }

    /// <summary>Counts an event.</summary>
    public void Add(KmsAuditEvent record)
    {
        CallOutcome outcome = record.IsDenied ? CallOutcome.Denied : record.ErrorCode is null ? CallOutcome.Succeeded : CallOutcome.Failed;
        DateTime time = record.EventTime;
        All.Add(outcome, time);
        Timeline.Add(outcome, time);
        HiddenContexts += record.IsEncryptionContextHidden ? 1 : 0;
        AddWorkflows(record.WorkflowArns, outcome, time);

        // The elements of a record are read anew each time.
        AuditUserIdentity? identity = record.UserIdentity;
        string? principal = ReportText.Cut(ReportPrincipal.Of(identity, record.Principal));
        Principals.Add(principal, outcome, time);
        Operations.Add(ReportText.Cut(record.EventName), outcome, time);
        Keys.Add(ReportText.Cut(record.KeyArn), outcome, time);
        Sources.Add(ReportText.Cut(record.SourceIPAddress ?? record.InvokedBy), outcome, time);
        Regions.Add(ReportText.Cut(record.AwsRegion), outcome, time);
        Accounts.Add(ReportText.Cut(record.RecipientAccountId), outcome, time);
        Files.Add(ReportText.Cut(record.SourceFile), outcome, time);
        Rows.Add(outcome, time, () => EventRow.Create(record, outcome, principal, identity?.Type));
        if (outcome == CallOutcome.Denied)
        {
            var attempt = new DeniedAttempt(
                principal, ReportText.Cut(record.EventName)!, ReportText.Cut(record.WorkflowArns is [var workflow, ..] ? workflow : null), ReportText.Cut(record.KeyArn), ReportText.Cut(record.ErrorCode));
            Denied.Add(attempt, outcome, time).Say(ReportText.Cut(record.ErrorMessage), time);
        }
    }

    private void AddWorkflows(IReadOnlyList<string> workflows, CallOutcome outcome, DateTime time)
    {
        foreach (string? workflow in workflows.DefaultIfEmpty<string?>(null))
        {
            Workflows.Add(ReportText.Cut(workflow), outcome, time);
        }
    }
}
