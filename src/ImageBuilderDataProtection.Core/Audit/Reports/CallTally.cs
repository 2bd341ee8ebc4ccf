namespace ImageBuilderDataProtection.Audit.Reports;

/// <summary>How many calls, how they ended, and when the first and the last were.</summary>
internal class CallTally
{
    /// <summary>Calls that were done.</summary>
    public long Succeeded { get; private set; }

    /// <summary>Calls that failed otherwise than for want of permission.</summary>
    public long Failed { get; private set; }

    /// <summary>Calls that were denied.</summary>
    public long Denied { get; private set; }

    /// <summary>All calls.</summary>
    public long Total => Succeeded + Failed + Denied;

    /// <summary>The time of the first call, UTC.</summary>
    public DateTime First { get; private set; } = DateTime.MaxValue;

    /// <summary>The time of the last call, UTC.</summary>
    public DateTime Last { get; private set; } = DateTime.MinValue;

    /// <summary>Counts a call.</summary>
    public void Add(CallOutcome outcome, DateTime time)
    {
        Succeeded += outcome == CallOutcome.Succeeded ? 1 : 0;
        Failed += outcome == CallOutcome.Failed ? 1 : 0;
        Denied += outcome == CallOutcome.Denied ? 1 : 0;
        First = time < First ? time : First;
        Last = time > Last ? time : Last;
    }

    /// <summary>Counts what another has counted.</summary>
    public void Add(CallTally other)
    {
        Succeeded += other.Succeeded;
        Failed += other.Failed;
        Denied += other.Denied;
        First = other.First < First ? other.First : First;
        Last = other.Last > Last ? other.Last : Last;
    }
}
