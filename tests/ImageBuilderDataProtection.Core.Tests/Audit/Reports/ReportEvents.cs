using System.Globalization;
using ImageBuilderDataProtection.Audit;
using Newtonsoft.Json.Linq;

namespace ImageBuilderDataProtection.Tests.Audit.Reports;

/// <summary>Events as the tests of reports need them.</summary>
internal static class ReportEvents
{
    public static DateTime Time { get; } = new(2026, 9, 1, 8, 0, 0, DateTimeKind.Utc);

    /// <summary>An event of which every text is this one; a denied call.</summary>
    public static KmsAuditEvent AllOf(string text, DateTime? time = null)
    {
        var identity = new JObject { ["type"] = text, ["arn"] = text, ["invokedBy"] = text };
        var request = new JObject { ["encryptionContext"] = new JObject { ["aws:imagebuilder:arn"] = text } };
        JObject record = Record(time ?? Time, text, identity, request);
        foreach (string name in (string[])["awsRegion", "sourceIPAddress", "userAgent", "errorMessage", "requestID", "eventID", "recipientAccountId"])
        {
            record[name] = text;
        }

        record["errorCode"] = "AccessDenied" + text;
        return new KmsAuditEvent(record, sourceFile: text);
    }

    /// <summary>An event.</summary>
    public static KmsAuditEvent Of(
        DateTime time, string operation = "Decrypt", string? workflow = null, string principal = "arn:aws:iam::111122223333:role/Builder", string? error = null, string? id = null)
    {
        var request = new JObject();
        if (workflow is not null)
        {
            request["encryptionContext"] = new JObject { ["aws:imagebuilder:arn"] = workflow };
        }

        JObject record = Record(time, operation, new JObject { ["type"] = "Role", ["arn"] = principal }, request);
        record["awsRegion"] = "us-west-2";
        record["recipientAccountId"] = "111122223333";
        record["eventID"] = id ?? "11111111-2222-3333-4444-555555555555";
        if (error is not null)
        {
            record["errorCode"] = error;
        }

        return new KmsAuditEvent(record);
    }

    private static JObject Record(DateTime time, string operation, JObject identity, JObject request) => new()
    {
        ["userIdentity"] = identity,
        ["eventTime"] = time.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture),
        ["eventSource"] = "kms.amazonaws.com",
        ["eventName"] = operation,
        ["requestParameters"] = request,
    };
}
