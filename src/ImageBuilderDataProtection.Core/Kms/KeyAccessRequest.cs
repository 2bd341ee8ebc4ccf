using ImageBuilderDataProtection.Policies;

namespace ImageBuilderDataProtection.Kms;

/// <summary>What is to change in who may use a key for workflows.</summary>
public abstract record KeyAccessRequest
{
    private protected KeyAccessRequest()
    {
    }

    /// <summary>The execution roles; at least one.</summary>
    public required IReadOnlyList<PrincipalArn> Roles { get; init; }

    /// <summary>The patterns of the workflows; null for what a request says of none.</summary>
    public IReadOnlyList<WorkflowArnPattern>? Workflows { get; init; }

    /// <summary>Whether the grant is one for requests that Image Builder makes for the role (<c>kms:ViaService</c>).</summary>
    public bool ViaImageBuilder { get; init; }

    /// <summary>Whether a policy is put in which the lint finds errors.</summary>
    public bool Force { get; init; }

    /// <summary>The key policy's JSON after the change; the very same text when there is nothing to change.</summary>
    internal abstract string Edit(string keyPolicy);
}
