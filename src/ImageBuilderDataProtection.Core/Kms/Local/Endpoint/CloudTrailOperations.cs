using System.Text;
using ImageBuilderDataProtection.Audit;
using ImageBuilderDataProtection.Audit.Reading;
using Newtonsoft.Json.Linq;

namespace ImageBuilderDataProtection.Kms.Local.Endpoint;

/// <summary>
/// The one operation of CloudTrail: LookupEvents, over the store's own trail, of the caller's account and the region that was
/// asked. It is for account roots, and for roles whose role policy allows <c>cloudtrail:LookupEvents</c>.
/// </summary>
internal static class CloudTrailOperations
{
    private const int MaxResults = 50;

    /// <summary>Answers a request.</summary>
    /// <exception cref="EndpointFault">The request is refused.</exception>
    /// <exception cref="KmsException">The role's policy does not allow it.</exception>
    public static EndpointAnswer Answer(LocalKmsStore store, LocalKms kms, SignedRequest signed, string requestId, CancellationToken cancellationToken)
    {
        if (signed.Request.Operation != "LookupEvents")
        {
            throw EndpointFault.UnknownOperation($"The operation \"{signed.Request.Operation}\" is not one that the local CloudTrail has.");
        }

        OperationInput input = OperationInput.Parse(signed.Request);
        TrailLookup lookup = Lookup(input);
        int limit = input.OptionalInteger("MaxResults") ?? MaxResults;
        string? after = Marker(input.OptionalText("NextToken"));
        input.RequireNoMore();
        if (limit is < 1 or > MaxResults)
        {
            throw EndpointFault.Of("InvalidMaxResultsException", $"MaxResults is {limit}; it must be 1 to {MaxResults}.");
        }

        kms.RequireAllowed("cloudtrail:LookupEvents");
        IEnumerable<(string Name, KmsAuditEvent Record)> records = LocalTrail
            .NewestFirst(store, signed.Signer.Caller.Account, signed.Region, lookup.Start, lookup.End, after)
            .SelectMany(path => Read(path, cancellationToken).Select(record => (Path.GetFileName(path), record)));
        return EndpointAnswer.Json(Page(records.Where(found => lookup.Matches(found.Record)), limit), requestId);
    }

    private static TrailLookup Lookup(OperationInput input)
    {
        IReadOnlyList<KeyValuePair<string, string>> attributes = input.Pairs("LookupAttributes", "AttributeKey", "AttributeValue");
        DateTime? start = input.OptionalTime("StartTime");
        DateTime? end = input.OptionalTime("EndTime");
        if (attributes.Count > 1)
        {
            throw EndpointFault.Of("InvalidLookupAttributesException", "LookupAttributes may have one attribute only.");
        }

        if (attributes is [var attribute] && !TrailLookup.Attributes.Contains(attribute.Key))
        {
            throw EndpointFault.Of("InvalidLookupAttributesException", $"There is no lookup attribute \"{attribute.Key}\".");
        }

        return start > end
            ? throw EndpointFault.Of("InvalidTimeRangeException", "StartTime is after EndTime.")
            : attributes is [var (name, value)] ? new TrailLookup(name, value, start, end) : new TrailLookup(null, null, start, end);
    }

    private static JObject Page(IEnumerable<(string Name, KmsAuditEvent Record)> records, int limit)
    {
        (string Name, KmsAuditEvent Record)[] part = [.. records.Take(limit + 1)];
        var output = new JObject { ["Events"] = new JArray(part.Take(limit).Select(static found => ToEvent(found.Record))) };
        if (part.Length > limit)
        {
            output["NextToken"] = Convert.ToBase64String(Encoding.UTF8.GetBytes(part[limit - 1].Name));
        }

        return output;
    }

    private static JObject ToEvent(KmsAuditEvent record)
    {
        var json = new JObject
        {
            ["CloudTrailEvent"] = record.ToJson(),
            ["EventId"] = record.EventId,
            ["EventName"] = record.EventName,
            ["EventSource"] = record.EventSource,
            ["EventTime"] = new DateTimeOffset(record.EventTime).ToUnixTimeSeconds(),
            ["Resources"] = new JArray(record.Resources.Select(static resource => new JObject { ["ResourceName"] = resource.Arn, ["ResourceType"] = resource.Type })),
        };
        AddUnlessNull("AccessKeyId", record.UserIdentity?.AccessKeyId);
        AddUnlessNull("ReadOnly", TrailLookup.ReadOnlyOf(record));
        AddUnlessNull("Username", TrailLookup.UserNameOf(record));
        return json;

        void AddUnlessNull(string name, string? value)
        {
            if (value is not null)
            {
                json[name] = value;
            }
        }
    }

    private static IEnumerable<KmsAuditEvent> Read(string path, CancellationToken cancellationToken) =>
        new AuditReader { Filter = new() { AllKmsEvents = true }, Parallelism = 1 }.Read([path], static error => throw error, cancellationToken);

    private static string? Marker(string? token)
    {
        try
        {
            return token is null ? null : Encoding.UTF8.GetString(Convert.FromBase64String(token));
        }
        catch (FormatException)
        {
            throw EndpointFault.Of("InvalidNextTokenException", "NextToken is not one that LookupEvents gave.");
        }
    }
}
