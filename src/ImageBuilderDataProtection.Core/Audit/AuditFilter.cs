using ImageBuilderDataProtection.Kms;
using ImageBuilderDataProtection.Kms.Aws;
using ImageBuilderDataProtection.Policies;

namespace ImageBuilderDataProtection.Audit;

/// <summary>Which KMS records are wanted. All that is given must hold; of a list, one entry.</summary>
public sealed record AuditFilter
{
    // "Key identifiers (KeyId)" in the AWS KMS Developer Guide: a UUID, or mrk- and 32 digits.
    private const int KeyIdLength = 36;

    // The operations that have an encryption context; what ListKeys is refused is for no workflow.
    private static readonly HashSet<string> OfContexts =
        [.. KmsActions.WithContext.Select(static action => action[KmsActions.Prefix.Length..]), "ReEncrypt", nameof(KmsActions.CreateGrant)];

    private static readonly HashSet<string> NoTexts = [];
    private static readonly AuditPatternSet NoPatterns = new([]);

    private readonly IReadOnlyList<string> _requestIds = [];
    private readonly IReadOnlyList<string> _eventIds = [];
    private readonly IReadOnlyList<string> _eventNames = [];

    // What is wanted, for looking up: thousands of ids and patterns may be asked for.
    private readonly HashSet<string> _requestIdSet = NoTexts;
    private readonly HashSet<string> _eventIdSet = NoTexts;
    private readonly HashSet<string> _eventNameSet = NoTexts;
    private readonly AuditPatternSet _workflows = NoPatterns;
    private readonly AuditPatternSet _principals = NoPatterns;
    private readonly AuditPatternSet _invokedBy = NoPatterns;
    private readonly string? _region;
    private readonly KeyIdentifier? _key;

    /// <summary>
    /// False, the default: only records whose encryption context names a workflow, be it with <c>aws:imagebuilder:arn</c> in
    /// wrong case, and those whose context CloudTrail withholds, since they may be about one. True: every KMS record. Records named by their id are wanted in any case.
    /// </summary>
    public bool AllKmsEvents { get; init; }

    /// <summary>The time of the calls.</summary>
    public AuditTimeRange Times { get; init; } = AuditTimeRange.All;

    /// <summary>The request ids of the calls, as the callers saw them; none for any.</summary>
    public IReadOnlyList<string> RequestIds
    {
        get => _requestIds;
        init => (_requestIds, _requestIdSet) = (value, Set(value));
    }

    /// <summary>The ids of the records; none for any.</summary>
    public IReadOnlyList<string> EventIds
    {
        get => _eventIds;
        init => (_eventIds, _eventIdSet) = (value, Set(value));
    }

    /// <summary>The operations, such as <c>Decrypt</c>, in upper or lower case; none for any.</summary>
    /// <exception cref="DataProtectionException"><c>InvalidEventName</c>: nothing has such a name, and nothing found could be taken for an answer.</exception>
    public IReadOnlyList<string> EventNames
    {
        get => _eventNames;
        init => (_eventNames, _eventNameSet) = ([.. value.Select(RequireOperation)], Set(value));
    }

    /// <summary>The region that was called, in upper or lower case; null for any.</summary>
    /// <exception cref="DataProtectionException"><c>InvalidRegion</c>.</exception>
    public string? Region
    {
        get => _region;
        init => _region = value is null ? null : AwsRegions.Require(value.ToLowerInvariant());
    }

    /// <summary>
    /// The workflows, by patterns of their ARNs; none for any. A record is of every workflow that one of its encryption contexts
    /// names. Records whose context is withheld name none; <see cref="AuditPattern.Hidden"/> asks for them, and
    /// <see cref="AuditPattern.None"/> for those that are for no workflow, be it without <see cref="AllKmsEvents"/>.
    /// </summary>
    public IReadOnlyList<AuditPattern> Workflows
    {
        get => _workflows.Patterns;
        init => _workflows = new AuditPatternSet(value);
    }

    /// <summary>
    /// The callers, by patterns of what names them: the ARN, the role's ARN, the user name, the principal id or the account; none
    /// for any. <see cref="AuditPattern.None"/> asks for records that name no caller.
    /// </summary>
    public IReadOnlyList<AuditPattern> Principals
    {
        get => _principals.Patterns;
        init => _principals = new AuditPatternSet(value);
    }

    /// <summary>
    /// The AWS services that called for a principal, by patterns such as <c>imagebuilder*</c>; none for any.
    /// <see cref="AuditPattern.None"/> asks for direct calls.
    /// </summary>
    public IReadOnlyList<AuditPattern> InvokedBy
    {
        get => _invokedBy.Patterns;
        init => _invokedBy = new AuditPatternSet(value);
    }

    /// <summary>Whether only calls that were refused for want of permission are wanted.</summary>
    public bool DeniedOnly { get; init; }

    /// <summary>The key, by key ARN or key id; null for any.</summary>
    /// <exception cref="DataProtectionException">
    /// <c>KeyIsAlias</c>: records name keys, and what an alias named then is not known. <c>InvalidKeyId</c>: a part of a key id.
    /// </exception>
    public KeyIdentifier? Key
    {
        get => _key;
        init => _key = value switch
        {
            { IsAlias: true } => throw new DataProtectionException(
                "KeyIsAlias", FailureKind.InvalidArgument, $"\"{value}\" is an alias, but audit records name keys; give the key ARN, which Get-IBWorkflowKey tells."),
            { Resource.Length: not KeyIdLength } => throw new DataProtectionException(
                "InvalidKeyId", FailureKind.InvalidArgument, $"\"{value}\" names no whole key id, which has {KeyIdLength} characters."),
            _ => value,
        };
    }

    /// <summary>Whether only records that name a workflow, or may, are wanted, whatever else is asked for.</summary>
    internal bool NeedsWorkflow => Workflows.Count > 0 ? !_workflows.AsksForNone : !AllKmsEvents && RequestIds.Count + EventIds.Count == 0;

    /// <summary>Whether a record is wanted.</summary>
    public bool Matches(KmsAuditEvent record)
    {
        ArgumentNullException.ThrowIfNull(record);
        return IsOfWorkflow(record) && MatchesOtherwise(record);
    }

    /// <summary>
    /// Whether nothing but a workflow is missing for a record to be wanted, and it is of a refused call without any parameters:
    /// CloudTrail mostly shows none of those, so the call may have been for one.
    /// </summary>
    internal bool MayMatch(KmsAuditEvent record) =>
        record.IsDenied && OfContexts.Contains(record.EventName) && !IsOfWorkflow(record) && record.RequestParameters is null && MatchesOtherwise(record);

    // A context with the name in other case is a slip, and the call was mostly denied for it: whoever looks for denied calls must
    // see it.
    private bool IsOfWorkflow(KmsAuditEvent record) =>
        (!NeedsWorkflow || record.IsEncryptionContextHidden || record.WorkflowArns.Count > 0)
        && (Workflows.Count == 0 || _workflows.IsMatchOfAny(record.WorkflowArns, record.IsEncryptionContextHidden));

    // What must be read from the record's bytes comes last, and only if it is asked for.
    private bool MatchesOtherwise(KmsAuditEvent record) =>
        Times.Contains(record.EventTime)
        && IsAmong(_eventNameSet, record.EventName)
        && (Region is null || Region.Equals(record.AwsRegion, StringComparison.OrdinalIgnoreCase))
        && (!DeniedOnly || record.IsDenied)
        && (InvokedBy.Count == 0 || _invokedBy.IsMatchOfAny([record.InvokedBy]))
        && (RequestIds.Count == 0 || IsAmong(_requestIdSet, record.RequestId))
        && (EventIds.Count == 0 || IsAmong(_eventIdSet, record.EventId))
        && (Principals.Count == 0 || _principals.IsMatchOfAny(record.UserIdentity?.Names ?? []))
        && (Key is null || IsKey(record.KeyArn ?? "", record) || record.KeyNames.Any(name => IsKey(name, record)));

    /// <summary>Reads a record; null for one of another service, and for one that is not wanted.</summary>
    /// <param name="utf8">The record's bytes.</param>
    /// <param name="sourceFile">The file that it is from; null when it is from none.</param>
    /// <param name="onMayMatch">Is called for one that may be wanted (<see cref="MayMatch"/>), which is not returned.</param>
    /// <exception cref="DataProtectionException"><c>InvalidAuditRecord</c>: it is no CloudTrail record of a call. <c>InvalidJson</c>, <c>JsonTooLarge</c>.</exception>
    internal KmsAuditEvent? Select(ReadOnlySpan<byte> utf8, string? sourceFile, Action onMayMatch)
    {
        if (KmsAuditEvent.ReadIfOfKms(utf8, sourceFile) is not { } record)
        {
            return null;
        }

        if (Matches(record))
        {
            return record;
        }

        if (MayMatch(record))
        {
            onMayMatch();
        }

        return null;
    }

    private static string RequireOperation(string name) => name.Length > 0 && name.All(char.IsAsciiLetter)
        ? name
        : throw new DataProtectionException(
            "InvalidEventName", FailureKind.InvalidArgument, $"\"{name}\" is not the name of an operation, such as Decrypt; it has neither wildcard characters nor \"kms:\".");

    private static HashSet<string> Set(IEnumerable<string> texts) => texts.ToHashSet(StringComparer.OrdinalIgnoreCase);

    private static bool IsAmong(HashSet<string> wanted, string? value) => wanted.Count == 0 || (value is not null && wanted.Contains(value));

    // A key id alone is of a key in the region that was called.
    private bool IsKey(string name, KmsAuditEvent record) => Key!.Kind == KeyIdentifierKind.KeyArn
        ? name == Key.Value || (name == Key.Resource && record.AwsRegion == Key.Region)
        : name == Key.Resource || name.EndsWith(":key/" + Key.Resource, StringComparison.Ordinal);
}
