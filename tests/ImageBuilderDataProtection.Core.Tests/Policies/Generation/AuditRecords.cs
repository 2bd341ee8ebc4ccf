using ImageBuilderDataProtection.Audit;
using ImageBuilderDataProtection.Kms;
using Newtonsoft.Json.Linq;

namespace ImageBuilderDataProtection.Tests.Policies.Generation;

/// <summary>CloudTrail records of KMS calls, as tests of policies made from them need them.</summary>
internal static class AuditRecords
{
    public const string Role = "arn:aws:iam::111122223333:role/builds/Builder";
    public const string Root = "arn:aws:iam::111122223333:root";
    public const string Key = "arn:aws:kms:us-west-2:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab";
    public const string OtherKey = "arn:aws:kms:us-west-2:111122223333:key/0987dcba-09fe-87dc-65ba-ab0987654321";
    public const string Workflow = "arn:aws:imagebuilder:us-west-2:111122223333:workflow/build/web/1.0.0/*";

    /// <summary>A call by a role's session, a user or an account root.</summary>
    public static JObject Call(string eventName, string principal = Role, string? workflow = Workflow, bool viaImageBuilder = false, string? error = null, string? key = Key, params string[] otherNames)
    {
        JObject record = Empty(eventName, principal, viaImageBuilder, error);
        record["requestParameters"] = new JObject { ["keyId"] = key ?? "alias/ExampleKMSKey" };
        if (workflow is not null)
        {
            record["requestParameters"]!["encryptionContext"] = Context(workflow, otherNames);
        }

        record["resources"] = new JArray(Resources(key));
        return record;
    }

    /// <summary>A ReEncrypt by a role's session or a user.</summary>
    public static JObject ReEncrypt(string principal, string from, string to, string fromKey = Key, string toKey = Key)
    {
        JObject record = Empty("ReEncrypt", principal, viaImageBuilder: false, error: null);
        record["requestParameters"] = new JObject
        {
            ["sourceEncryptionContext"] = Context(from),
            ["destinationKeyId"] = KeyArn.Parse(toKey).KeyId,
            ["destinationEncryptionContext"] = Context(to),
        };
        record["resources"] = new JArray(Resources(fromKey).Concat(Resources(toKey)));
        return record;
    }

    /// <summary>The record as an event.</summary>
    public static KmsAuditEvent ToEvent(this JObject record) => KmsAuditEvent.Parse(record.ToString());

    /// <summary>The record with an element changed.</summary>
    public static JObject With(this JObject record, string path, JToken? value)
    {
        string[] names = path.Split('.');
        var parent = (JObject)names[..^1].Aggregate((JToken)record, static (token, name) => token[name]!);
        parent[names[^1]] = value;
        return record;
    }

    private static JObject Empty(string eventName, string principal, bool viaImageBuilder, string? error)
    {
        string account = principal.Split(':')[4];
        string name = principal.Split('/')[^1];
        JObject identity = principal.Contains(":role/", StringComparison.Ordinal)
            ? new JObject
            {
                ["type"] = "AssumedRole",
                ["arn"] = $"arn:aws:sts::{account}:assumed-role/{name}/session",
                ["accountId"] = account,
                ["sessionContext"] = new JObject { ["sessionIssuer"] = new JObject { ["type"] = "Role", ["arn"] = principal } },
            }
            : new JObject { ["type"] = principal.EndsWith(":root", StringComparison.Ordinal) ? "Root" : "IAMUser", ["arn"] = principal, ["accountId"] = account };
        if (viaImageBuilder)
        {
            identity["invokedBy"] = "imagebuilder.amazonaws.com";
        }

        var record = new JObject
        {
            ["eventVersion"] = "1.08",
            ["userIdentity"] = identity,
            ["eventTime"] = "2024-05-01T10:20:30Z",
            ["eventSource"] = "kms.amazonaws.com",
            ["eventName"] = eventName,
            ["awsRegion"] = "us-west-2",
            ["eventID"] = "11111111-2222-3333-4444-555555555555",
            ["recipientAccountId"] = account,
        };
        if (error is not null)
        {
            record["errorCode"] = error;
        }

        return record;
    }

    private static JObject Context(string workflow, params string[] otherNames)
    {
        var context = new JObject { ["aws:imagebuilder:arn"] = workflow, ["aws-crypto-public-key"] = "A1b2" };
        foreach (string name in otherNames)
        {
            context[name] = "value";
        }

        return context;
    }

    private static IEnumerable<JObject> Resources(string? key) => key is null
        ? []
        : [new JObject { ["accountId"] = key.Split(':')[4], ["type"] = "AWS::KMS::Key", ["ARN"] = key }];
}
