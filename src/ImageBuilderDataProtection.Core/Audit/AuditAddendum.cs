using System.Text.Json;

namespace ImageBuilderDataProtection.Audit;

/// <summary>Why a record came late, or was written anew: the element <c>addendum</c>.</summary>
/// <param name="Reason"><c>DELIVERY_DELAY</c>, <c>UPDATED_DATA</c> or <c>SERVICE_OUTAGE</c>.</param>
/// <param name="UpdatedFields">The elements that are new or changed against the record before; for <c>UPDATED_DATA</c> only.</param>
/// <param name="OriginalRequestId">The request id in the record before; for <c>UPDATED_DATA</c> only.</param>
/// <param name="OriginalEventId">The id of the record before; for <c>UPDATED_DATA</c> only.</param>
public sealed record AuditAddendum(string? Reason, string? UpdatedFields, string? OriginalRequestId, string? OriginalEventId)
{
    internal AuditAddendum(JsonElement addendum)
        : this(addendum.Text("reason"), addendum.Text("updatedFields"), addendum.Text("originalRequestID"), addendum.Text("originalEventID"))
    {
    }

    /// <summary>The reason.</summary>
    public override string ToString() => Reason ?? "";
}
