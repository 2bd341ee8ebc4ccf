using ImageBuilderDataProtection.Kms;
using ImageBuilderDataProtection.Kms.Aws;
using ImageBuilderDataProtection.Kms.Local;
using ImageBuilderDataProtection.Kms.Local.Endpoint;

namespace ImageBuilderDataProtection.Tests.Kms;

/// <summary>The client of AWS, over HTTP, against the endpoint of the local KMS.</summary>
public sealed class HttpKmsTests : KmsContractTests
{
    private readonly List<LocalKmsEndpoint> _endpoints = [];

    protected override IKms Connect(LocalKmsStore store, LocalCaller caller, string region)
    {
        var endpoint = LocalKmsEndpoint.Start(store, new LocalKmsEndpointSettings
        {
            Account = caller.Account,
            Partition = caller.Partition,
            Role = caller.Principal.IsAccountRoot ? null : caller.Principal.Identity,
            RoleSessionName = caller.Principal.Arn.SessionName ?? LocalCaller.DefaultSessionName,
        });
        _endpoints.Add(endpoint);
        return new AwsConnections().Connect(new AwsConnectionSettings
        {
            Region = region,
            AccessKey = endpoint.Credentials.AccessKeyId,
            SecretKey = endpoint.Credentials.SecretAccessKey,
            SessionToken = endpoint.Credentials.SessionToken,
            EndpointUrl = endpoint.Url.OriginalString,
        });
    }

    protected override void Dispose(bool disposing)
    {
        _endpoints.ForEach(static endpoint => endpoint.Dispose());
        base.Dispose(disposing);
    }
}
