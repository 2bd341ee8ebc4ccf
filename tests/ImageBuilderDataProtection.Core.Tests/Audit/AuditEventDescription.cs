using System.Collections;
using System.Globalization;
using System.Text.RegularExpressions;
using ImageBuilderDataProtection.Audit;
using ImageBuilderDataProtection.Kms;
using Newtonsoft.Json.Linq;

namespace ImageBuilderDataProtection.Tests.Audit;

/// <summary>
/// All that an event says, as lines of text: as it says it itself, and as it must be by a reading of the parsed document that
/// shares no code with it.
/// </summary>
internal static class AuditEventDescription
{
    private const string Unset = "(none)";

    private static readonly string[] Texts =
    [
        "EventVersion", "EventType", "EventCategory", "ApiVersion", "AwsRegion", "SourceIPAddress", "UserAgent", "ErrorCode", "ErrorMessage", "RecipientAccountId", "VpcEndpointId", "VpcEndpointAccountId",
    ];

    private static readonly string[] Objects = ["RequestParameters", "ResponseElements", "AdditionalEventData", "ServiceEventDetails", "EventContext", "EdgeDeviceDetails"];

    /// <summary>What the event says.</summary>
    public static string Of(KmsAuditEvent record) => Lines(
    [
        .. Texts.Concat(["RequestId", "EventId", "SharedEventId", "EventName", "EventSource", "Principal", "InvokedBy", "WorkflowArn", "KeyArn"])
            .Concat(Objects).Concat(["EncryptionContext", "WorkflowArns", "IsEncryptionContextHidden", "ManagementEvent", "ReadOnly", "SessionCredentialFromConsole", "IsClientView", "EventTime"])
            .Select(name => (name, typeof(KmsAuditEvent).GetProperty(name)!.GetValue(record))),
        ("Names", record.UserIdentity?.Names),
        ("Resources", record.Resources.Select(static resource => $"{resource.Arn ?? Unset} {resource.Type ?? Unset} {resource.AccountId ?? Unset}")),
        ("TlsVersion", record.TlsVersion),
        ("MfaAuthenticated", record.MfaAuthenticated),
        ("Addendum", record.Addendum?.Reason),
        ("json", record.ToJson()),
    ]);

    /// <summary>What the document says.</summary>
    public static string Of(JObject record)
    {
        var request = record["requestParameters"] as JObject;
        var identity = record["userIdentity"] as JObject;
        JToken? constraints = request?["constraints"];
        JToken?[] contexts = [request?["encryptionContext"], request?["destinationEncryptionContext"], request?["sourceEncryptionContext"]];
        JToken?[] constrained = constraints is JObject both
            ? [.. both.Properties().Where(static pair => pair.Name is "encryptionContextEquals" or "encryptionContextSubset").Select(static pair => pair.Value)]
            : [];
        JProperty[] workflows =
        [
            .. contexts.Concat(constrained).OfType<JObject>().SelectMany(static context => context.Properties())
                .Where(static pair => pair.Name.Equals("aws:imagebuilder:arn", StringComparison.OrdinalIgnoreCase) && pair.Value.Type == JTokenType.String),
        ];
        JObject[] resources = [.. (record["resources"] as JArray)?.OfType<JObject>() ?? []];
        return Lines(
        [
            .. Texts.Select(name => (name, (object?)Text(record, Camel(name)))),
            ("RequestId", Text(record, "requestID")),
            ("EventId", Text(record, "eventID")),
            ("SharedEventId", Text(record, "sharedEventID")),
            ("EventName", Text(record, "eventName")),
            ("EventSource", Text(record, "eventSource")),
            ("Principal", Principal(identity)),
            ("InvokedBy", Text(identity, "invokedBy")),
            ("WorkflowArn", (string?)workflows.FirstOrDefault(static pair => pair.Name == "aws:imagebuilder:arn")?.Value),
            ("KeyArn", resources.Select(static resource => Text(resource, "ARN"))
                .Concat([Text(request, "keyId"), Text(request, "sourceKeyId"), Text(request, "targetKeyId"), Text(request, "destinationKeyId"), Text(record["responseElements"] as JObject, "keyId"), RefusedKey(Text(record, "errorMessage"))])
                .FirstOrDefault(static arn => KeyArn.TryParse(arn, out _))),
            .. Objects.Select(name => (name, record[Camel(name)] is JObject ? Plain(record[Camel(name)]!) : null)),
            ("EncryptionContext", contexts.OfType<JObject>().Select(static context =>
                context.Properties().Where(static pair => pair.Value.Type == JTokenType.String).ToDictionary(static pair => pair.Name, static pair => (string)pair.Value!)).FirstOrDefault()),
            ("WorkflowArns", workflows.Select(static pair => (string)pair.Value!).Distinct()),
            ("IsEncryptionContextHidden", contexts.Concat(constrained).Append(constraints).Append(record["requestParameters"]).Any(static value =>
                value is JValue { Type: JTokenType.String } && (string)value! == "HIDDEN_DUE_TO_SECURITY_REASONS")),
            ("ManagementEvent", Truth(record["managementEvent"])),
            ("ReadOnly", Truth(record["readOnly"])),
            ("SessionCredentialFromConsole", Truth(record["sessionCredentialFromConsole"])),
            ("IsClientView", Truth(record["clientView"]) ?? false),
            ("EventTime", DateTime.Parse(Text(record, "eventTime")!, CultureInfo.InvariantCulture, DateTimeStyles.AdjustToUniversal | DateTimeStyles.AssumeUniversal)),
            ("Names", identity is null ? null : Names(identity)),
            ("Resources", resources.Select(static resource => $"{Text(resource, "ARN") ?? Unset} {Text(resource, "type") ?? Unset} {Text(resource, "accountId") ?? Unset}")),
            ("TlsVersion", Text(record["tlsDetails"] as JObject, "tlsVersion")),
            ("MfaAuthenticated", Truth(((identity?["sessionContext"] as JObject)?["attributes"] as JObject)?["mfaAuthenticated"])),
            ("Addendum", Text(record["addendum"] as JObject, "reason")),
            ("json", ImageBuilderDataProtection.Json.StrictJson.Write(record, indented: true)),
        ]);
    }

    private static string? Principal(JObject? identity)
    {
        if (identity is null)
        {
            return null;
        }

        string? service = identity["type"]?.Type != JTokenType.String || (string?)identity["type"] == "AWSService" ? Text(identity, "invokedBy") : null;
        string?[] names =
        [
            Text(identity, "arn"), Text(Issuer(identity), "arn"), Text(identity["onBehalfOf"] as JObject, "userId"), Text(identity, "userName"), service, Text(identity, "accountId"),
            Text(identity, "principalId"), Text(identity, "credentialId"), Text(identity, "accessKeyId"), Text(identity, "invokedBy"), Text(identity, "type"),
        ];
        return names.FirstOrDefault(static name => name is { Length: > 0 }) ?? "";
    }

    private static string?[] Names(JObject identity)
    {
        string? type = Text(identity, "type");
        string? id = Text(identity, "principalId");
        return
        [
            Text(identity, "arn"), Text(Issuer(identity), "arn"), Text(identity, "userName"), Text(Issuer(identity), "userName"), id,
            type is "AssumedRole" or "FederatedUser" && (id?.Contains(':') ?? false) ? id.Split(':', 2)[1] : null,
            Text(identity["sessionContext"] as JObject, "sourceIdentity"), Text(identity, "accountId"), Text(identity["onBehalfOf"] as JObject, "userId"), Text(identity, "identityProvider"),
            type is null or "AWSService" ? Text(identity, "invokedBy") : null,
        ];
    }

    private static string? RefusedKey(string? message) => message is null ? null : Regex.Match(message, "^.*? on resource: ([^ ]*)", RegexOptions.Singleline).Groups[1].Value;

    private static JObject? Issuer(JObject identity) => (identity["sessionContext"] as JObject)?["sessionIssuer"] as JObject;

    private static string Camel(string name) => char.ToLowerInvariant(name[0]) + name[1..];

    private static string? Text(JObject? parent, string name) => parent?[name] is JValue { Type: JTokenType.String } text ? (string?)text : null;

    private static bool? Truth(JToken? value) =>
        value?.Type == JTokenType.Boolean ? (bool)value : value?.Type == JTokenType.String && bool.TryParse((string)value!, out bool truth) ? truth : null;

    private static object? Plain(JToken value) => value switch
    {
        JObject pairs => pairs.Properties().ToDictionary(static pair => pair.Name, static pair => Plain(pair.Value)),
        JArray items => items.Select(Plain).ToArray(),
        JRaw number => decimal.TryParse((string)number.Value!, NumberStyles.Float, CultureInfo.InvariantCulture, out decimal exact) ? exact : (string)number.Value!,
        _ => ((JValue)value).Value,
    };

    private static string Lines(IEnumerable<(string Name, object? Value)> values) => string.Join('\n', values.Select(static pair => $"{pair.Name} = {Say(pair.Value)}"));

    private static string Say(object? value) => value switch
    {
        null => Unset,
        string text => $"\"{text}\"",
        JValue text => Say(text.Value),
        DateTime time => time.ToString("O", CultureInfo.InvariantCulture),
        IReadOnlyDictionary<string, string> pairs => $"{{{string.Join(", ", pairs.Select(static pair => $"{pair.Key}: {Say(pair.Value)}"))}}}",
        IReadOnlyDictionary<string, object?> pairs => $"{{{string.Join(", ", pairs.Select(static pair => $"{pair.Key}: {Say(pair.Value)}"))}}}",
        IDictionary pairs => $"{{{string.Join(", ", pairs.Keys.Cast<string>().Select(name => $"{name}: {Say(pairs[name])}"))}}}",
        IEnumerable items => $"[{string.Join(", ", items.Cast<object?>().Select(Say))}]",
        _ => $"{value.GetType().Name} {Convert.ToString(value, CultureInfo.InvariantCulture)}",
    };
}
