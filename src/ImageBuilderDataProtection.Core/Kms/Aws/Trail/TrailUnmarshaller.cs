using System.Net;
using Amazon.Runtime;
using Amazon.Runtime.Internal;
using Amazon.Runtime.Internal.Transform;
using Amazon.Runtime.Internal.Util;
using ImageBuilderDataProtection.Json;
using Newtonsoft.Json.Linq;

namespace ImageBuilderDataProtection.Kms.Aws.Trail;

/// <summary>Reads CloudTrail's answers to one operation, in the AWS JSON 1.1 protocol.</summary>
/// <param name="operation">The operation.</param>
/// <param name="maxBytes">The size limit of an answer, in bytes.</param>
internal abstract class TrailUnmarshaller(string operation, int maxBytes) : JsonResponseUnmarshaller
{
    /// <inheritdoc />
    public sealed override AmazonWebServiceResponse Unmarshall(JsonUnmarshallerContext input)
    {
        try
        {
            return Read(StrictJson.ParseObject(ReadAll(input.Stream), "The answer", maxBytes));
        }
        catch (JsonSyntaxException error)
        {
            throw Unexpected(error);
        }
    }

    /// <inheritdoc />
    public sealed override AmazonServiceException UnmarshallException(JsonUnmarshallerContext input, Exception innerException, HttpStatusCode statusCode)
    {
        var reader = new StreamingUtf8JsonReader(input.Stream);
        ErrorResponse error = JsonErrorResponseUnmarshaller.GetInstance().Unmarshall(input, ref reader);
        return new AwsTrailException(operation, error.Message, innerException, error.Type, error.Code, error.RequestId, statusCode);
    }

    /// <summary>Reads an answer.</summary>
    protected abstract AmazonWebServiceResponse Read(JObject answer);

    /// <summary>The objects of a list; none where there is no list.</summary>
    protected IReadOnlyList<JObject> Objects(JObject answer, string name) => answer[name] switch
    {
        null or JValue { Value: null } => [],
        JArray items when items.All(static item => item is JObject) => [.. items.Cast<JObject>()],
        _ => throw Unexpected(),
    };

    /// <summary>The token of the next page; null when this is the last.</summary>
    protected string? NextToken(JObject answer) => answer["NextToken"] switch
    {
        null or JValue { Value: null or "" } => null,
        JValue { Value: string token } => token,
        _ => throw Unexpected(),
    };

    private byte[] ReadAll(Stream stream)
    {
        using var content = new MemoryStream();
        byte[] chunk = new byte[64 * 1024];
        for (int length = stream.Read(chunk); length > 0; length = stream.Read(chunk))
        {
            if (content.Length + length > maxBytes)
            {
                throw Unexpected();
            }

            content.Write(chunk, 0, length);
        }

        return content.ToArray();
    }

    /// <summary>What answered is no CloudTrail.</summary>
    protected DataProtectionException Unexpected(Exception? cause = null) => AwsErrors.UnexpectedResponse(operation, cause);
}
