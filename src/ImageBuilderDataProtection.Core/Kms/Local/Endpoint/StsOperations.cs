using System.Globalization;
using System.Xml.Linq;
using ImageBuilderDataProtection.Policies;

namespace ImageBuilderDataProtection.Kms.Local.Endpoint;

/// <summary>
/// The operations of AWS STS: GetCallerIdentity and AssumeRole. Any role may be assumed by whoever has credentials: there are
/// no trust policies here, and what a session may do is for the key policies to say.
/// </summary>
internal static class StsOperations
{
    private const string Version = "2011-06-15";
    private const int MinSeconds = 900;
    private const int MaxSeconds = 43_200;
    private const int DefaultSeconds = 3600;

    /// <summary>"AssumeRole" in the AWS STS API Reference: a role session that assumes a role gets one hour at most.</summary>
    private const int MaxChainedSeconds = 3600;

    /// <summary>Answers a request.</summary>
    /// <exception cref="EndpointFault">The request is refused.</exception>
    public static EndpointAnswer Answer(CredentialStore credentials, SignedRequest signed, string requestId)
    {
        QueryInput input = QueryInput.Parse(signed.Request);
        string operation = input.Text("Action");
        string version = input.Text("Version");
        XElement result = (operation, version) switch
        {
            ("GetCallerIdentity", Version) => GetCallerIdentity(input, signed.Signer),
            ("AssumeRole", Version) => AssumeRole(input, credentials, signed.Signer),
            _ => throw EndpointFault.UnknownOperation($"Could not find operation {operation} for version {version}"),
        };
        return EndpointAnswer.Xml(StsXml.Response(operation, result, requestId), requestId);
    }

    private static XElement GetCallerIdentity(QueryInput input, IssuedCredentials signer)
    {
        input.RequireNoMore("GetCallerIdentity");
        return new XElement(
            "GetCallerIdentityResult",
            new XElement("Arn", signer.Caller.Principal.Arn.Value),
            new XElement("UserId", signer.Caller.PrincipalId),
            new XElement("Account", signer.Caller.Account));
    }

    private static XElement AssumeRole(QueryInput input, CredentialStore credentials, IssuedCredentials signer)
    {
        PrincipalArn role = PrincipalArn.ParseRole(input.Text("RoleArn"));
        string sessionName = input.Text("RoleSessionName");
        int max = signer.IsRoleSession ? MaxChainedSeconds : MaxSeconds;
        int seconds = input.OptionalInteger("DurationSeconds") ?? DefaultSeconds;
        input.RequireNoMore("AssumeRole");
        if (seconds < MinSeconds || seconds > max)
        {
            throw EndpointFault.Validation($"DurationSeconds is {seconds}; it must be {MinSeconds} to {max}{(signer.IsRoleSession ? " for a role session that assumes a role" : "")}.");
        }

        IssuedCredentials issued = credentials.Issue(LocalCaller.AssumeRole(role, sessionName), TimeSpan.FromSeconds(seconds));
        return new XElement(
            "AssumeRoleResult",
            new XElement(
                "AssumedRoleUser",
                new XElement("AssumedRoleId", issued.Caller.PrincipalId),
                new XElement("Arn", issued.Caller.Principal.Arn.Value)),
            new XElement(
                "Credentials",
                new XElement("AccessKeyId", issued.Credentials.AccessKeyId),
                new XElement("SecretAccessKey", issued.Credentials.SecretAccessKey),
                new XElement("SessionToken", issued.Credentials.SessionToken),
                new XElement("Expiration", issued.Credentials.Expiration!.Value.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture))));
    }
}
