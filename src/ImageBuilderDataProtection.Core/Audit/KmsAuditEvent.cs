using System.Collections.ObjectModel;
using System.Text;
using ImageBuilderDataProtection.Json;
using ImageBuilderDataProtection.Kms;
using Newtonsoft.Json.Linq;

namespace ImageBuilderDataProtection.Audit;

/// <summary>
/// A CloudTrail record of a KMS call ("CloudTrail record contents" in the CloudTrail User Guide, and "Logging AWS KMS API
/// calls" in the AWS KMS Developer Guide). It keeps the whole record, elements unknown to it included;
/// <see cref="ToJson"/> gives the same JSON back. Immutable.
/// </summary>
public sealed class KmsAuditEvent
{
    /// <summary>The source of every KMS record: <c>kms.amazonaws.com</c>.</summary>
    public const string KmsEventSource = "kms.amazonaws.com";

    /// <summary>The size limit of a record, in bytes. CloudTrail's own is 1 MiB ("Quotas in AWS CloudTrail").</summary>
    public const int MaxRecordBytes = 4 * 1024 * 1024;

    /// <summary>What CloudTrail shows in place of parameters that it withholds.</summary>
    public const string Hidden = "HIDDEN_DUE_TO_SECURITY_REASONS";

    /// <summary>The element, true, that marks a record as the client's view. CloudTrail has no such element.</summary>
    public const string ClientViewElement = "clientView";

    // A ReEncrypt has the last two; the destination's is the one that counts from then on.
    private static readonly string[] ContextNames = ["encryptionContext", "destinationEncryptionContext", "sourceEncryptionContext"];

    private readonly JObject _record;

    internal KmsAuditEvent(JObject record, string? sourceFile = null)
    {
        _record = record;
        SourceFile = sourceFile;
        EventName = record.Text("eventName") ?? throw Invalid("has no eventName");
        EventTime = record.Time("eventTime") ?? throw Invalid("has no eventTime that is a time");
        EventSource = record.Text("eventSource") ?? throw Invalid("has no eventSource");
        if (EventSource != KmsEventSource)
        {
            throw Invalid($"is of {EventSource}, not of KMS");
        }

        var request = record["requestParameters"] as JObject;
        RequestParameters = record.Values("requestParameters");
        ReadOnlyDictionary<string, string>[] contexts = [.. ContextNames.Select(name => request?.Texts(name)).OfType<ReadOnlyDictionary<string, string>>()];
        EncryptionContext = contexts.FirstOrDefault();
        IsEncryptionContextHidden = record.Text("requestParameters") == Hidden || ContextNames.Any(name => request?.Text(name) == Hidden);
        WorkflowArn = contexts.Select(static context => context.GetValueOrDefault(Kms.EncryptionContext.WorkflowArnKey)).FirstOrDefault(static arn => arn is not null);
        WorkflowArns = Array.AsReadOnly(contexts.SelectMany(static context => context)
            .Where(static pair => pair.Key.Equals(Kms.EncryptionContext.WorkflowArnKey, StringComparison.OrdinalIgnoreCase))
            .Select(static pair => pair.Value).Distinct(StringComparer.Ordinal).ToArray());
        UserIdentity = record["userIdentity"] is JObject identity ? new AuditUserIdentity(identity) : null;
        Resources = record["resources"] is JArray resources
            ? Array.AsReadOnly(resources.OfType<JObject>().Select(static resource =>
                new AuditResource(resource.Text("accountId"), resource.Text("type"), resource.Text("ARN"))).ToArray())
            : [];
        KeyArn = Resources.Select(static resource => resource.Arn)
            .Concat([request?.Text("keyId"), request?.Text("targetKeyId"), request?.Text("destinationKeyId")])
            .FirstOrDefault(static arn => Kms.KeyArn.TryParse(arn, out _));
    }

    /// <summary>When the call was made, UTC.</summary>
    public DateTime EventTime { get; }

    /// <summary>The operation, such as <c>Decrypt</c>.</summary>
    public string EventName { get; }

    /// <summary>Always <c>kms.amazonaws.com</c>.</summary>
    public string EventSource { get; }

    /// <summary>The region that was called.</summary>
    public string? AwsRegion => _record.Text("awsRegion");

    /// <summary>The caller's address, or the name of the AWS service that called.</summary>
    public string? SourceIPAddress => _record.Text("sourceIPAddress");

    /// <summary>The caller's program, or the name of the AWS service that called.</summary>
    public string? UserAgent => _record.Text("userAgent");

    /// <summary>Who called.</summary>
    public AuditUserIdentity? UserIdentity { get; }

    /// <summary>The parameters of the request as plain values; null when CloudTrail shows none.</summary>
    public IReadOnlyDictionary<string, object?>? RequestParameters { get; }

    /// <summary>
    /// The encryption context of the call (of a ReEncrypt: the destination's, else the source's); null when there is none
    /// or when it is hidden.
    /// </summary>
    public IReadOnlyDictionary<string, string>? EncryptionContext { get; }

    /// <summary>
    /// True when CloudTrail withholds the encryption context (of a ReEncrypt: either one):
    /// <c>HIDDEN_DUE_TO_SECURITY_REASONS</c>.
    /// </summary>
    public bool IsEncryptionContextHidden { get; }

    /// <summary>The error's name when the call was refused or failed, such as <c>AccessDenied</c>; otherwise null.</summary>
    public string? ErrorCode => _record.Text("errorCode");

    /// <summary>What the error says; otherwise null.</summary>
    public string? ErrorMessage => _record.Text("errorMessage");

    /// <summary>The request id that the caller saw too.</summary>
    public string? RequestId => _record.Text("requestID");

    /// <summary>The id of this record.</summary>
    public string? EventId => _record.Text("eventID");

    /// <summary>Whether the operation changes nothing.</summary>
    public bool? ReadOnly => _record.Truth("readOnly");

    /// <summary>The keys and aliases of the call.</summary>
    public IReadOnlyList<AuditResource> Resources { get; }

    /// <summary>The account whose trail holds this record.</summary>
    public string? RecipientAccountId => _record.Text("recipientAccountId");

    /// <summary>The id that the records of one call in two accounts share.</summary>
    public string? SharedEventId => _record.Text("sharedEventID");

    /// <summary>The VPC endpoint that the call came through; null when it came through none.</summary>
    public string? VpcEndpointId => _record.Text("vpcEndpointId");

    /// <summary>
    /// The workflow that the encryption context names under <c>aws:imagebuilder:arn</c> (of a ReEncrypt: the destination's,
    /// else the source's, so that data taken away from a workflow is seen); null when none is named.
    /// </summary>
    public string? WorkflowArn { get; }

    /// <summary>
    /// Every workflow that an encryption context of the call names, be it under <c>aws:imagebuilder:arn</c> in wrong case: of a
    /// ReEncrypt the destination's and the source's. Mostly one; none for calls that are about no workflow.
    /// </summary>
    public IReadOnlyList<string> WorkflowArns { get; }

    /// <summary>The ARN of the key (of a ReEncrypt: the source key); null when the record names none.</summary>
    public string? KeyArn { get; }

    /// <summary>The caller's ARN, or what names the caller best.</summary>
    public string? Principal => UserIdentity?.ToString();

    /// <summary>The AWS service that called for the principal, such as <c>imagebuilder.amazonaws.com</c>.</summary>
    public string? InvokedBy => UserIdentity?.InvokedBy;

    /// <summary>True when the call was refused for want of permission.</summary>
    public bool IsDenied =>
        ErrorCode is { } code &&
        (code.StartsWith("AccessDenied", StringComparison.Ordinal) ||
            code.EndsWith("UnauthorizedOperation", StringComparison.Ordinal) ||
            (ErrorMessage?.Contains("is not authorized to perform", StringComparison.Ordinal) ?? false));

    /// <summary>
    /// True when this is what the client that made the call knows of it, and not what CloudTrail or a local KMS recorded:
    /// elements that only the service knows are missing, and the time is that of the client's clock.
    /// </summary>
    public bool IsClientView => _record.Truth(ClientViewElement) ?? false;

    /// <summary>The file that the record was read from; null when it was not read from one.</summary>
    public string? SourceFile { get; }

    /// <summary>Reads one record.</summary>
    /// <param name="json">The record, one JSON object.</param>
    /// <exception cref="JsonSyntaxException">The text is not JSON.</exception>
    /// <exception cref="DataProtectionException">
    /// <c>InvalidAuditRecord</c>: it is JSON, but no CloudTrail record of a KMS call; <c>JsonTooLarge</c>: it is longer than
    /// <see cref="MaxRecordBytes"/>.
    /// </exception>
    public static KmsAuditEvent Parse(string json)
    {
        ArgumentNullException.ThrowIfNull(json);
        return new KmsAuditEvent(StrictJson.ParseObject(json, "The CloudTrail record", MaxRecordBytes));
    }

    /// <summary>The CloudTrail record, indented.</summary>
    public string ToJson() => StrictJson.Write(_record, indented: true);

    /// <summary>The time, the operation, the principal and the error if any, on one line.</summary>
    public override string ToString() =>
        $"{EventTime.ToString(JsonElements.TimeFormat, System.Globalization.CultureInfo.InvariantCulture)} {EventName} {Principal} {ErrorCode ?? "succeeded"}";

    /// <summary>The file of CloudTrail's form that holds this record alone.</summary>
    internal byte[] ToTrailFile() =>
        Encoding.UTF8.GetBytes(StrictJson.Write(new JObject(new JProperty("Records", new JArray(_record.DeepClone()))), indented: false));

    private static DataProtectionException Invalid(string reason) =>
        new("InvalidAuditRecord", FailureKind.InvalidData, $"The CloudTrail record {reason}.");
}
