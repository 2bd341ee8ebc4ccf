namespace ImageBuilderDataProtection.Audit.Usage;

/// <summary>What is counted of the events of one group.</summary>
internal sealed class UsageGroup
{
    private DistinctNumbers _principals;
    private DistinctNumbers _workflows;
    private DistinctNumbers _keys;

    public long EventCount { get; private set; }

    public long DeniedCount { get; private set; }

    public long FailedCount { get; private set; }

    public DateTime FirstSeen { get; private set; } = DateTime.MaxValue;

    public DateTime LastSeen { get; private set; } = DateTime.MinValue;

    public int PrincipalCount => _principals.Count;

    public int WorkflowCount => _workflows.Count;

    public int KeyCount => _keys.Count;

    /// <summary>Whether all names found room, so that the numbers of different ones are exact.</summary>
    public bool IsExact { get; private set; } = true;

    /// <summary>Counts an event.</summary>
    public void Count(KmsAuditEvent record)
    {
        bool isDenied = record.IsDenied;
        EventCount++;
        DeniedCount += isDenied ? 1 : 0;
        FailedCount += !isDenied && record.ErrorCode is not null ? 1 : 0;
        FirstSeen = record.EventTime < FirstSeen ? record.EventTime : FirstSeen;
        LastSeen = record.EventTime > LastSeen ? record.EventTime : LastSeen;
    }

    /// <summary>Takes up the number of a principal's name.</summary>
    public void AddPrincipal(int number, ref int left) => IsExact &= _principals.Add(number, ref left);

    /// <summary>Takes up the number of a workflow's name.</summary>
    public void AddWorkflow(int number, ref int left) => IsExact &= _workflows.Add(number, ref left);

    /// <summary>Takes up the number of a key's name.</summary>
    public void AddKey(int number, ref int left) => IsExact &= _keys.Add(number, ref left);
}
