using System.Globalization;
using System.Text;
using System.Text.Json;
using ImageBuilderDataProtection.Json;
using ImageBuilderDataProtection.Kms;
using Newtonsoft.Json.Linq;

namespace ImageBuilderDataProtection.Audit;

/// <summary>
/// A CloudTrail record of a KMS call ("CloudTrail record contents" in the CloudTrail User Guide, and "Logging AWS KMS API
/// calls" in the AWS KMS Developer Guide). It keeps the whole record, elements unknown to it included;
/// <see cref="ToJson"/> gives the same JSON back. Elements that have not the shape that they should have are null. Immutable.
/// </summary>
/// <remarks>
/// A record is kept as its own bytes, with the few texts that records are filtered and grouped by, which records share. The other
/// elements are read from the bytes each time that they are asked for, so what is wanted more than once is best kept in a variable.
/// </remarks>
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

    /// <summary>What errors call a record.</summary>
    internal const string What = "The CloudTrail record";

    // A ReEncrypt has the last two; the destination's is the one that counts from then on.
    private static readonly string[] ContextNames = ["encryptionContext", "destinationEncryptionContext", "sourceEncryptionContext"];

    private readonly byte[] _utf8;
    private readonly RecordText _requestId;
    private readonly RecordText _eventId;

    /// <summary>Takes a record that was composed.</summary>
    /// <exception cref="DataProtectionException"><c>InvalidAuditRecord</c>; <c>JsonTooLarge</c>.</exception>
    internal KmsAuditEvent(JObject record, string? sourceFile = null)
        : this(KmsRecordReader.Read(Encoding.UTF8.GetBytes(StrictJson.Write(record, indented: false)), new ulong[KmsRecordReader.MaxOpenNames]), sourceFile)
    {
    }

    private KmsAuditEvent(KmsRecordReader record, string? sourceFile)
    {
        ReadOnlySpan<byte> utf8 = record.Bytes;
        SourceFile = sourceFile;
        EventName = record.EventName.Read(utf8) ?? throw Invalid("has no eventName");
        EventTime = record.ReadEventTime() ?? throw Invalid("has no eventTime that is a time");
        string source = record.EventSource.Read(utf8) ?? throw Invalid("has no eventSource");
        if (source != KmsEventSource)
        {
            throw Invalid($"is of {source}, not of KMS");
        }

        _utf8 = utf8[record.Start..record.End].ToArray();
        _requestId = record.RequestId.After(record.Start);
        _eventId = record.EventId.After(record.Start);
        AwsRegion = record.AwsRegion.Read(utf8);
        ErrorCode = record.ErrorCode.Read(utf8);
        string? message = record.ErrorMessage.ReadUnique(utf8);
        IsDenied = ErrorCode is not null && IsDenial(ErrorCode, message);
        InvokedBy = record.InvokedBy.Read(utf8);
        Principal = record.CallerArn.Length > 0 ? record.CallerArn.Read(utf8) : UserIdentity?.ToString();
        IsEncryptionContextHidden = record.IsContextHidden;
        string[] workflows = record.ReadWorkflows(out string? workflow);
        WorkflowArn = workflow;
        WorkflowArns = workflows.Length == 0 ? OneLineList<string>.Empty : new OneLineList<string>(workflows);
        KeyArn = record.ResourceKeyArn
            ?? record.ReadKeyArn(record.KeyId)
            ?? record.ReadKeyArn(record.SourceKeyId)
            ?? record.ReadKeyArn(record.TargetKeyId)
            ?? record.ReadKeyArn(record.DestinationKeyId)
            ?? record.ReadKeyArn(record.ResponseKeyId)
            ?? AccessDeniedMessage.KeyArn(message);
    }

    /// <summary>When the call was made, UTC.</summary>
    public DateTime EventTime { get; }

    /// <summary>The operation, such as <c>Decrypt</c>.</summary>
    public string EventName { get; }

    /// <summary>Always <c>kms.amazonaws.com</c>.</summary>
    public string EventSource { get; } = KmsEventSource;

    /// <summary>The version of the record's form, such as <c>1.11</c>.</summary>
    public string? EventVersion => Text("eventVersion"u8);

    /// <summary>
    /// How the record came about: <c>AwsApiCall</c>; <c>AwsServiceEvent</c> for what the service did of itself;
    /// <c>AwsVpceEvent</c> for a call through a VPC endpoint whose owner records network activity.
    /// </summary>
    public string? EventType => Text("eventType"u8);

    /// <summary>The category: <c>Management</c>, <c>Data</c> or <c>NetworkActivity</c>.</summary>
    public string? EventCategory => Text("eventCategory"u8);

    /// <summary>Whether it is a management event.</summary>
    public bool? ManagementEvent => Truth("managementEvent"u8);

    /// <summary>The version of the API that was called.</summary>
    public string? ApiVersion => Text("apiVersion"u8);

    /// <summary>The region that was called.</summary>
    public string? AwsRegion { get; }

    /// <summary>The caller's address, or the name of the AWS service that called.</summary>
    public string? SourceIPAddress => Text("sourceIPAddress"u8);

    /// <summary>The caller's program, or the name of the AWS service that called.</summary>
    public string? UserAgent => Text("userAgent"u8);

    /// <summary>Who called.</summary>
    public AuditUserIdentity? UserIdentity => Object("userIdentity"u8, static identity => new AuditUserIdentity(identity));

    /// <summary>The parameters of the request as plain values; null when CloudTrail shows none.</summary>
    public IReadOnlyDictionary<string, object?>? RequestParameters => Values("requestParameters"u8);

    /// <summary>What the service answered, for operations that change something, as plain values; null when CloudTrail shows nothing.</summary>
    public IReadOnlyDictionary<string, object?>? ResponseElements => Values("responseElements"u8);

    /// <summary>
    /// What is neither of the request nor of the answer, as plain values, such as <c>keyMaterialId</c>, <c>customKeyStoreId</c> or
    /// <c>recipient</c>; null when there is none.
    /// </summary>
    public IReadOnlyDictionary<string, object?>? AdditionalEventData => Values("additionalEventData"u8);

    /// <summary>What made the service act of itself, and what came of it, as plain values; null for a call.</summary>
    public IReadOnlyDictionary<string, object?>? ServiceEventDetails => Values("serviceEventDetails"u8);

    /// <summary>
    /// The encryption context of the call (of a ReEncrypt: the destination's, else the source's); null when there is none
    /// or when it is hidden. What a grant demands of later calls is no context of its own call: see <c>constraints</c> in
    /// <see cref="RequestParameters"/>.
    /// </summary>
    public IReadOnlyDictionary<string, string>? EncryptionContext => Object(
        "requestParameters"u8,
        static request => ContextNames.Select(name => request.Child(name)?.ToTexts()).FirstOrDefault(static context => context is not null));

    /// <summary>
    /// True when CloudTrail withholds an encryption context, be it one of a ReEncrypt's two or one that a grant demands:
    /// <c>HIDDEN_DUE_TO_SECURITY_REASONS</c>.
    /// </summary>
    public bool IsEncryptionContextHidden { get; }

    /// <summary>The error's name when the call was refused or failed, such as <c>AccessDenied</c>; otherwise null.</summary>
    public string? ErrorCode { get; }

    /// <summary>What the error says; otherwise null.</summary>
    public string? ErrorMessage => Text("errorMessage"u8);

    /// <summary>The request id that the caller saw too.</summary>
    public string? RequestId => _requestId.ReadUnique(_utf8);

    /// <summary>The id of this record.</summary>
    public string? EventId => _eventId.ReadUnique(_utf8);

    /// <summary>Whether the operation changes nothing.</summary>
    public bool? ReadOnly => Truth("readOnly"u8);

    /// <summary>The keys and aliases of the call.</summary>
    public IReadOnlyList<AuditResource> Resources => Read<IReadOnlyList<AuditResource>>("resources"u8, static resources => resources.ValueKind == JsonValueKind.Array
        ? new OneLineList<AuditResource>([.. resources.EnumerateArray().Where(static resource => resource.ValueKind == JsonValueKind.Object).Select(static resource => new AuditResource(resource))])
        : null) ?? OneLineList<AuditResource>.Empty;

    /// <summary>The account whose trail holds this record.</summary>
    public string? RecipientAccountId => Text("recipientAccountId"u8);

    /// <summary>The id that the records of one call in two accounts share.</summary>
    public string? SharedEventId => Text("sharedEventID"u8);

    /// <summary>The VPC endpoint that the call came through; null when it came through none.</summary>
    public string? VpcEndpointId => Text("vpcEndpointId"u8);

    /// <summary>The account that owns the VPC endpoint.</summary>
    public string? VpcEndpointAccountId => Text("vpcEndpointAccountId"u8);

    /// <summary>How the connection was secured; null when CloudTrail does not tell.</summary>
    public AuditTlsDetails? TlsDetails => Object("tlsDetails"u8, static details => new AuditTlsDetails(details));

    /// <summary>Whether the call came from a session in the AWS Management Console. CloudTrail says so only when it is true.</summary>
    public bool? SessionCredentialFromConsole => Truth("sessionCredentialFromConsole"u8);

    /// <summary>
    /// With what a trail's owner asked CloudTrail to enrich records: condition keys in <c>requestContext</c> and tags in
    /// <c>tagContext</c>, as plain values.
    /// </summary>
    public IReadOnlyDictionary<string, object?>? EventContext => Values("eventContext"u8);

    /// <summary>The edge device that a call was for, as plain values.</summary>
    public IReadOnlyDictionary<string, object?>? EdgeDeviceDetails => Values("edgeDeviceDetails"u8);

    /// <summary>Why the record came late or was written anew; null for a record that was not.</summary>
    public AuditAddendum? Addendum => Object("addendum"u8, static addendum => new AuditAddendum(addendum));

    /// <summary>
    /// The workflow that the encryption context names under <c>aws:imagebuilder:arn</c> (of a ReEncrypt: the destination's,
    /// else the source's, so that data taken away from a workflow is seen; of a CreateGrant: the one that the grant's constraint
    /// names, since the grant opens that workflow's data); null when none is named.
    /// </summary>
    public string? WorkflowArn { get; }

    /// <summary>
    /// Every workflow that an encryption context of the call names, be it under <c>aws:imagebuilder:arn</c> in wrong case: of a
    /// ReEncrypt the destination's and the source's, of a CreateGrant that in <c>encryptionContextSubset</c> or
    /// <c>encryptionContextEquals</c>. Mostly one; none for calls that are about no workflow.
    /// </summary>
    public IReadOnlyList<string> WorkflowArns { get; }

    /// <summary>
    /// The ARN of the key (of a ReEncrypt: the source key; of a ReplicateKey: the primary key; of a refused call that shows neither
    /// resources nor parameters: the key in its message); null when the record names none.
    /// </summary>
    public string? KeyArn { get; }

    /// <summary>
    /// The ARNs of all keys that the call was about, <see cref="KeyArn"/> first: those among the resources and the parameters, such as
    /// both keys of a ReEncrypt, those in the answer, such as a new replica key, and the one that a refusal names.
    /// </summary>
    public IReadOnlyList<string> KeyArns => new OneLineList<string>([.. KeyNames.Where(static name => Kms.KeyArn.IsKeyArn(name)).Distinct(StringComparer.Ordinal)]);

    /// <summary>Likewise, but whatever is there to name a key by, such as a key id or an alias that the caller gave, and more than once.</summary>
    internal IEnumerable<string> KeyNames
    {
        get
        {
            IEnumerable<string?> ofRequest = Object("requestParameters"u8, static request =>
                new[] { request.Text("keyId"), request.Text("sourceKeyId"), request.Text("targetKeyId"), request.Text("destinationKeyId") }) ?? [];
            IEnumerable<string?> ofResponse = Object("responseElements"u8, static response =>
                new[] { response.Text("keyId"), response.Child("keyMetadata")?.Text("arn"), response.Child("replicaKeyMetadata")?.Text("arn") }) ?? [];
            return Resources.Select(static resource => resource.Arn).Concat(ofRequest).Concat(ofResponse).Append(AccessDeniedMessage.KeyArn(ErrorMessage)).OfType<string>();
        }
    }

    /// <summary>The caller's ARN, or what names the caller best; null when the record does not say who called.</summary>
    public string? Principal { get; }

    /// <summary>The AWS service that called for the principal, such as <c>imagebuilder.amazonaws.com</c>.</summary>
    public string? InvokedBy { get; }

    /// <summary>True when the call was refused for want of permission.</summary>
    public bool IsDenied { get; }

    /// <summary>Whether the caller's credentials were issued with multi-factor authentication; null when the record does not tell.</summary>
    public bool? MfaAuthenticated => UserIdentity?.SessionContext?.MfaAuthenticated;

    /// <summary>The TLS version of the connection, such as <c>TLSv1.3</c>; null when the record does not tell.</summary>
    public string? TlsVersion => TlsDetails?.TlsVersion;

    /// <summary>
    /// True when this is what the client that made the call knows of it, and not what CloudTrail or a local KMS recorded:
    /// elements that only the service knows are missing, and the time is that of the client's clock.
    /// </summary>
    public bool IsClientView => Truth("clientView"u8) ?? false;

    /// <summary>The file that the record was read from; null when it was not read from one.</summary>
    public string? SourceFile { get; }

    /// <summary>Reads one record.</summary>
    /// <param name="json">The record, one JSON object.</param>
    /// <exception cref="JsonSyntaxException">The text is not JSON.</exception>
    /// <exception cref="DataProtectionException">
    /// <c>InvalidAuditRecord</c>: it is JSON, but no CloudTrail record of a KMS call; <c>JsonTooLarge</c>: it is longer than
    /// <see cref="MaxRecordBytes"/>.
    /// </exception>
    public static KmsAuditEvent Parse(string json) => Parse(json, sourceFile: null);

    /// <summary>Likewise, a record that was once read from a file.</summary>
    /// <param name="json">The record, one JSON object.</param>
    /// <param name="sourceFile">The file; null when it was read from none.</param>
    /// <inheritdoc cref="Parse(string)" path="/exception"/>
    public static KmsAuditEvent Parse(string json, string? sourceFile)
    {
        ArgumentNullException.ThrowIfNull(json);
        return Read(StrictJson.Encode(json, What, MaxRecordBytes), sourceFile);
    }

    /// <summary>The CloudTrail record, indented.</summary>
    public string ToJson() => StrictJson.Write(ToJObject(), indented: true);

    /// <summary>The time, the operation, the principal and the error if any, on one line.</summary>
    public override string ToString() =>
        TerminalText.Line($"{EventTime.ToString(JsonElements.TimeFormat, CultureInfo.InvariantCulture)} {EventName} {Principal} {ErrorCode ?? "succeeded"}");

    /// <summary>Reads one record.</summary>
    /// <param name="utf8">The record's bytes; a byte order mark and white space around it are passed over.</param>
    /// <param name="sourceFile">The file that it is from.</param>
    /// <inheritdoc cref="Parse(string)" path="/exception"/>
    internal static KmsAuditEvent Read(ReadOnlySpan<byte> utf8, string? sourceFile = null) =>
        new(KmsRecordReader.Read(utf8, stackalloc ulong[KmsRecordReader.MaxOpenNames]), sourceFile);

    /// <summary>Likewise, but the answer for a record of another service, or of no call, is null.</summary>
    /// <inheritdoc cref="Read"/>
    internal static KmsAuditEvent? ReadIfOfKms(ReadOnlySpan<byte> utf8, string? sourceFile = null)
    {
        KmsRecordReader record = KmsRecordReader.Read(utf8, stackalloc ulong[KmsRecordReader.MaxOpenNames]);
        return record.IsOfNoKmsCall() ? null : new KmsAuditEvent(record, sourceFile);
    }

    /// <summary>How many bytes the record has.</summary>
    internal int ByteCount => _utf8.Length;

    /// <summary>The file of CloudTrail's form that holds this record alone.</summary>
    internal byte[] ToTrailFile() => [.. "{\"Records\":["u8, .. _utf8, .. "]}"u8];

    private static bool IsDenial(string code, string? message) =>
        code.Contains("AccessDenied", StringComparison.Ordinal)
        || code.EndsWith("UnauthorizedOperation", StringComparison.Ordinal)
        || AccessDeniedMessage.Is(message);

    private static DataProtectionException Invalid(string reason) =>
        new("InvalidAuditRecord", FailureKind.InvalidData, $"{What} {reason}.");

    /// <summary>A parameter of the request as a plain value, by its exact name, by which alone KMS knows it; null when the record shows none.</summary>
    internal object? RequestParameter(string name) => Object("requestParameters"u8, request => request.Value(name));

    private JObject ToJObject() => StrictJson.ParseObject(_utf8, What, MaxRecordBytes);

    private string? Text(ReadOnlySpan<byte> name) => Find(name, out Utf8JsonReader reader) && reader.TokenType == JsonTokenType.String ? reader.GetString() : null;

    private bool? Truth(ReadOnlySpan<byte> name) => Read(name, static value => value.ToTruth());

    private IReadOnlyDictionary<string, object?>? Values(ReadOnlySpan<byte> name) => Object(name, static value => value.ToValues());

    private T? Object<T>(ReadOnlySpan<byte> name, Func<JsonElement, T?> read)
        where T : class =>
        Read(name, value => value.ValueKind == JsonValueKind.Object ? read(value) : null);

    // Reads an element of the record; the answer is the type's default when it is missing.
    private T? Read<T>(ReadOnlySpan<byte> name, Func<JsonElement, T?> read)
    {
        if (!Find(name, out Utf8JsonReader reader))
        {
            return default;
        }

        int start = (int)reader.TokenStartIndex;
        reader.Skip();
        using var element = JsonDocument.Parse(_utf8.AsMemory(start, (int)reader.BytesConsumed - start));
        return read(element.RootElement);
    }

    // Goes to the value of an element of the record.
    private bool Find(ReadOnlySpan<byte> name, out Utf8JsonReader reader)
    {
        reader = new Utf8JsonReader(_utf8);
        for (reader.Read(); reader.Read() && reader.TokenType == JsonTokenType.PropertyName; reader.Skip())
        {
            bool isFound = reader.ValueTextEquals(name);
            reader.Read();
            if (isFound)
            {
                return true;
            }
        }

        return false;
    }
}
