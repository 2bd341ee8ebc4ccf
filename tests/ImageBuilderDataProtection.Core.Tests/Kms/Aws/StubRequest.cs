using System.Net;
using Newtonsoft.Json.Linq;

namespace ImageBuilderDataProtection.Tests.Kms.Aws;

/// <summary>What an <see cref="HttpStub"/> was asked.</summary>
internal sealed record StubRequest(IReadOnlyDictionary<string, string> Headers, string Body)
{
    /// <summary>The operation, of KMS or of STS.</summary>
    public string Operation => Headers.TryGetValue("X-Amz-Target", out string? target) ? target.Split('.')[^1] : Form("Action")!;

    /// <summary>The access key that signed.</summary>
    public string AccessKey => Scope[0];

    /// <summary>The region that was signed for.</summary>
    public string Region => Scope[2];

    /// <summary>The JSON of a KMS request.</summary>
    public JObject Json => JObject.Parse(Body);

    private string[] Scope => Headers["Authorization"].Split("Credential=")[1].Split(',')[0].Split('/');

    /// <summary>A parameter of an STS request.</summary>
    public string? Form(string name) => Body.Split('&').Select(static pair => pair.Split('=', 2)).Where(pair => pair[0] == name)
        .Select(static pair => WebUtility.UrlDecode(pair[1])).SingleOrDefault();
}
