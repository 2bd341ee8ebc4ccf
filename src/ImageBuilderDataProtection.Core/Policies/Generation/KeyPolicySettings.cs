using Newtonsoft.Json.Linq;

namespace ImageBuilderDataProtection.Policies.Generation;

/// <summary>What goes into a key policy for workflows. With execution roles alone, it is the policy of the AWS page's step 1.</summary>
public sealed record KeyPolicySettings
{
    /// <summary>The name of the page's statement for execution roles.</summary>
    public const string DefaultSid = "Allow access to build images with encrypted workflow";

    // What protecting and opening workflows asks of KMS: a data key of the first key, its wrapping under each further one, and
    // its decryption. Re-encryption decrypts and encrypts anew, so that no kms:ReEncrypt is needed.
    private static readonly string[] KeyUserActions = ["kms:Decrypt", "kms:Encrypt", "kms:GenerateDataKey"];

    /// <summary>The roles with which Image Builder runs workflows; at least one.</summary>
    public required IReadOnlyList<PrincipalArn> ExecutionRoles { get; init; }

    /// <summary>Who protects and opens workflows themselves: roles, users, or account roots, for whoever these let.</summary>
    public IReadOnlyList<PrincipalArn> KeyUsers { get; init; } = [];

    /// <summary>Who administers the key; when empty, the account root of the execution roles' account.</summary>
    public IReadOnlyList<PrincipalArn> KeyAdministrators { get; init; } = [];

    /// <summary>Whether the administrators get the administrative actions, and not all of <c>kms:*</c>.</summary>
    public bool AdministrativeActionsOnly { get; init; }

    /// <summary>The workflows; when empty, every workflow of the execution roles' accounts, in any region.</summary>
    public IReadOnlyList<WorkflowArnPattern> Workflows { get; init; } = [];

    /// <summary>Whether the execution roles may use the key only in requests that Image Builder makes for them. Key users call themselves.</summary>
    public bool ViaImageBuilder { get; init; }

    /// <summary>Whether the encryption context may have no pairs but those of a protected workflow; for execution roles and key users.</summary>
    public bool NoOtherContext { get; init; }

    /// <summary>The name of the statement for the execution roles.</summary>
    public string Sid { get; init; } = DefaultSid;

    internal IEnumerable<JObject> ToStatements()
    {
        if (ExecutionRoles.Count == 0)
        {
            throw new DataProtectionException(
                "ExecutionRoleRequired", FailureKind.InvalidArgument, "A key policy for workflows needs the ARN of at least one execution role.");
        }

        string[] accounts = [.. ExecutionRoles.Select(static role => role.RequireRole().Account).Distinct(StringComparer.Ordinal)];
        string partition = ExecutionRoles[0].Partition;
        KeyAdministration administration = KeyAdministration.Of(KeyAdministrators, AdministrativeActionsOnly, partition, accounts);
        Partitions.RequireOne(ExecutionRoles.Concat(administration.Administrators).Concat(KeyUsers).Select(static principal => principal.Partition));
        var grant = new WorkflowGrant
        {
            Workflows = Partitions.WorkflowsOf(partition, accounts, Workflows),
            ViaImageBuilder = ViaImageBuilder,
            NoOtherContext = NoOtherContext,
        };
        JObject roles = grant.ToKeyStatement(StatementIds.RequireOfKeyPolicy(Sid), ExecutionRoles);
        JObject[] users = KeyUsers.Count == 0
            ? []
            :
            [
                (grant with { AllowedActions = KeyUserActions, ViaImageBuilder = false }).ToKeyStatement("Allow access for key users", KeyUsers),
                new DescriptionGrant(["kms:DescribeKey"]).ToKeyStatement("Allow key users to describe the key", KeyUsers),
            ];
        return [roles, .. users, administration.ToStatement()];
    }
}
