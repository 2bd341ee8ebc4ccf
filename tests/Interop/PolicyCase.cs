using ImageBuilderDataProtection.Kms;
using ImageBuilderDataProtection.Policies;
using Newtonsoft.Json.Linq;

namespace ImageBuilderDataProtection.Interop;

/// <summary>Policies and a request, to be decided here and by the peer.</summary>
/// <param name="Caller">The ARN of the caller; of a role session the role's.</param>
/// <param name="Action">The action.</param>
/// <param name="EncryptionContext">The encryption context.</param>
/// <param name="Others">Further condition keys, each with its value or, when it can have several, its values.</param>
/// <param name="KeyPolicy">The key policy.</param>
/// <param name="IdentityPolicies">The caller's policies.</param>
public sealed record PolicyCase(
    string Caller,
    string Action,
    IReadOnlyDictionary<string, string> EncryptionContext,
    IReadOnlyDictionary<string, JToken> Others,
    JObject KeyPolicy,
    IReadOnlyList<JObject> IdentityPolicies)
{
    public const string Account = "111122223333";
    public const string Key = "arn:aws:kms:us-west-2:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab";
    public const string SessionName = "session";

    /// <summary>The same without an encryption context.</summary>
    public PolicyCase WithoutEncryptionContext() => this with { EncryptionContext = new Dictionary<string, string>() };

    /// <summary>Our decision.</summary>
    public PolicyDecision Decide()
    {
        PrincipalArn arn = PrincipalArn.Parse(Caller);
        RequestPrincipal principal = arn.Kind == PrincipalKind.Role ? RequestPrincipal.RoleSession(arn, SessionName) : RequestPrincipal.From(arn);
        var conditions = RequestConditions.For(
            principal,
            Kms.EncryptionContext.Create(EncryptionContext),
            others: Others.SelectMany(static other => (other.Value is JArray list ? list.Select(static item => (string)item!) : [(string)other.Value!])
                .Select(value => KeyValuePair.Create(other.Key, value))));
        return PolicyEvaluator.Evaluate(
            new PolicyRequest(principal, Action, KeyArn.Parse(Key), conditions),
            Policies.KeyPolicy.Parse(KeyPolicy.ToString()),
            [.. IdentityPolicies.Select(static policy => PolicyDocument.Parse(policy.ToString()))]);
    }

    /// <summary>What the peer is asked. It is told every condition key, those too that our side finds out by itself.</summary>
    public JObject ToSimulation()
    {
        string[] parts = Caller.Split(':', 6);
        string name = Caller[(Caller.LastIndexOf('/') + 1)..];
        var context = new JObject
        {
            ["kms:CallerAccount"] = parts[4],
            ["aws:PrincipalAccount"] = parts[4],
            ["aws:PrincipalArn"] = Caller,
        };
        if (parts[5].StartsWith("user/", StringComparison.Ordinal))
        {
            context["aws:username"] = name;
        }

        foreach ((string key, string value) in EncryptionContext)
        {
            context["kms:EncryptionContext:" + key] = value;
        }

        if (EncryptionContext.Count > 0)
        {
            context["kms:EncryptionContextKeys"] = new JArray(EncryptionContext.Keys);
        }

        foreach ((string key, JToken value) in Others)
        {
            context[key] = value;
        }

        return new JObject
        {
            ["principal"] = parts[5].StartsWith("role/", StringComparison.Ordinal) ? $"arn:aws:sts::{parts[4]}:assumed-role/{name}/{SessionName}" : Caller,
            ["action"] = Action,
            ["resource"] = Key,
            ["account"] = Account,
            ["context"] = context,
            ["keyPolicy"] = KeyPolicy,
            ["identityPolicies"] = new JArray(IdentityPolicies),
        };
    }

    /// <summary>All of it, to read when the two disagree.</summary>
    public override string ToString() => ToSimulation().ToString();
}
