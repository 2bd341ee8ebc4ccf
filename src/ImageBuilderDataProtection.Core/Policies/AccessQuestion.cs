using ImageBuilderDataProtection.Kms;
using ImageBuilderDataProtection.Workflows;

namespace ImageBuilderDataProtection.Policies;

/// <summary>A question about a key: may this principal do this, for this workflow?</summary>
public sealed record AccessQuestion
{
    // A signed message has a public key of its own; no policy can know its value, only that it is there.
    internal const string SomePublicKey = "the public key of the message";

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

    /// <summary>
    /// Further condition keys of the request and their values; a key that stands several times has several. They stand in
    /// place of what every request of AWS has, such as <c>aws:SecureTransport</c>.
    /// </summary>
    public IReadOnlyList<KeyValuePair<string, string>> OtherConditions { get; init; } = [];

    /// <summary>The request that the question is about.</summary>
    /// <param name="key">The key.</param>
    /// <exception cref="DataProtectionException"><c>UnknownAction</c>: AWS KMS has no such action.</exception>
    internal PolicyRequest ToRequest(KeyArn key)
    {
        string action = KmsActions.Parse(Action);
        RequestPrincipal principal = RequestPrincipal.Of(Principal);
        EncryptionContext? context = KmsActions.WithContext.Contains(action) ? Context() : null;
        KeyValuePair<string, string>[] usual =
        [
            KeyValuePair.Create("aws:SecureTransport", "true"),
            KeyValuePair.Create("aws:RequestedRegion", key.Region),
            KeyValuePair.Create("aws:ViaAWSService", ViaImageBuilder ? "true" : "false"),
            KeyValuePair.Create("aws:PrincipalIsAWSService", "false"),
        ];
        IEnumerable<KeyValuePair<string, string>> others = usual.ExceptBy(OtherConditions.Select(static pair => pair.Key), static pair => pair.Key, StringComparer.OrdinalIgnoreCase).Concat(OtherConditions);
        return new PolicyRequest(
            principal, action, key, RequestConditions.For(principal, context, ViaImageBuilder ? ViaService.Of(ViaService.ImageBuilder, key.Region) : null, others));
    }

    /// <summary>Answers by the policies.</summary>
    /// <param name="key">The key.</param>
    /// <param name="keyPolicy">Its policy.</param>
    /// <param name="identityPolicies">The policies of the principal.</param>
    /// <exception cref="DataProtectionException"><c>UnknownAction</c>: AWS KMS has no such action.</exception>
    public PolicyDecision Decide(KeyArn key, PolicyDocument keyPolicy, IReadOnlyList<PolicyDocument> identityPolicies)
    {
        ArgumentNullException.ThrowIfNull(key);
        return PolicyEvaluator.Evaluate(ToRequest(key), keyPolicy, identityPolicies);
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
