namespace ImageBuilderDataProtection.Kms.Local.Endpoint;

/// <summary>An HTTP request, read whole.</summary>
/// <param name="Method">The method.</param>
/// <param name="Target">The request target, as it stands in the request line: <c>/</c> in every request of the protocols here.</param>
/// <param name="Headers">The headers by their names, in any case; a name that stands twice has its values joined by commas.</param>
/// <param name="Body">The body.</param>
/// <param name="SourceAddress">The client's address.</param>
internal sealed record EndpointRequest(
    string Method, string Target, IReadOnlyDictionary<string, string> Headers, ReadOnlyMemory<byte> Body, string SourceAddress)
{
    // Of CloudTrail the AWS SDKs send either form.
    private static readonly (string Prefix, EndpointService Service)[] Targets =
    [
        ("TrentService.", EndpointService.Kms),
        ("com.amazonaws.cloudtrail.v20131101.CloudTrail_20131101.", EndpointService.CloudTrail),
        ("CloudTrail_20131101.", EndpointService.CloudTrail),
    ];

    /// <summary>The service that the request speaks to; null when it speaks to none of ours.</summary>
    public EndpointService? Service { get; } = ServiceOf(Headers);

    /// <summary>The operation of a JSON protocol.</summary>
    public string Operation
    {
        get
        {
            string target = Header("x-amz-target") ?? "";
            return target[(TargetOf(target)?.Prefix.Length ?? 0)..];
        }
    }

    /// <summary>What the client calls itself.</summary>
    public string UserAgent => Header("user-agent") ?? "";

    public string? Header(string name) => Headers.GetValueOrDefault(name);

    private static (string Prefix, EndpointService Service)? TargetOf(string target)
    {
        int index = Array.FindIndex(Targets, known => target.StartsWith(known.Prefix, StringComparison.Ordinal));
        return index < 0 ? null : Targets[index];
    }

    private static EndpointService? ServiceOf(IReadOnlyDictionary<string, string> headers)
    {
        if (headers.TryGetValue("x-amz-target", out string? target))
        {
            return TargetOf(target)?.Service;
        }

        bool isForm = headers.TryGetValue("content-type", out string? type) && type.StartsWith("application/x-www-form-urlencoded", StringComparison.OrdinalIgnoreCase);
        return isForm ? EndpointService.Sts : null;
    }
}
