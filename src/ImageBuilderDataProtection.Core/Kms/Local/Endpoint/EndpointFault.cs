using System.Net;

namespace ImageBuilderDataProtection.Kms.Local.Endpoint;

/// <summary>
/// A request that is refused before any operation begins. AWS names these errors differently in its JSON and Query protocols
/// ("Common errors" in the AWS KMS and the AWS STS API Reference), and answers them with different statuses.
/// </summary>
internal sealed class EndpointFault : Exception
{
    private EndpointFault(string jsonCode, string queryCode, HttpStatusCode queryStatus, string message)
        : base(message)
    {
        JsonCode = jsonCode;
        QueryCode = queryCode;
        QueryStatus = queryStatus;
    }

    /// <summary>The error's name in the JSON protocols.</summary>
    public string JsonCode { get; }

    /// <summary>The error's name in the Query protocol.</summary>
    public string QueryCode { get; }

    /// <summary>The HTTP status in the JSON protocols.</summary>
    public HttpStatusCode JsonStatus { get; private init; } = HttpStatusCode.BadRequest;

    /// <summary>The HTTP status in the Query protocol.</summary>
    public HttpStatusCode QueryStatus { get; }

    public static EndpointFault MissingAuthentication() => new(
        "MissingAuthenticationTokenException",
        "MissingAuthenticationToken",
        HttpStatusCode.Forbidden,
        "Missing Authentication Token: the request has no Authorization header; sign it with Signature Version 4.");

    public static EndpointFault IncompleteSignature(string message) =>
        new("IncompleteSignatureException", "IncompleteSignature", HttpStatusCode.Forbidden, message);

    public static EndpointFault UnknownCredentials() => new(
        "UnrecognizedClientException", "InvalidClientTokenId", HttpStatusCode.Forbidden, "The security token included in the request is invalid.");

    public static EndpointFault ExpiredCredentials() => new(
        "ExpiredTokenException", "ExpiredToken", HttpStatusCode.Forbidden, "The security token included in the request is expired.");

    public static EndpointFault InvalidSignature(string message) =>
        new("InvalidSignatureException", "SignatureDoesNotMatch", HttpStatusCode.Forbidden, message);

    public static EndpointFault UnknownOperation(string message) =>
        new("UnknownOperationException", "InvalidAction", HttpStatusCode.BadRequest, message);

    public static EndpointFault Malformed(string message) =>
        new("SerializationException", "MalformedQueryString", HttpStatusCode.BadRequest, message);

    public static EndpointFault Validation(string message) =>
        new("ValidationException", "ValidationError", HttpStatusCode.BadRequest, message);

    public static EndpointFault Unsupported(string message) =>
        new("UnsupportedOperationException", "ValidationError", HttpStatusCode.BadRequest, message);

    public static EndpointFault Throttled(string message) =>
        new("ThrottlingException", "Throttling", HttpStatusCode.BadRequest, message);

    public static EndpointFault AccessDenied(string message) =>
        new("AccessDeniedException", "AccessDenied", HttpStatusCode.Forbidden, message);

    public static EndpointFault TooLarge(int limit) => new(
        "RequestEntityTooLargeException",
        "RequestEntityTooLarge",
        HttpStatusCode.RequestEntityTooLarge,
        $"The request body has more than {limit} bytes, which is the limit.")
    {
        JsonStatus = HttpStatusCode.RequestEntityTooLarge,
    };

    /// <summary>An error that one operation alone knows.</summary>
    public static EndpointFault Of(string code, string message) => new(code, code, HttpStatusCode.BadRequest, message);
}
