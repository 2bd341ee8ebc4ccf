using ImageBuilderDataProtection.Kms;
using Newtonsoft.Json.Linq;

namespace ImageBuilderDataProtection.Policies;

/// <summary>
/// What a principal may do with a key for workflows. By default it is what the AWS page gives an execution role: to encrypt and
/// decrypt workflows, and nothing else. The same grant is a statement of the key policy (the page's step 1) and one of the
/// role's policy (step 2).
/// </summary>
public sealed record WorkflowGrant
{
    /// <summary>What the page's two policies let an execution role do.</summary>
    internal static readonly IReadOnlyList<string> Actions = [KmsActions.Decrypt, KmsActions.GenerateDataKey];

    /// <summary>What is allowed, such as <c>kms:Decrypt</c>: operations that take an encryption context.</summary>
    public IReadOnlyList<string> AllowedActions { get; init; } = Actions;

    /// <summary>The patterns of the workflows, of one partition; at least one.</summary>
    public required IReadOnlyList<WorkflowArnPattern> Workflows { get; init; }

    /// <summary>
    /// Whether <see cref="Workflows"/> are whole ARNs, compared letter by letter: a <c>*</c> is then the <c>*</c> that stands in
    /// the encryption context in place of a build number, and no wildcard.
    /// </summary>
    public bool ExactWorkflows { get; init; }

    /// <summary>Whether only requests that Image Builder makes for the role count (<c>kms:ViaService</c>).</summary>
    public bool ViaImageBuilder { get; init; }

    /// <summary>
    /// Whether the encryption context may have no pairs but those of a protected workflow (<c>kms:EncryptionContextKeys</c>):
    /// the workflow ARN, and the public key of a signed message.
    /// </summary>
    public bool NoOtherContext { get; init; }

    /// <summary>Names of further pairs that the encryption context may have all the same.</summary>
    public IReadOnlyList<string> OtherContextKeys { get; init; } = [];

    /// <summary>The grant as a statement of a key policy.</summary>
    internal JObject ToKeyStatement(string sid, IEnumerable<PrincipalArn> principals) => new()
    {
        ["Sid"] = sid,
        ["Effect"] = "Allow",
        ["Principal"] = new JObject { ["AWS"] = PolicyDocument.OneOrList(principals.Select(static principal => principal.Value)) },
        ["Action"] = new JArray(AllowedActions),
        ["Resource"] = "*",
        ["Condition"] = ToCondition(),
    };

    /// <summary>The grant as a statement of a role's policy.</summary>
    internal JObject ToRoleStatement(string sid, IEnumerable<KeyArn> keys) => new()
    {
        ["Sid"] = sid,
        ["Effect"] = "Allow",
        ["Action"] = new JArray(AllowedActions),
        ["Resource"] = PolicyDocument.OneOrList(keys.Select(static key => key.Value)),
        ["Condition"] = ToCondition(),
    };

    private JObject ToCondition()
    {
        var condition = new JObject
        {
            [ExactWorkflows ? "StringEquals" : "StringLike"] = new JObject
            {
                [ConditionKeys.WorkflowArn] = PolicyDocument.OneOrList(Workflows.Select(static pattern => pattern.Value)),
            },
        };
        if (ViaImageBuilder)
        {
            condition["StringLike"] ??= new JObject();
            condition["StringLike"]![ConditionKeys.ViaService] = ViaService.ImageBuilderInAnyRegion;
        }

        if (NoOtherContext)
        {
            // A signed message's context reaches KMS with its public key, so that a limit without that name would refuse it.
            condition["ForAllValues:StringEquals"] = new JObject
            {
                [ConditionKeys.EncryptionContextKeys] = new JArray([EncryptionContext.WorkflowArnKey, EncryptionContext.PublicKeyKey, .. OtherContextKeys]),
            };
        }

        return condition;
    }
}
