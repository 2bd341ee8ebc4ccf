using CsCheck;
using ImageBuilderDataProtection.Audit;
using ImageBuilderDataProtection.Kms;
using Newtonsoft.Json.Linq;

namespace ImageBuilderDataProtection.Tests.Audit.Queries;

/// <summary>Records and filters made of the same few values, so that they meet, among them values that SQL could mistake.</summary>
internal static class AuditQueryCases
{
    private const string KeyId = "1234abcd-12ab-34cd-56ef-1234567890ab";
    private const string KeyArn = "arn:aws:kms:us-west-2:111122223333:key/" + KeyId;

    private static readonly DateTime Start = new(2026, 3, 1, 23, 59, 58, DateTimeKind.Utc);

    private static readonly string[] Texts =
    [
        "workflow/build/web/1.0.0/1", "Workflow/BUILD/web/1.0.0/2", "a'b", "a''b", "100%", "100x", "a_b", "acb", @"a\b", @"a\%b", "x--y", "/*", "*/", "*", "?", "", " ",
        "line\nbreak", "tab\t", "\u202Eover", "Σσ", "σς", "é", "É", "\"", ";", "NULL", "(none)", "HIDDEN_DUE_TO_SECURITY_REASONS",
    ];

    private static readonly string[] Names = ["aws:imagebuilder:arn", "aws:ImageBuilder:ARN", "purpose"];
    private static readonly string[] Keys = [KeyArn, KeyArn.Replace("us-west-2", "eu-west-1", StringComparison.Ordinal), KeyArn + "0", KeyId, "alias/x"];
    private static readonly string[] Events = ["Decrypt", "decrypt", "ReEncrypt"];
    private static readonly string?[] Errors = [null, null, "AccessDenied", "KMS.AccessDenied", "Accessdenied", "Client.UnauthorizedOperation", "DisabledException"];
    private static readonly string?[] Messages =
    [
        null, "User: x is not authorized to perform: kms:Decrypt", "other", Refusal(KeyArn), Refusal(KeyArn) + " because no policy allows it", Refusal(KeyArn + ","), Refusal(KeyArn) + "\n",
        Refusal("*") + Refusal(KeyArn), Refusal(""),
    ];

    private static readonly Gen<string> Text = Gen.OneOf(Texts);

    private static string Refusal(string resource) => $"User: x is not authorized to perform: kms:Decrypt on resource: {resource}";

    private static readonly Gen<JToken> Context = Gen.Frequency(
        (1, Gen.Const<JToken>(JValue.CreateNull())),
        (1, Gen.Const<JToken>(KmsAuditEvent.Hidden)),
        (4, Gen.Select(Gen.OneOf(Names), Text, Gen.OneOf(Names), Text, static JToken (first, value, second, other) =>
            new JObject { [first] = value, [second] = other })));

    private static readonly Gen<JToken> Parameters = Gen.Frequency(
        (1, Gen.Const<JToken>(JValue.CreateNull())),
        (1, Gen.Const<JToken>(KmsAuditEvent.Hidden)),
        (6, Gen.Select(Gen.Int[0, 4], Context, Context, Gen.OneOf(Keys), Gen.Int[0, 4], static JToken (kind, one, two, key, names) =>
        {
            var parameters = new JObject();
            parameters[names switch { 0 => "keyId", 1 => "targetKeyId", 2 => "destinationKeyId", 3 => "sourceKeyId", _ => "other" }] = key;
            if (kind == 0)
            {
                parameters["encryptionContext"] = one.DeepClone();
            }
            else if (kind == 1)
            {
                parameters["constraints"] = new JObject { ["encryptionContextSubset"] = one.DeepClone(), ["encryptionContextEquals"] = two.DeepClone() };
            }
            else if (kind == 2)
            {
                parameters["constraints"] = one.Type == JTokenType.String ? KmsAuditEvent.Hidden : null;
            }
            else
            {
                parameters["sourceEncryptionContext"] = one.DeepClone();
                parameters["destinationEncryptionContext"] = two.DeepClone();
            }

            return parameters;
        })));

    private static readonly Gen<JToken?> Identity = Gen.Frequency(
        (1, Gen.Const((JToken?)null)),
        (5, Gen.Select(Text, Text, Text, Text, Gen.Int[0, 511], static JToken? (arn, issuer, name, service, which) => new JObject
        {
            ["type"] = (which & 3) switch { 0 => "AssumedRole", 1 => "FederatedUser", 2 => "AWSService", _ => null },
            [(which & 4) == 0 ? "arn" : "principalId"] = (which & 12) == 4 ? "AROA:" + arn : arn,
            [(which & 16) == 0 ? "userName" : "accountId"] = name,
            [(which & 32) == 0 ? "invokedBy" : "identityProvider"] = service,
            ["onBehalfOf"] = (which & 64) == 0 ? null : new JObject { ["userId"] = issuer },
            ["sessionContext"] = (which & 128) == 0
                ? new JObject { ["sourceIdentity"] = issuer }
                : new JObject { ["sessionIssuer"] = new JObject { [(which & 256) == 0 ? "arn" : "userName"] = issuer } },
        })));

    private static readonly Gen<JToken?> Resources = Gen.Frequency(
        (1, Gen.Const((JToken?)null)),
        (4, Gen.OneOf(Keys).Array[0, 2].Select(static JToken? (arns) => new JArray(arns.Select(static arn => new JObject { ["ARN"] = arn })))));

    private static readonly Gen<JToken?> Response = Gen.Frequency(
        (2, Gen.Const((JToken?)null)),
        (1, Gen.Select(Gen.OneOf(Keys), Gen.Int[0, 2], static JToken? (key, kind) => kind switch
        {
            0 => new JObject { ["keyId"] = key },
            1 => new JObject { ["keyMetadata"] = new JObject { ["arn"] = key } },
            _ => new JObject { ["replicaKeyMetadata"] = new JObject { ["arn"] = key } },
        })));

    private static readonly Gen<AuditPattern> Pattern = Gen.Select(Text, Gen.Int[-2, 5], static (text, kind) => new AuditPattern(kind switch
    {
        -2 => AuditPattern.None,
        -1 => AuditPattern.Hidden,
        0 => "*",
        1 => text + "*",
        2 => "*" + text[(text.Length / 2)..],
        3 when text.Length > 0 && !char.IsSurrogate(text[^1]) => text[..^1] + "?",
        4 => text.ToUpperInvariant(),
        _ => text,
    }));

    /// <summary>CloudTrail records, some of them not of KMS.</summary>
    public static readonly Gen<JObject> Record = Gen.Select(
        Gen.Select(Gen.Int[0, 3], Gen.Int[0, 9], Gen.OneOf(Events), Gen.OneOf(Errors), Gen.OneOf(Messages)),
        Gen.Select(Parameters, Identity, Resources, Text, Text, Response),
        static (call, rest) =>
        {
            var record = new JObject
            {
                ["eventTime"] = Start.AddSeconds(call.Item1).ToString(JsonElements.TimeFormat, System.Globalization.CultureInfo.InvariantCulture),
                ["eventSource"] = call.Item2 == 0 ? "s3.amazonaws.com" : KmsAuditEvent.KmsEventSource,
                ["eventName"] = call.Item3,
                ["awsRegion"] = call.Item2 % 2 == 0 ? "us-west-2" : "eu-west-1",
                ["requestParameters"] = rest.Item1.DeepClone(),
                ["requestID"] = rest.Item4,
            };
            Add(record, "eventID", call.Item2 == 5 ? null : (JToken)rest.Item5);
            Add(record, "errorCode", call.Item4);
            Add(record, "errorMessage", call.Item5);
            Add(record, "userIdentity", rest.Item2);
            Add(record, "resources", rest.Item3);
            Add(record, "responseElements", rest.Item6);
            return record;
        });

    /// <summary>Filters of one or a few conditions.</summary>
    public static readonly Gen<AuditFilter> Filter = Gen.Select(
        Gen.Int[0, 511],
        Gen.Select(Gen.Int[-1, 4], Gen.Int[0, 2], Gen.Int[0, 5]),
        Gen.Select(Pattern.Array[1, 2], Pattern.Array[1, 2], Pattern.Array[1, 2]),
        Gen.Select(Text.Array[1, 2], Text.Array[1, 2], Gen.OneOf(Events).Array[1, 2], Gen.OneOf(Keys[0], Keys[1], KeyId)),
        static (which, numbers, patterns, texts) => new AuditFilter
        {
            AllKmsEvents = (which & 1) != 0,
            DeniedOnly = (which & 14) == 2,
            Times = (which & 48) switch
            {
                16 => AuditTimeRange.Between(Start.AddSeconds(numbers.Item1), null),
                32 => AuditTimeRange.Between(null, Start.AddSeconds(numbers.Item1).AddMilliseconds(numbers.Item3 * 150)),
                48 => AuditTimeRange.Between(Start.AddSeconds(numbers.Item1), Start.AddSeconds(numbers.Item1 + numbers.Item2)),
                _ => AuditTimeRange.All,
            },
            Workflows = (which & 14) is 4 or 6 ? patterns.Item1 : [],
            Principals = (which & 14) is 8 or 6 ? patterns.Item2 : [],
            InvokedBy = (which & 14) == 10 ? patterns.Item3 : [],
            Key = (which & 14) == 12 ? KeyIdentifier.Parse(texts.Item4) : null,
            RequestIds = (which & 0xC0) == 0x40 ? texts.Item1 : [],
            EventIds = (which & 0xC0) == 0x80 ? texts.Item2 : [],
            EventNames = (which & 0xC0) == 0xC0 ? texts.Item3 : [],
            Region = (which & 0x10E) == 0x10E ? "US-west-2" : null,
        });

    private static void Add(JObject record, string name, JToken? value)
    {
        if (value is not (null or JValue { Value: null }))
        {
            record[name] = value.DeepClone();
        }
    }
}
