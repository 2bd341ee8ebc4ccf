using CsCheck;
using ImageBuilderDataProtection.Audit;
using ImageBuilderDataProtection.Kms;
using ImageBuilderDataProtection.Policies;
using ImageBuilderDataProtection.Policies.Generation;
using Newtonsoft.Json.Linq;

namespace ImageBuilderDataProtection.Tests.Policies.Generation;

/// <summary>
/// A policy made of audit events allows each of them, by the evaluator; nothing that was not seen, of all that callers,
/// actions, workflows and names could be combined to; and without any one of its parts it would deny an event.
/// </summary>
public class AuditedPolicyPropertyTests
{
    private const string User = "arn:aws:iam::111122223333:user/Alice";
    private const string OtherName = "purpose";

    private static readonly string[] Principals = [AuditRecords.Role, "arn:aws:iam::111122223333:role/Other", User];
    private static readonly string[] Operations = ["Decrypt", "GenerateDataKey", "Encrypt"];

    private static readonly string[] Workflows =
    [
        AuditRecords.Workflow,
        "arn:aws:imagebuilder:us-west-2:111122223333:workflow/build/web/1.0.0/1",
        "arn:aws:imagebuilder:eu-west-1:111122223333:workflow/test/web/1.0.0/*",
    ];

    private static readonly bool[] Either = [false, true];
    private static readonly string[] Keys = [AuditRecords.Key, AuditRecords.OtherKey];

    private static readonly KeyPolicy Delegating = KeyPolicy.Parse(
        $$"""{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"{{AuditRecords.Root}}"},"Action":"kms:*","Resource":"*"}]}""");

    private static readonly Gen<Use[]> Event = Gen.OneOf(
        Gen.Select(Gen.Int[0, 2], Gen.Int[0, 2], Gen.Int[0, 2], Gen.Int[0, 1], Gen.Bool, Gen.Bool, static (principal, operation, workflow, key, isVia, hasOther) =>
            new[] { new Use(Principals[principal], "kms:" + Operations[operation], Workflows[workflow], Keys[key], isVia, hasOther) }),
        Gen.Select(Gen.Int[0, 2], Gen.Int[0, 1], static (principal, key) => new[] { new Use(Principals[principal], "kms:DescribeKey", null, Keys[key], false, false) }),
        Gen.Select(Gen.Int[0, 2], Gen.Int[0, 2], Gen.Int[0, 2], Gen.Int[0, 1], Gen.Int[0, 1], static (principal, from, to, fromKey, toKey) => new[]
        {
            new Use(Principals[principal], "kms:ReEncryptFrom", Workflows[from], Keys[fromKey], false, false),
            new Use(Principals[principal], "kms:ReEncryptTo", Workflows[to], Keys[toKey], false, false),
        }));

    private static readonly Gen<Use[][]> Events = Event.Array[1, 12];

    [Fact]
    public void A_key_policy_allows_what_was_seen_and_no_more() => Events.Sample(static events =>
    {
        var builder = new AuditedKeyPolicyBuilder(new AuditedKeyPolicySettings());
        foreach (Use[] uses in events)
        {
            builder.Add(ToEvent(uses));
        }

        AuditedKeyPolicy audited = builder.Build();
        Use[] seen = [.. events.SelectMany(static uses => uses)];
        Assert.Empty(audited.Unusable);
        Assert.Equal(seen.Select(static use => use.Key).Distinct(), audited.Keys.Select(static key => key.Value));
        RequireExact(audited.Policy, seen, static (policy, use) => Allows((KeyPolicy)policy, use));
        RequireNarrowest(audited.Policy, KeyPolicy.Parse, seen, administratorStatements: 1, static (policy, use) => Allows((KeyPolicy)policy, use));
    });

    [Fact]
    public void A_key_policy_for_one_of_the_keys_allows_what_was_seen_of_it() => Events.Sample(static events =>
    {
        var builder = new AuditedKeyPolicyBuilder(new AuditedKeyPolicySettings { Key = KeyArn.Parse(AuditRecords.Key) });
        foreach (Use[] uses in events)
        {
            builder.Add(ToEvent(uses));
        }

        Use[] seen = [.. events.SelectMany(static uses => uses).Where(static use => use.Key == AuditRecords.Key)];
        if (seen.Length == 0)
        {
            Assert.Equal("NoAuditedUse", Assert.Throws<DataProtectionException>(builder.Build).ErrorId);
            return;
        }

        KeyPolicy policy = builder.Build().Policy;
        RequireExact(policy, seen, static (document, use) => Allows((KeyPolicy)document, use));
        RequireNarrowest(policy, KeyPolicy.Parse, seen, administratorStatements: 1, static (document, use) => Allows((KeyPolicy)document, use));
    });

    [Fact]
    public void A_role_policy_allows_what_the_role_was_seen_to_do_and_no_more() => Events.Sample(static events =>
    {
        var builder = new AuditedRolePolicyBuilder(new AuditedRolePolicySettings { Role = PrincipalArn.Parse(AuditRecords.Role) });
        foreach (Use[] uses in events)
        {
            builder.Add(ToEvent(uses));
        }

        Use[] seen = [.. events.SelectMany(static uses => uses).Where(static use => use.Principal == AuditRecords.Role)];
        if (seen.Length == 0)
        {
            Assert.Equal("NoAuditedUse", Assert.Throws<DataProtectionException>(builder.Build).ErrorId);
            return;
        }

        AuditedRolePolicy audited = builder.Build();
        Assert.Equal([AuditRecords.Role], audited.Principals.Select(static principal => principal.Value));
        foreach (Use use in Universe().Where(static use => use.Principal == AuditRecords.Role))
        {
            Assert.Equal(IsCovered(use, seen, byKey: true), AllowsRole(audited.Policy, use));
        }

        RequireNarrowest(audited.Policy, PolicyDocument.Parse, seen, administratorStatements: 0, AllowsRole);
    });

    // Everything in the cube of callers, actions, workflows, service and names: allowed just where it was seen. The key is not a
    // part of a key policy.
    private static void RequireExact(PolicyDocument policy, Use[] seen, Func<PolicyDocument, Use, bool> allows)
    {
        Assert.All(seen, use => Assert.True(allows(policy, use), use.ToString()));
        foreach (Use use in Universe())
        {
            Assert.True(IsCovered(use, seen, byKey: false) == allows(policy, use), $"{use}: {policy}");
        }
    }

    private static IEnumerable<Use> Universe() =>
        from principal in Principals
        from key in Keys
        from operation in Operations.Concat(["ReEncryptFrom", "ReEncryptTo", "GenerateDataKeyWithoutPlaintext", "DescribeKey", "PutKeyPolicy"])
        from workflow in Workflows.Append("arn:aws:imagebuilder:us-west-2:111122223333:workflow/build/web/1.0.0/2").Append(null)
        from isVia in Either
        from hasOther in Either
        select new Use(principal, "kms:" + operation, workflow, key, isVia, hasOther);

    // The service is told by all that the caller did; the names by what it did with the same workflows, which is the least that
    // one statement can tell apart.
    private static bool IsCovered(Use use, Use[] seen, bool byKey)
    {
        Use[] ofCaller = [.. seen.Where(other => other.Principal == use.Principal)];
        Use[] ofWorkflows = [.. ofCaller.Where(static other => other.Workflow is not null)];
        return use.Action == "kms:DescribeKey"
            ? ofCaller.Any(other => other.Action == use.Action && (!byKey || other.Key == use.Key))
            : use.Workflow is not null
                && ofWorkflows.Any(other => other.Action == use.Action && other.Workflow == use.Workflow && (!byKey || other.Key == use.Key))
                && (use.IsViaImageBuilder || !ofWorkflows.All(static other => other.IsViaImageBuilder))
                && (!use.HasOtherName || ofWorkflows.Any(other => other.HasOtherName && (!byKey || other.Key == use.Key) && WorkflowsOf(other).SetEquals(WorkflowsOf(use))));

        HashSet<string> WorkflowsOf(Use asked) =>
            [.. ofWorkflows.Where(other => other.Action == asked.Action && (!byKey || other.Key == asked.Key)).Select(static other => other.Workflow!)];
    }

    private static void RequireNarrowest(PolicyDocument policy, Func<string, PolicyDocument> parse, Use[] seen, int administratorStatements, Func<PolicyDocument, Use, bool> allows)
    {
        var json = JObject.Parse(policy.ToJson());
        var statements = (JArray)json["Statement"]!;
        int count = statements.Count - administratorStatements;
        for (int i = 0; i < count; i++)
        {
            RequireNeeded(json, $"Statement[{i}]");
            foreach (JToken part in statements[i].SelectTokens("$..*").OfType<JArray>().SelectMany(static list => list))
            {
                // Rule: a policy that limits the names of the context names these two in any case.
                if ((string?)part is not ("aws:imagebuilder:arn" or "aws-crypto-public-key"))
                {
                    RequireNeeded(json, part.Path);
                }
            }
        }

        void RequireNeeded(JObject whole, string path)
        {
            var less = (JObject)whole.DeepClone();
            less.SelectToken(path)!.Remove();
            PolicyDocument without = parse(less.ToString());
            Assert.True(seen.Any(use => !allows(without, use)), $"Without {path} the policy still allows everything: {policy}");
        }
    }

    private static bool Allows(KeyPolicy policy, Use use) => PolicyEvaluator.Evaluate(Request(use), policy, []).Allowed;

    private static bool AllowsRole(PolicyDocument policy, Use use) => PolicyEvaluator.Evaluate(
        Request(use),
        Delegating,
        [policy]).Allowed;

    private static PolicyRequest Request(Use use)
    {
        PrincipalArn principal = PrincipalArn.Parse(use.Principal);
        RequestPrincipal caller = principal.Kind == PrincipalKind.Role ? RequestPrincipal.RoleSession(principal, "session") : RequestPrincipal.From(principal);
        EncryptionContext? context = use.Workflow is null
            ? null
            : EncryptionContext.Create(
                new KeyValuePair<string, string>[] { new("aws:imagebuilder:arn", use.Workflow), new("aws-crypto-public-key", "A1b2") }
                    .Concat(use.HasOtherName ? [new KeyValuePair<string, string>(OtherName, "value")] : []));
        return new PolicyRequest(
            caller,
            use.Action,
            KeyArn.Parse(use.Key),
            RequestConditions.For(caller, context, use.IsViaImageBuilder ? "imagebuilder.us-west-2.amazonaws.com" : null));
    }

    private static KmsAuditEvent ToEvent(Use[] uses) => (uses.Length == 2
        ? AuditRecords.ReEncrypt(uses[0].Principal, uses[0].Workflow!, uses[1].Workflow!, uses[0].Key, uses[1].Key)
        : AuditRecords.Call(uses[0].Action[4..], uses[0].Principal, uses[0].Workflow, uses[0].IsViaImageBuilder, null, uses[0].Key, uses[0].HasOtherName ? [OtherName] : [])).ToEvent();

    private sealed record Use(string Principal, string Action, string? Workflow, string Key, bool IsViaImageBuilder, bool HasOtherName);
}
