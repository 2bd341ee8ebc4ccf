using System.Text;
using Newtonsoft.Json.Linq;

namespace ImageBuilderDataProtection.Policies;

/// <summary>A key policy: the resource policy of a KMS key ("Key policies in AWS KMS" in the AWS KMS Developer Guide).</summary>
public sealed class KeyPolicy : PolicyDocument
{
    /// <summary>The size limit of a key policy, in bytes ("PutKeyPolicy" in the AWS KMS API Reference).</summary>
    public const int MaxKeyPolicyBytes = 32_768;

    private KeyPolicy(JObject document)
        : base(document)
    {
    }

    /// <summary>Reads a key policy.</summary>
    /// <exception cref="PolicyFormatException">The text is not JSON, or not a policy document.</exception>
    /// <exception cref="DataProtectionException"><c>JsonTooLarge</c>: the text is longer than <see cref="PolicyDocument.MaxBytes"/>.</exception>
    public static new KeyPolicy Parse(string json) => new(ReadJson(json));

    /// <summary>
    /// The AWS page's step 1: execution roles may encrypt and decrypt workflows of their accounts, in any region, and key
    /// administrators may do everything. The administrators' Resource is <c>*</c>, this key; what the page prints there,
    /// <c>arn:aws:kms:*:111122223333:key/</c>, matches no key and would lock the administrators out.
    /// </summary>
    /// <param name="executionRoles">The roles with which Image Builder runs workflows.</param>
    /// <param name="keyAdministrators">Who administers the key; when null or empty, the account root of the roles' account.</param>
    /// <exception cref="DataProtectionException">
    /// <c>ExecutionRoleRequired</c>: there are no roles; <c>NotARole</c>: one is something else; <c>MixedPartitions</c>: the ARNs
    /// are of several partitions; <c>KeyAdministratorRequired</c>: the roles are of several accounts, so the key's account is
    /// not to be told from them.
    /// </exception>
    public static KeyPolicy ForWorkflows(IReadOnlyList<PrincipalArn> executionRoles, IReadOnlyList<PrincipalArn>? keyAdministrators = null)
    {
        ArgumentNullException.ThrowIfNull(executionRoles);
        if (executionRoles.Count == 0)
        {
            throw new DataProtectionException(
                "ExecutionRoleRequired", FailureKind.InvalidArgument, "A key policy for workflows needs the ARN of at least one execution role.");
        }

        string[] accounts = [.. executionRoles.Select(static role => role.RequireRole().Account).Distinct(StringComparer.Ordinal)];
        string partition = executionRoles[0].Partition;
        if (keyAdministrators is null or { Count: 0 })
        {
            keyAdministrators = accounts.Length == 1
                ? [PrincipalArn.AccountRoot(partition, accounts[0])]
                : throw new DataProtectionException(
                    "KeyAdministratorRequired",
                    FailureKind.InvalidArgument,
                    $"The execution roles are of the accounts {string.Join(", ", accounts)}; name the key administrators, since the key's account is not to be told from these.");
        }

        RequireOnePartition(executionRoles.Concat(keyAdministrators).Select(static principal => principal.Partition));
        return new KeyPolicy(Compose(
            new WorkflowGrant { Workflows = AllWorkflows(partition, accounts) }
                .ToKeyStatement("Allow access to build images with encrypted workflow", executionRoles),
            new JObject
            {
                ["Sid"] = "Allow access for key administrators",
                ["Effect"] = "Allow",
                ["Principal"] = new JObject { ["AWS"] = OneOrList(keyAdministrators.Select(static principal => principal.Value)) },
                ["Action"] = new JArray("kms:*"),
                ["Resource"] = "*",
            }));
    }

    /// <summary>The policy as it is put: readable where it fits, since KMS counts the white space, too.</summary>
    internal string ToKeyText()
    {
        string json = ToJson();
        return FitsKey(json) ? json : ToCompactJson();
    }

    /// <summary>Whether a text is short enough for a key policy.</summary>
    internal static bool FitsKey(string json) => Encoding.UTF8.GetByteCount(json) <= MaxKeyPolicyBytes;

    /// <summary>The key policy that KMS gives a key made without one ("Default key policy" in the AWS KMS Developer Guide).</summary>
    internal static KeyPolicy Default(PrincipalArn accountRoot)
    {
        JObject document = Compose(new JObject
        {
            ["Sid"] = "Enable IAM User Permissions",
            ["Effect"] = "Allow",
            ["Principal"] = new JObject { ["AWS"] = accountRoot.Value },
            ["Action"] = "kms:*",
            ["Resource"] = "*",
        });
        ((JProperty)document.First!).AddAfterSelf(new JProperty("Id", "key-default-1"));
        return new KeyPolicy(document);
    }
}
