using System.Net;
using Amazon.Runtime;
using Amazon.Runtime.Internal;
using Amazon.Runtime.Internal.Transform;
using Amazon.Runtime.Internal.Util;
using ImageBuilderDataProtection.Json;
using Newtonsoft.Json.Linq;

namespace ImageBuilderDataProtection.Kms.Aws.Trail;

/// <summary>Reads an answer in the AWS JSON 1.1 protocol.</summary>
internal sealed class LookupEventsUnmarshaller : JsonResponseUnmarshaller
{
    /// <summary>The size limit of a page: 50 records of 1 MiB, CloudTrail's own limit of a record, and what stands around them.</summary>
    private const int MaxBytes = 64 * 1024 * 1024;

    /// <inheritdoc />
    public override AmazonWebServiceResponse Unmarshall(JsonUnmarshallerContext input)
    {
        try
        {
            JObject page = StrictJson.ParseObject(Read(input.Stream), "The answer", MaxBytes);
            return new LookupEventsResponse
            {
                Events = page["Events"] switch
                {
                    null or JValue { Value: null } => [],
                    JArray events when events.All(static item => item is JObject) => [.. events.Cast<JObject>()],
                    _ => throw Unexpected(),
                },
                NextToken = page["NextToken"] switch
                {
                    null or JValue { Value: null or "" } => null,
                    JValue { Value: string token } => token,
                    _ => throw Unexpected(),
                },
            };
        }
        catch (JsonSyntaxException error)
        {
            throw Unexpected(error);
        }
    }

    /// <inheritdoc />
    public override AmazonServiceException UnmarshallException(JsonUnmarshallerContext input, Exception innerException, HttpStatusCode statusCode)
    {
        var reader = new StreamingUtf8JsonReader(input.Stream);
        ErrorResponse error = JsonErrorResponseUnmarshaller.GetInstance().Unmarshall(input, ref reader);
        return new AwsTrailException(error.Message, innerException, error.Type, error.Code, error.RequestId, statusCode);
    }

    private static byte[] Read(Stream stream)
    {
        using var content = new MemoryStream();
        byte[] chunk = new byte[64 * 1024];
        for (int length = stream.Read(chunk); length > 0; length = stream.Read(chunk))
        {
            if (content.Length + length > MaxBytes)
            {
                throw Unexpected();
            }

            content.Write(chunk, 0, length);
        }

        return content.ToArray();
    }

    private static DataProtectionException Unexpected(Exception? cause = null) => AwsErrors.UnexpectedResponse("LookupEvents", cause);
}
