using System.Text;
using Amazon.Runtime;
using Amazon.Runtime.Internal;
using Amazon.Runtime.Internal.Transform;
using ImageBuilderDataProtection.Json;
using Newtonsoft.Json.Linq;

namespace ImageBuilderDataProtection.Kms.Aws.Trail;

/// <summary>Writes a request in the AWS JSON 1.1 protocol.</summary>
internal sealed class LookupEventsMarshaller : IMarshaller<IRequest, AmazonWebServiceRequest>
{
    private const string Target = "com.amazonaws.cloudtrail.v20131101.CloudTrail_20131101.LookupEvents";

    /// <inheritdoc />
    public IRequest Marshall(AmazonWebServiceRequest input)
    {
        var lookup = (LookupEventsRequest)input;
        var body = new JObject
        {
            ["LookupAttributes"] = new JArray(new JObject { ["AttributeKey"] = lookup.Attribute, ["AttributeValue"] = lookup.Value }),
            ["MaxResults"] = LookupEventsRequest.MaxResults,
        };
        Add("StartTime", ToSeconds(lookup.StartTime, Math.Floor));
        Add("EndTime", ToSeconds(lookup.EndTime, Math.Ceiling));
        Add("NextToken", lookup.NextToken);
        var request = new DefaultRequest(lookup, "Amazon.CloudTrail")
        {
            HttpMethod = "POST",
            ResourcePath = "/",
            Content = Encoding.UTF8.GetBytes(StrictJson.Write(body, indented: false)),
        };
        request.Headers["Content-Type"] = "application/x-amz-json-1.1";
        request.Headers["X-Amz-Target"] = Target;
        return request;

        void Add(string name, JToken? value)
        {
            if (value is not (null or JValue { Value: null }))
            {
                body[name] = value;
            }
        }
    }

    // Whole seconds, away from the range asked for: what is too early or too late then is left out again by the caller.
    private static JToken? ToSeconds(DateTime? time, Func<double, double> round) =>
        time is { } moment ? (long)round((moment - DateTime.UnixEpoch).TotalSeconds) : null;
}
