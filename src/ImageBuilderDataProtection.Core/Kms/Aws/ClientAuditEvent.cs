using System.Globalization;
using ImageBuilderDataProtection.Audit;
using Newtonsoft.Json.Linq;

namespace ImageBuilderDataProtection.Kms.Aws;

/// <summary>
/// Composes what the client knows of a call in the shape of CloudTrail's record, so that both can be put side by side. It
/// holds only what was sent, answered or asked for; CloudTrail's own elements, such as <c>eventID</c> and
/// <c>sourceIPAddress</c>, are not there, and <see cref="KmsAuditEvent.ClientViewElement"/> says whose view it is.
/// </summary>
internal sealed record ClientAuditEvent
{
    private const string KeyType = "AWS::KMS::Key";

    public required string EventName { get; init; }

    public required DateTimeOffset EventTime { get; init; }

    public required string AwsRegion { get; init; }

    public required JObject UserIdentity { get; init; }

    public required JObject RequestParameters { get; init; }

    public string? UserAgent { get; init; }

    public string? RequestId { get; init; }

    public KeyArn? Key { get; init; }

    public string? ErrorCode { get; init; }

    public string? ErrorMessage { get; init; }

    /// <summary>Makes the record.</summary>
    public KmsAuditEvent Build()
    {
        var record = new JObject
        {
            [KmsAuditEvent.ClientViewElement] = true,
            ["userIdentity"] = UserIdentity,
            ["eventTime"] = EventTime.UtcDateTime.ToString(JsonElements.TimeFormat, CultureInfo.InvariantCulture),
            ["eventSource"] = KmsAuditEvent.KmsEventSource,
            ["eventName"] = EventName,
            ["awsRegion"] = AwsRegion,
        };
        Add("userAgent", UserAgent);
        Add("errorCode", ErrorCode);
        Add("errorMessage", ErrorMessage);
        record["requestParameters"] = RequestParameters;
        Add("requestID", RequestId);
        if (Key is not null)
        {
            record["resources"] = new JArray(new JObject { ["accountId"] = Key.Account, ["type"] = KeyType, ["ARN"] = Key.Value });
        }

        return new KmsAuditEvent(record);

        void Add(string name, string? value)
        {
            if (value is not null)
            {
                record[name] = value;
            }
        }
    }
}
