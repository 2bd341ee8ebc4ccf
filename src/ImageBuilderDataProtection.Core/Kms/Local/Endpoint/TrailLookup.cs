using ImageBuilderDataProtection.Audit;

namespace ImageBuilderDataProtection.Kms.Local.Endpoint;

/// <summary>What LookupEvents looks for ("LookupEvents" in the AWS CloudTrail API Reference).</summary>
/// <param name="Attribute">The name of the attribute; null when any record will do.</param>
/// <param name="Value">The value that the attribute must have.</param>
/// <param name="Start">The earliest time, UTC; null for any.</param>
/// <param name="End">The latest time, UTC; null for any.</param>
internal sealed record TrailLookup(string? Attribute, string? Value, DateTime? Start, DateTime? End)
{
    private static readonly Dictionary<string, Func<KmsAuditEvent, IEnumerable<string?>>> ValuesOf = new(StringComparer.Ordinal)
    {
        ["AccessKeyId"] = static record => [record.UserIdentity?.AccessKeyId],
        ["EventId"] = static record => [record.EventId],
        ["EventName"] = static record => [record.EventName],
        ["EventSource"] = static record => [record.EventSource],
        ["ReadOnly"] = static record => [ReadOnlyOf(record)],
        ["ResourceName"] = static record => record.Resources.Select(static resource => resource.Arn),
        ["ResourceType"] = static record => record.Resources.Select(static resource => resource.Type),
        ["Username"] = static record => [UserNameOf(record)],
    };

    /// <summary>The names of the attributes.</summary>
    public static IReadOnlyCollection<string> Attributes => ValuesOf.Keys;

    /// <summary>Whether a record is one that is looked for.</summary>
    public bool Matches(KmsAuditEvent record) =>
        (Start is null || record.EventTime >= Start)
        && (End is null || record.EventTime <= End)
        && (Attribute is null || ValuesOf[Attribute](record).Contains(Value));

    /// <summary>The text in which LookupEvents says whether a call only reads.</summary>
    public static string? ReadOnlyOf(KmsAuditEvent record) => record.ReadOnly switch { true => "true", false => "false", null => null };

    /// <summary>The name of the user, or of the role session.</summary>
    public static string? UserNameOf(KmsAuditEvent record) => record.UserIdentity switch
    {
        null => null,
        { Type: "Root" } => "root",
        { UserName: { } name } => name,
        { PrincipalId: { } id } => id[(id.IndexOf(':', StringComparison.Ordinal) + 1)..],
        _ => null,
    };
}
