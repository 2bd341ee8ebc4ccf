namespace ImageBuilderDataProtection.Audit.Usage;

/// <summary>
/// Counts audit events by group, as they come. It remembers groups and names, not events: memory does not grow with the number
/// of events, and <see cref="KmsUsageLimits"/> bounds it. What is given twice is counted twice. Not safe for several threads.
/// </summary>
public sealed class KmsUsageMeter
{
    /// <summary>What is grouped by unless told: who used which key for which workflow.</summary>
    public static readonly IReadOnlyList<KmsUsageGrouping> DefaultBy = [KmsUsageGrouping.Workflow, KmsUsageGrouping.Key, KmsUsageGrouping.Principal];

    private readonly KmsUsageGrouping[] _by;
    private readonly Dictionary<UsageKey, UsageGroup> _groups = [];
    private readonly UsageNames _names;
    private readonly int _maxGroups;
    private int _distinctLeft;

    /// <summary>Counts by these, of which each counts once.</summary>
    public KmsUsageMeter(IEnumerable<KmsUsageGrouping> by)
        : this(by, KmsUsageLimits.MaxGroups, KmsUsageLimits.MaxDistinct, KmsUsageLimits.MaxNameCharacters)
    {
    }

    internal KmsUsageMeter(IEnumerable<KmsUsageGrouping> by, int maxGroups, int maxDistinct, int maxNameCharacters)
    {
        ArgumentNullException.ThrowIfNull(by);
        _by = [.. by.Distinct()];
        _maxGroups = maxGroups;
        _distinctLeft = maxDistinct;
        _names = new UsageNames(maxNameCharacters);
    }

    /// <summary>Counts an event.</summary>
    /// <exception cref="DataProtectionException">
    /// <c>TooManyUsageGroups</c>, <c>UsageNamesTooLong</c>: a limit is reached. The meter is of no use any more.
    /// </exception>
    public void Add(KmsAuditEvent record)
    {
        ArgumentNullException.ThrowIfNull(record);
        int principal = NumberOf(KmsUsageGrouping.Principal, PrincipalOf(record));
        int key = NumberOf(KmsUsageGrouping.Key, record.KeyArn);
        var place = new UsageKey
        {
            Key = Grouped(KmsUsageGrouping.Key) ? key : UsageNames.None,
            Principal = Grouped(KmsUsageGrouping.Principal) ? principal : UsageNames.None,
            Operation = Grouped(KmsUsageGrouping.Operation) ? NumberOf(KmsUsageGrouping.Operation, record.EventName) : UsageNames.None,
            InvokedBy = Grouped(KmsUsageGrouping.InvokedBy) ? NumberOf(KmsUsageGrouping.InvokedBy, record.InvokedBy) : UsageNames.None,
            Region = Grouped(KmsUsageGrouping.Region) ? NumberOf(KmsUsageGrouping.Region, record.AwsRegion) : UsageNames.None,
            Account = Grouped(KmsUsageGrouping.Account) ? NumberOf(KmsUsageGrouping.Account, record.RecipientAccountId) : UsageNames.None,
            Time = StartOf(record.EventTime),
        };
        UsageGroup? group = Grouped(KmsUsageGrouping.Workflow) ? null : CountIn(place, record, principal, key);
        foreach (int workflow in WorkflowsOf(record))
        {
            (group ?? CountIn(place with { Workflow = workflow }, record, principal, key)).AddWorkflow(workflow, ref _distinctLeft);
        }
    }

    /// <summary>The groups so far: the most used first, or, grouped by hour or day, from the first on.</summary>
    public IReadOnlyList<KmsUsage> Measure()
    {
        bool isByTime = Grouped(KmsUsageGrouping.Day) || Grouped(KmsUsageGrouping.Hour);
        IOrderedEnumerable<KmsUsage> ordered = _groups.Select(pair => ToUsage(pair.Key, pair.Value))
            .OrderBy(usage => isByTime ? usage.Hour ?? usage.Day : null)
            .ThenByDescending(static usage => usage.Count);
        return [.. _by.Select((_, index) => index).Aggregate(ordered, static (order, index) => order.ThenBy(usage => usage.Values[index], StringComparer.Ordinal))];
    }

    // The sessions of a role are one principal. What a user's federated session does is not the user's own doing.
    private static string? PrincipalOf(KmsAuditEvent record) =>
        record.UserIdentity?.SessionContext?.SessionIssuer is { Type: null or "Role", Arn: { } role } ? role : record.Principal;

    private UsageGroup CountIn(UsageKey place, KmsAuditEvent record, int principal, int key)
    {
        if (!_groups.TryGetValue(place, out UsageGroup? group))
        {
            group = _groups.Count < _maxGroups
                ? _groups[place] = new UsageGroup()
                : throw new DataProtectionException(
                    "TooManyUsageGroups",
                    FailureKind.LimitExceeded,
                    $"The audit events make more than {_maxGroups:N0} groups by {string.Join(", ", _by)}; group by fewer, by Day in place of Hour, or measure fewer events at a time.");
        }

        group.Count(record);
        group.AddPrincipal(principal, ref _distinctLeft);
        group.AddKey(key, ref _distinctLeft);
        return group;
    }

    private IEnumerable<int> WorkflowsOf(KmsAuditEvent record)
    {
        if (record.WorkflowArns.Count == 0 && !record.IsEncryptionContextHidden)
        {
            yield return UsageNames.None;
        }

        // Of a ReEncrypt one context may be shown and the other withheld.
        if (record.IsEncryptionContextHidden)
        {
            yield return UsageNames.Hidden;
        }

        foreach (string arn in record.WorkflowArns)
        {
            yield return NumberOf(KmsUsageGrouping.Workflow, arn);
        }
    }

    private bool Grouped(KmsUsageGrouping grouping) => Array.IndexOf(_by, grouping) >= 0;

    private int NumberOf(KmsUsageGrouping grouping, string? name)
    {
        int number = _names.NumberOf(name);
        return number != UsageNames.Unknown || !Grouped(grouping)
            ? number
            : throw new DataProtectionException(
                "UsageNamesTooLong",
                FailureKind.LimitExceeded,
                $"The names in the audit events are too many and too long to be grouped by {grouping}; group by something else, or measure fewer events at a time.");
    }

    private DateTime StartOf(DateTime time) =>
        Grouped(KmsUsageGrouping.Hour) ? time.Date.AddHours(time.Hour) : Grouped(KmsUsageGrouping.Day) ? time.Date : default;

    private KmsUsage ToUsage(UsageKey key, UsageGroup group)
    {
        return new KmsUsage
        {
            By = _by,
            Workflow = Name(KmsUsageGrouping.Workflow, key.Workflow),
            Key = Name(KmsUsageGrouping.Key, key.Key),
            Principal = Name(KmsUsageGrouping.Principal, key.Principal),
            Operation = Name(KmsUsageGrouping.Operation, key.Operation),
            InvokedBy = Name(KmsUsageGrouping.InvokedBy, key.InvokedBy),
            Region = Name(KmsUsageGrouping.Region, key.Region),
            Account = Name(KmsUsageGrouping.Account, key.Account),
            Day = Grouped(KmsUsageGrouping.Day) ? key.Time.Date : null,
            Hour = Grouped(KmsUsageGrouping.Hour) ? key.Time : null,
            Count = group.EventCount,
            DeniedCount = group.DeniedCount,
            FailedCount = group.FailedCount,
            FirstSeen = group.FirstSeen,
            LastSeen = group.LastSeen,
            PrincipalCount = group.PrincipalCount,
            WorkflowCount = group.WorkflowCount,
            KeyCount = group.KeyCount,
            IsExact = group.IsExact,
        };

        string? Name(KmsUsageGrouping grouping, int number) => Grouped(grouping) ? _names[number] : null;
    }
}
