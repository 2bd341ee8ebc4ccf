using System.Text;
using Amazon.Runtime;
using Amazon.Runtime.Internal;
using ImageBuilderDataProtection.Json;
using Newtonsoft.Json.Linq;

namespace ImageBuilderDataProtection.Kms.Aws.Trail;

/// <summary>Writes requests to CloudTrail in the AWS JSON 1.1 protocol.</summary>
internal static class TrailRequest
{
    private const string Target = "com.amazonaws.cloudtrail.v20131101.CloudTrail_20131101.";

    /// <summary>A request.</summary>
    /// <param name="original">The request as the SDK knows it.</param>
    /// <param name="operation">The operation.</param>
    /// <param name="body">What is sent; members that are null are left out.</param>
    public static IRequest Make(AmazonWebServiceRequest original, string operation, JObject body)
    {
        foreach (JProperty member in body.Properties().Where(static member => member.Value is JValue { Value: null }).ToArray())
        {
            member.Remove();
        }

        var request = new DefaultRequest(original, "Amazon.CloudTrail")
        {
            HttpMethod = "POST",
            ResourcePath = "/",
            Content = Encoding.UTF8.GetBytes(StrictJson.Write(body, indented: false)),
        };
        request.Headers["Content-Type"] = "application/x-amz-json-1.1";
        request.Headers["X-Amz-Target"] = Target + operation;
        return request;
    }

    /// <summary>A time as the protocol has it: the last whole second up to it.</summary>
    public static long? SecondsUpTo(DateTime? time) => Seconds(time, Math.Floor);

    /// <summary>A time as the protocol has it: the first whole second from it on.</summary>
    public static long? SecondsFrom(DateTime? time) => Seconds(time, Math.Ceiling);

    private static long? Seconds(DateTime? time, Func<double, double> round) =>
        time is { } moment ? (long)round((moment - DateTime.UnixEpoch).TotalSeconds) : null;
}
