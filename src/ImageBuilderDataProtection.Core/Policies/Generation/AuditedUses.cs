using ImageBuilderDataProtection.Audit;

namespace ImageBuilderDataProtection.Policies.Generation;

/// <summary>
/// The different uses that audit events show, of one partition. However many events there are, a use is held once.
/// </summary>
internal sealed class AuditedUses
{
    private readonly HashSet<AuditedUse> _uses = [];
    private readonly HashSet<string> _shared = new(StringComparer.Ordinal);
    private readonly List<UnusableAuditEvent> _ofOtherAccounts = [];
    private string? _partition;

    /// <summary>Uses of a partition; null for that of the first event.</summary>
    public AuditedUses(string? partition) => _partition = partition;

    /// <summary>Whether there are none.</summary>
    public bool IsEmpty => _uses.Count == 0;

    /// <summary>The uses.</summary>
    public IReadOnlyCollection<AuditedUse> All => _uses;

    /// <summary>
    /// Events of callers of other accounts whose own records of the same calls have not come. A call across accounts is
    /// recorded in both, under one sharedEventID, and only the caller's record names the role ("CloudTrail record contents").
    /// </summary>
    public IEnumerable<UnusableAuditEvent> OfOtherAccounts =>
        _ofOtherAccounts.Where(item => !_shared.Contains(item.Event.SharedEventId!));

    /// <summary>The uses that an event shows; none when the caller's own record of the same call may tell them.</summary>
    /// <exception cref="DataProtectionException">As for <see cref="AuditedUseReader"/>; <c>MixedPartitions</c>: the event is of another partition.</exception>
    public IReadOnlyList<AuditedUse> Read(KmsAuditEvent record)
    {
        IReadOnlyList<AuditedUse> uses;
        try
        {
            uses = AuditedUseReader.Read(record);
        }
        catch (DataProtectionException reason) when (record is { SharedEventId: not null, UserIdentity.Type: "AWSAccount" } && reason.ErrorId == "AuditPrincipalUnknown")
        {
            _ofOtherAccounts.Add(new UnusableAuditEvent(record, reason));
            return [];
        }

        string[] partitions = [.. uses.SelectMany(static use => new[] { use.Principal.Partition, use.Key?.Partition, use.Workflow?.Partition }).OfType<string>().Distinct()];
        string expected = _partition ?? partitions[0];
        if (partitions.FirstOrDefault(partition => partition != expected) is { } other)
        {
            throw AuditedRequests.Unusable(record, "MixedPartitions", $"is of the partition {other}, and this policy is of {expected}; write one policy for each");
        }

        _partition = expected;
        if (record.SharedEventId is { } shared)
        {
            _shared.Add(shared);
        }

        return uses;
    }

    /// <summary>Takes uses up.</summary>
    public void Add(IEnumerable<AuditedUse> uses) => _uses.UnionWith(uses);

    /// <summary>The failure of having no use at all.</summary>
    public static DataProtectionException None() => new(
        "NoAuditedUse", FailureKind.InvalidArgument, "None of the audit events shows a use of a key for a workflow, so there is nothing to write a policy from.");
}
