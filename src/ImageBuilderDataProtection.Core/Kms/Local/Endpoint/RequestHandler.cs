using System.Net;

namespace ImageBuilderDataProtection.Kms.Local.Endpoint;

/// <summary>From a request to its answer: which service is meant, who sent it, what the service says.</summary>
internal sealed class RequestHandler(LocalKmsStore store, CredentialStore credentials, RequestAuthenticator authenticator)
{
    private const string InternalError = "KMSInternalException";

    /// <summary>Answers a request; a refusal is an answer, too.</summary>
    public async Task<EndpointAnswer> AnswerAsync(EndpointRequest request, CancellationToken cancellationToken)
    {
        // Where an operation has left a record, the answer has the record's request id instead.
        string requestId = Guid.NewGuid().ToString();
        SignedRequest? signed = null;
        try
        {
            EndpointService service = RequireService(request);
            signed = authenticator.Verify(request, service);
            return service switch
            {
                EndpointService.Kms => await KmsOperations.AnswerAsync(Kms(signed), request, cancellationToken),
                EndpointService.Sts => StsOperations.Answer(credentials, signed, requestId),
                _ => CloudTrailOperations.Answer(store, Kms(signed), signed, requestId, cancellationToken),
            };
        }
        catch (EndpointFault fault)
        {
            return EndpointAnswer.Refusal(request.Service, fault, requestId);
        }
        catch (KmsException error)
        {
            return EndpointAnswer.JsonError(
                error.ErrorId, error.Message, error.ErrorId == InternalError ? HttpStatusCode.InternalServerError : HttpStatusCode.BadRequest, error.RequestId ?? requestId);
        }
        catch (DataProtectionException error) when (signed is null)
        {
            // Who asks is not known yet, and the error names paths.
            return EndpointAnswer.InternalError(request.Service, error, requestId);
        }
        catch (DataProtectionException error) when (error.Kind == FailureKind.InvalidArgument)
        {
            return EndpointAnswer.Refusal(request.Service, EndpointFault.Validation(error.Message), requestId);
        }
        catch (DataProtectionException error)
        {
            // The store's own trouble, such as a damaged file.
            return request.Service == EndpointService.Sts
                ? EndpointAnswer.XmlError("InternalFailure", error.Message, HttpStatusCode.InternalServerError, requestId)
                : EndpointAnswer.JsonError(InternalError, error.Message, HttpStatusCode.InternalServerError, requestId);
        }
    }

    private static EndpointService RequireService(EndpointRequest request) => request is { Method: "POST", Target: "/", Service: { } service }
        ? service
        : throw EndpointFault.UnknownOperation("The endpoint takes POST requests to / with X-Amz-Target TrentService or CloudTrail_20131101, and STS requests in the Query protocol.");

    private LocalKms Kms(SignedRequest signed) => store.ForClient(
        signed.Signer.Caller, signed.Region, new LocalClient(signed.Request.SourceAddress, signed.Request.UserAgent, IsSecureTransport: false));
}
