using System.Globalization;
using Newtonsoft.Json.Linq;

namespace ImageBuilderDataProtection.Audit;

/// <summary>
/// Composes a record, with the elements in the order in which CloudTrail writes them ("CloudTrail record contents" in the
/// CloudTrail User Guide; "Examples of AWS KMS log entries" in the AWS KMS Developer Guide).
/// </summary>
internal sealed record KmsAuditEventBuilder
{
    /// <summary>The version of records without <c>additionalEventData.keyMaterialId</c>.</summary>
    private const string EventVersion = "1.08";

    /// <summary>The version in which AWS KMS began to tell the key material.</summary>
    private const string KeyMaterialEventVersion = "1.11";

    public required JObject UserIdentity { get; init; }

    public required DateTimeOffset EventTime { get; init; }

    public required string EventName { get; init; }

    public required string AwsRegion { get; init; }

    public required string SourceIPAddress { get; init; }

    public required string UserAgent { get; init; }

    public string? ErrorCode { get; init; }

    public string? ErrorMessage { get; init; }

    public JObject? RequestParameters { get; init; }

    public JObject? ResponseElements { get; init; }

    public JObject? AdditionalEventData { get; init; }

    /// <summary>Null for what the service did of itself.</summary>
    public string? RequestId { get; init; }

    public required bool ReadOnly { get; init; }

    public IReadOnlyList<AuditResource> Resources { get; init; } = [];

    public required string RecipientAccountId { get; init; }

    public JObject? ServiceEventDetails { get; init; }

    public string? SharedEventId { get; init; }

    /// <summary>Makes the record; its <c>eventID</c> is new each time.</summary>
    public KmsAuditEvent Build()
    {
        var record = new JObject
        {
            ["eventVersion"] = AdditionalEventData is null ? EventVersion : KeyMaterialEventVersion,
            ["userIdentity"] = UserIdentity.DeepClone(),
            ["eventTime"] = EventTime.UtcDateTime.ToString(JsonElements.TimeFormat, CultureInfo.InvariantCulture),
            ["eventSource"] = KmsAuditEvent.KmsEventSource,
            ["eventName"] = EventName,
            ["awsRegion"] = AwsRegion,
            ["sourceIPAddress"] = SourceIPAddress,
            ["userAgent"] = UserAgent,
        };
        AddUnlessNull(record, "errorCode", ErrorCode);
        AddUnlessNull(record, "errorMessage", ErrorMessage);
        record["requestParameters"] = RequestParameters?.DeepClone() ?? JValue.CreateNull();
        record["responseElements"] = ResponseElements?.DeepClone() ?? JValue.CreateNull();
        AddUnlessNull(record, "additionalEventData", AdditionalEventData?.DeepClone());
        AddUnlessNull(record, "requestID", RequestId);
        record["eventID"] = Guid.NewGuid().ToString();
        record["readOnly"] = ReadOnly;
        AddUnlessNull(record, "resources", Resources.Count == 0 ? null : new JArray(Resources.Select(static resource => new JObject
        {
            ["accountId"] = resource.AccountId,
            ["type"] = resource.Type,
            ["ARN"] = resource.Arn,
        })));
        record["eventType"] = RequestId is null ? "AwsServiceEvent" : "AwsApiCall";
        record["managementEvent"] = true;
        record["recipientAccountId"] = RecipientAccountId;
        AddUnlessNull(record, "serviceEventDetails", ServiceEventDetails?.DeepClone());
        AddUnlessNull(record, "sharedEventID", SharedEventId);
        record["eventCategory"] = "Management";
        return new KmsAuditEvent(record);
    }

    private static void AddUnlessNull(JObject record, string name, JToken? value)
    {
        // A null string has become a value of null on its way here.
        if (value is not (null or JValue { Value: null }))
        {
            record[name] = value;
        }
    }
}
