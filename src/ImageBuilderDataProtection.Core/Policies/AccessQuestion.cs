using ImageBuilderDataProtection.Kms;
using ImageBuilderDataProtection.Workflows;

namespace ImageBuilderDataProtection.Policies;

/// <summary>A question about a key: may this principal do this, for this workflow?</summary>
public sealed record AccessQuestion
{
    // A signed message has a public key of its own; no policy can know its value, only that it is there.
    private const string SomePublicKey = "the public key of the message";

    /// <summary>Who asks. A role acts through a session of any name.</summary>
    public required PrincipalArn Principal { get; init; }

    /// <summary>The action, such as <c>kms:Decrypt</c>; <c>kms:</c> may be left out, and case does not count.</summary>
    public required string Action { get; init; }

    /// <summary>The workflow that the encryption context names; null for a request without a workflow.</summary>
    public WorkflowArn? Workflow { get; init; }

    /// <summary>Pairs of the encryption context beside the workflow.</summary>
    public EncryptionContext AdditionalContext { get; init; } = EncryptionContext.Empty;

    /// <summary>Whether the message is signed, so that its public key is in the encryption context, too.</summary>
    public bool HasPublicKey { get; init; } = true;

    /// <summary>Whether Image Builder asks for the principal, rather than the principal itself.</summary>
    public bool ViaImageBuilder { get; init; }

    /// <summary>Answers by the policies.</summary>
    /// <param name="key">The key.</param>
    /// <param name="keyPolicy">Its policy.</param>
    /// <param name="identityPolicies">The policies of the principal.</param>
    /// <exception cref="DataProtectionException"><c>UnknownAction</c>: AWS KMS has no such action.</exception>
    public PolicyDecision Decide(KeyArn key, PolicyDocument keyPolicy, IReadOnlyList<PolicyDocument> identityPolicies)
    {
        ArgumentNullException.ThrowIfNull(key);
        string action = KmsActions.Parse(Action);
        RequestPrincipal principal = RequestPrincipal.Of(Principal);
        EncryptionContext? context = KmsActions.WithContext.Contains(action) ? Context() : null;
        return PolicyEvaluator.Evaluate(
            new PolicyRequest(
                principal,
                action,
                key,
                RequestConditions.For(principal, context, ViaImageBuilder ? ViaService.Of(ViaService.ImageBuilder, key.Region, key.Partition) : null)),
            keyPolicy,
            identityPolicies);
    }

    private EncryptionContext Context()
    {
        if (Workflow is null)
        {
            return AdditionalContext;
        }

        EncryptionContext named = AdditionalContext.With(EncryptionContext.WorkflowArnKey, Workflow.Value);
        return HasPublicKey ? named.With(EncryptionContext.PublicKeyKey, SomePublicKey) : named;
    }
}
