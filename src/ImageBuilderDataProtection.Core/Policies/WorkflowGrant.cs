using ImageBuilderDataProtection.Kms;
using Newtonsoft.Json.Linq;

namespace ImageBuilderDataProtection.Policies;

/// <summary>
/// What the AWS page gives an execution role: to encrypt and decrypt workflows, and nothing else. The same grant is a statement
/// of the key policy (the page's step 1) and one of the role's policy (step 2).
/// </summary>
public sealed record WorkflowGrant
{
    /// <summary>What the page's two policies let an execution role do.</summary>
    internal static readonly IReadOnlyList<string> Actions = ["kms:Decrypt", "kms:GenerateDataKey"];

    /// <summary>The patterns of the workflows, of one partition; at least one.</summary>
    public required IReadOnlyList<WorkflowArnPattern> Workflows { get; init; }

    /// <summary>Whether only requests that Image Builder makes for the role count (<c>kms:ViaService</c>).</summary>
    public bool ViaImageBuilder { get; init; }

    /// <summary>
    /// Whether the encryption context may have no pairs but those of a protected workflow (<c>kms:EncryptionContextKeys</c>):
    /// the workflow ARN, and the public key of a signed message.
    /// </summary>
    public bool NoOtherContext { get; init; }

    /// <summary>The grant as a statement of a key policy.</summary>
    internal JObject ToKeyStatement(string sid, IEnumerable<PrincipalArn> principals) => new()
    {
        ["Sid"] = sid,
        ["Effect"] = "Allow",
        ["Principal"] = new JObject { ["AWS"] = PolicyDocument.OneOrList(principals.Select(static principal => principal.Value)) },
        ["Action"] = new JArray(Actions),
        ["Resource"] = "*",
        ["Condition"] = ToCondition(),
    };

    /// <summary>The grant as a statement of a role's policy.</summary>
    internal JObject ToRoleStatement(string sid, IEnumerable<KeyArn> keys) => new()
    {
        ["Sid"] = sid,
        ["Effect"] = "Allow",
        ["Action"] = new JArray(Actions),
        ["Resource"] = PolicyDocument.OneOrList(keys.Select(static key => key.Value)),
        ["Condition"] = ToCondition(),
    };

    private JObject ToCondition()
    {
        var like = new JObject
        {
            [ConditionKeys.EncryptionContextPrefix + EncryptionContext.WorkflowArnKey] = PolicyDocument.OneOrList(Workflows.Select(static pattern => pattern.Value)),
        };
        var condition = new JObject { ["StringLike"] = like };
        if (ViaImageBuilder)
        {
            like[ConditionKeys.ViaService] = "imagebuilder.*.amazonaws.com";
        }

        if (NoOtherContext)
        {
            condition["ForAllValues:StringEquals"] = new JObject
            {
                [ConditionKeys.EncryptionContextKeys] = new JArray(EncryptionContext.WorkflowArnKey, EncryptionContext.PublicKeyKey),
            };
        }

        return condition;
    }
}
