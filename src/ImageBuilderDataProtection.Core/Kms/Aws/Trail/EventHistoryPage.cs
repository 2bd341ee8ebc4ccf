using ImageBuilderDataProtection.Audit;
using ImageBuilderDataProtection.Audit.Reading;

namespace ImageBuilderDataProtection.Kms.Aws.Trail;

/// <summary>What one step of a search in the event history found.</summary>
public sealed record EventHistoryPage
{
    /// <summary>The records that are wanted, the newest first; often none.</summary>
    public IReadOnlyList<KmsAuditEvent> Records { get; init; } = [];

    /// <summary>The records that could not be read, as <c>InvalidAuditRecord</c>.</summary>
    public IReadOnlyList<DataProtectionException> Failures { get; init; } = [];

    /// <summary>How many records are not given because they name no workflow, though they may have been for one (see <see cref="AuditScan.RefusedWithoutParameters"/>).</summary>
    public int RefusedWithoutParameters { get; init; }

    /// <summary>Why there is less than was asked for.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];

    /// <summary>How many events were looked at.</summary>
    public int EventCount { get; init; }

    /// <summary>How far back the search has come, UTC; null when this step has not told.</summary>
    public DateTime? Reached { get; init; }
}
