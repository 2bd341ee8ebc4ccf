using ImageBuilderDataProtection.Kms;
using Newtonsoft.Json.Linq;

namespace ImageBuilderDataProtection.Policies.Generation;

/// <summary>What goes into the policy of an execution role. With keys alone, it is the policy of the AWS page's step 2.</summary>
public sealed record RolePolicySettings
{
    /// <summary>The name of the page's statement. IAM refuses it, for its spaces; it is what the page prints.</summary>
    public const string DefaultSid = "Allow access to the workflow key";

    /// <summary>The keys, by key ARN: an alias names no key in a policy. At least one.</summary>
    public required IReadOnlyList<KeyArn> Keys { get; init; }

    /// <summary>The workflows; when empty, every workflow of the keys' accounts, in any region.</summary>
    public IReadOnlyList<WorkflowArnPattern> Workflows { get; init; } = [];

    /// <summary>Whether only requests that Image Builder makes for the role count.</summary>
    public bool ViaImageBuilder { get; init; }

    /// <summary>Whether the encryption context may have no pairs but those of a protected workflow.</summary>
    public bool NoOtherContext { get; init; }

    /// <summary>The name of the statement, of letters and digits; null for the page's.</summary>
    public string? Sid { get; init; }

    internal JObject ToStatement()
    {
        if (Keys.Count == 0)
        {
            throw new DataProtectionException("KeyRequired", FailureKind.InvalidArgument, "A role policy needs the ARN of at least one key.");
        }

        Partitions.RequireOne(Keys.Select(static key => key.Partition));
        var grant = new WorkflowGrant
        {
            Workflows = Partitions.WorkflowsOf(Keys[0].Partition, Keys.Select(static key => key.Account), Workflows),
            ViaImageBuilder = ViaImageBuilder,
            NoOtherContext = NoOtherContext,
        };
        return grant.ToRoleStatement(Sid is null ? DefaultSid : StatementIds.RequireOfRolePolicy(Sid), Keys);
    }
}
