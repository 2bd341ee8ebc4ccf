using System.Net;
using Amazon.Runtime;

namespace ImageBuilderDataProtection.Kms.Aws.Trail;

/// <summary>CloudTrail refuses a request.</summary>
internal sealed class AwsTrailException(
    string operation, string message, Exception? innerException, ErrorType errorType, string? errorCode, string? requestId, HttpStatusCode statusCode)
    : AmazonServiceException(message, innerException, errorType, errorCode, requestId, statusCode)
{
    /// <summary>The operation.</summary>
    public string Operation => operation;
}
