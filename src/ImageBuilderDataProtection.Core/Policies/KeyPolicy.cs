using System.Text;
using ImageBuilderDataProtection.Policies.Generation;
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
    /// <exception cref="DataProtectionException">As for settings.</exception>
    public static KeyPolicy ForWorkflows(IReadOnlyList<PrincipalArn> executionRoles, IReadOnlyList<PrincipalArn>? keyAdministrators = null) =>
        ForWorkflows(new KeyPolicySettings { ExecutionRoles = executionRoles, KeyAdministrators = keyAdministrators ?? [] });

    /// <summary>A key policy of the form of the AWS page's step 1, narrowed or widened as the settings say.</summary>
    /// <param name="settings">The settings.</param>
    /// <exception cref="DataProtectionException">
    /// <c>ExecutionRoleRequired</c>: there are no roles; <c>NotARole</c>: one is something else; <c>MixedPartitions</c>: the ARNs
    /// are of several partitions; <c>KeyAdministratorRequired</c>: the roles are of several accounts, so the key's account is
    /// not to be told from them; <c>InvalidSid</c>: the name of the statement is none; <c>PolicyTooLarge</c>: the policy would
    /// be longer than <see cref="MaxKeyPolicyBytes"/>.
    /// </exception>
    public static KeyPolicy ForWorkflows(KeyPolicySettings settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        return Of(settings.ToStatements());
    }

    /// <summary>The key policy of these statements.</summary>
    /// <exception cref="DataProtectionException"><c>PolicyTooLarge</c>.</exception>
    internal static KeyPolicy Of(IEnumerable<JObject> statements)
    {
        var policy = new KeyPolicy(Compose([.. statements]));
        int length = Encoding.UTF8.GetByteCount(policy.ToKeyText());
        return length <= MaxKeyPolicyBytes
            ? policy
            : throw new DataProtectionException(
                "PolicyTooLarge",
                FailureKind.LimitExceeded,
                $"The key policy would have {length} bytes, and KMS takes at most {MaxKeyPolicyBytes}; name fewer principals, or patterns in place of many workflows.");
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
