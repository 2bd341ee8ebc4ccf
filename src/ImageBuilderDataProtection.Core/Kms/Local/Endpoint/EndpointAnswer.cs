using System.Net;
using System.Text;
using ImageBuilderDataProtection.Json;
using Newtonsoft.Json.Linq;

namespace ImageBuilderDataProtection.Kms.Local.Endpoint;

/// <summary>The answer to one request.</summary>
/// <param name="Status">The HTTP status.</param>
/// <param name="ContentType">The type of the body.</param>
/// <param name="Body">The body.</param>
/// <param name="RequestId">The id that the client sees, and the record has as <c>requestID</c>.</param>
internal sealed record EndpointAnswer(HttpStatusCode Status, string ContentType, byte[] Body, string RequestId)
{
    private const string JsonType = "application/x-amz-json-1.1";
    private const string XmlType = "text/xml";

    /// <summary>The output of an operation in JSON 1.1. An operation without output has an empty body, as in KMS.</summary>
    public static EndpointAnswer Json(JObject? output, string requestId) => new(
        HttpStatusCode.OK, JsonType, output is null ? [] : Encoding.UTF8.GetBytes(StrictJson.Write(output, indented: false)), requestId);

    /// <summary>The output of an operation in XML.</summary>
    public static EndpointAnswer Xml(string document, string requestId) => new(HttpStatusCode.OK, XmlType, Encoding.UTF8.GetBytes(document), requestId);

    /// <summary>An error in JSON 1.1.</summary>
    public static EndpointAnswer JsonError(string code, string message, HttpStatusCode status, string requestId) => new(
        status,
        JsonType,
        Encoding.UTF8.GetBytes(StrictJson.Write(new JObject { ["__type"] = code, ["message"] = message }, indented: false)),
        requestId);

    /// <summary>An error in the Query protocol.</summary>
    public static EndpointAnswer XmlError(string code, string message, HttpStatusCode status, string requestId) => new(
        status, XmlType, Encoding.UTF8.GetBytes(StsXml.Error(code, message, isSender: (int)status < 500, requestId)), requestId);

    /// <summary>A refusal in the service's own protocol; JSON where the service is not known.</summary>
    public static EndpointAnswer Refusal(EndpointService? service, EndpointFault fault, string requestId) => service == EndpointService.Sts
        ? XmlError(fault.QueryCode, fault.Message, fault.QueryStatus, requestId)
        : JsonError(fault.JsonCode, fault.Message, fault.JsonStatus, requestId);

    /// <summary>A failure of the endpoint itself, of which the client learns the kind and not the words.</summary>
    public static EndpointAnswer InternalError(EndpointService? service, Exception error, string requestId)
    {
        string message = $"The endpoint failed with {(error as DataProtectionException)?.ErrorId ?? error.GetType().Name}; check the folder of the local KMS.";
        return service == EndpointService.Sts
            ? XmlError("InternalFailure", message, HttpStatusCode.InternalServerError, requestId)
            : JsonError("KMSInternalException", message, HttpStatusCode.InternalServerError, requestId);
    }
}
