using System.Globalization;

namespace ImageBuilderDataProtection.Audit.Usage;

/// <summary>
/// How often a key was used, for the events of one group. What the events are grouped by is set, and null is what they are not
/// grouped by. An event that has no value is in the group of <see cref="None"/>. Immutable.
/// </summary>
public sealed record KmsUsage
{
    /// <summary>What stands for a value that an event does not have.</summary>
    public const string None = AuditPattern.None;

    /// <summary>What stands for the workflow when CloudTrail withholds the encryption context.</summary>
    public const string Hidden = AuditPattern.Hidden;

    private readonly OneLineList<KmsUsageGrouping> _by = new([]);

    /// <summary>What the events are grouped by.</summary>
    public required IReadOnlyList<KmsUsageGrouping> By { get => _by; init => _by = new([.. value]); }

    /// <summary>The workflow's ARN, <see cref="None"/> or <see cref="Hidden"/>.</summary>
    public string? Workflow { get; init; }

    /// <summary>The key's ARN, or <see cref="None"/>.</summary>
    public string? Key { get; init; }

    /// <summary>The principal: the role's ARN for a role's sessions, otherwise what names the caller best; or <see cref="None"/>.</summary>
    public string? Principal { get; init; }

    /// <summary>The operation, such as <c>Decrypt</c>.</summary>
    public string? Operation { get; init; }

    /// <summary>The AWS service that called for the principal, or <see cref="None"/> for direct calls.</summary>
    public string? InvokedBy { get; init; }

    /// <summary>The region, or <see cref="None"/>.</summary>
    public string? Region { get; init; }

    /// <summary>The account whose trail holds the events, or <see cref="None"/>.</summary>
    public string? Account { get; init; }

    /// <summary>The start of the day, UTC.</summary>
    public DateTime? Day { get; init; }

    /// <summary>The start of the hour, UTC.</summary>
    public DateTime? Hour { get; init; }

    /// <summary>The number of events, refused and failed ones included.</summary>
    public required long Count { get; init; }

    /// <summary>How many were refused for want of permission.</summary>
    public required long DeniedCount { get; init; }

    /// <summary>How many failed for another reason, such as a disabled key.</summary>
    public required long FailedCount { get; init; }

    /// <summary>The time of the first event, UTC.</summary>
    public required DateTime FirstSeen { get; init; }

    /// <summary>The time of the last event, UTC.</summary>
    public required DateTime LastSeen { get; init; }

    /// <summary>The number of different principals.</summary>
    public required int PrincipalCount { get; init; }

    /// <summary>The number of different workflows.</summary>
    public required int WorkflowCount { get; init; }

    /// <summary>The number of different keys.</summary>
    public required int KeyCount { get; init; }

    /// <summary>
    /// Whether the numbers of different principals, workflows and keys are exact. They are, unless there were more to remember
    /// than <see cref="KmsUsageLimits"/> lets; then they are lower bounds. All other numbers are always exact.
    /// </summary>
    public required bool IsExact { get; init; }

    /// <summary>The values that the events are grouped by, in the order of <see cref="By"/>; times in CloudTrail's form.</summary>
    public IReadOnlyList<string> Values => new OneLineList<string>([.. By.Select(ValueOf)]);

    /// <summary>The values and the count, on one line.</summary>
    public override string ToString() => TerminalText.Line($"{string.Join(", ", Values)}: {Count.ToString(CultureInfo.InvariantCulture)}");

    private string ValueOf(KmsUsageGrouping grouping) => grouping switch
    {
        KmsUsageGrouping.Workflow => Workflow,
        KmsUsageGrouping.Key => Key,
        KmsUsageGrouping.Principal => Principal,
        KmsUsageGrouping.Operation => Operation,
        KmsUsageGrouping.InvokedBy => InvokedBy,
        KmsUsageGrouping.Region => Region,
        KmsUsageGrouping.Account => Account,
        KmsUsageGrouping.Day => Day?.ToString(JsonElements.TimeFormat, CultureInfo.InvariantCulture),
        _ => Hour?.ToString(JsonElements.TimeFormat, CultureInfo.InvariantCulture),
    } ?? None;
}
