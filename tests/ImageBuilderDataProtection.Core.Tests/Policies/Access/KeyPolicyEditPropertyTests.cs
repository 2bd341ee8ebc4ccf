using System.Text;
using CsCheck;
using ImageBuilderDataProtection.Json;
using ImageBuilderDataProtection.Policies;
using ImageBuilderDataProtection.Policies.Access;
using Newtonsoft.Json;
using Newtonsoft.Json.Linq;

namespace ImageBuilderDataProtection.Tests.Policies.Access;

/// <summary>Grants and revokes on documents of every shape, laid out in every way.</summary>
public class KeyPolicyEditPropertyTests
{
    private static readonly PrincipalArn[] Roles = [.. new[] { "A", "team/B", "C-1" }.Select(static name => PrincipalArn.Parse($"arn:aws:iam::111122223333:role/{name}"))];

    private static readonly WorkflowArnPattern[] Patterns =
    [
        WorkflowArnPattern.AllOf("aws", "111122223333"),
        WorkflowArnPattern.Parse("arn:aws:imagebuilder:us-west-2:111122223333:workflow/build/*"),
        WorkflowArnPattern.Parse("arn:aws:imagebuilder:us-west-2:111122223333:workflow/test/web/1.0.0/*"),
    ];

    private static readonly Gen<PrincipalArn> Role = Gen.OneOf(Roles);

    private static readonly Gen<WorkflowGrant> Grant = Gen.Select(
        Gen.OneOf(Patterns).List[1, 3], Gen.Bool, Gen.Bool,
        static (patterns, viaImageBuilder, noOtherContext) => new WorkflowGrant { Workflows = patterns, ViaImageBuilder = viaImageBuilder, NoOtherContext = noOtherContext });

    private static readonly Gen<JToken> GrantStatement = Gen.Select(Grant, Role.List[1, 3], static (grant, roles) => (JToken)grant.ToKeyStatement("Allow", roles));

    // A document of any shape, with grants among its statements.
    private static readonly Gen<string> Text = Gen.Select(
        PolicyDocumentPropertyTests.Document, GrantStatement.List[0, 3], Gen.Bool, Gen.Int,
        static (document, grants, isSingle, seed) =>
        {
            var copy = (JObject)document.DeepClone();
            copy["Statement"] = copy["Statement"] switch
            {
                JArray list => new JArray([.. list, .. grants]),
                JToken single when grants.Count == 0 => single,
                _ when isSingle => grants[0],
                JToken single => new JArray([single, .. grants]),
                null => null,
            };
            return LaidOut(copy, new Random(seed));
        });

    [Fact]
    public void A_revoke_after_a_grant_gives_the_first_text_back() => Gen.Select(Text, Role, Grant).Sample(
        static (text, role, grant) =>
        {
            string granted = KeyPolicyEdit.Grant(text, role, grant);
            if (Holdings(text).Overlaps(HoldingsOf(role, grant)))
            {
                return;
            }

            Assert.NotEqual(text, granted);
            Assert.Equal(text, KeyPolicyEdit.Revoke(granted, role, grant));
        },
        iter: 2000);

    [Fact]
    public void Grants_of_several_roles_taken_back_in_any_order_give_the_first_text_back() => Gen.Select(PolicyDocumentPropertyTests.Document, Grant, Gen.Shuffle(Roles), Gen.Shuffle(Roles), Gen.Int).Sample(
        static (document, grant, granted, revoked, seed) =>
        {
            string text = LaidOut(document, new Random(seed));
            string all = granted.Aggregate(text, (rest, role) => KeyPolicyEdit.Grant(rest, role, grant));
            Assert.Equal(KeyPolicy.Parse(text).Statements.Count + Roles.Length, KeyPolicy.Parse(all).Statements.Count);
            Assert.Equal(text, revoked.Aggregate(all, (rest, role) => KeyPolicyEdit.Revoke(rest, role, grant)));
            Assert.Equal(text, revoked.Aggregate(all, static (rest, role) => KeyPolicyEdit.RevokeAll(rest, role)));
        },
        iter: 2000);

    [Fact]
    public void A_grant_adds_what_it_says_and_nothing_else_changes() => Gen.Select(Text, Role, Grant).Sample(
        static (text, role, grant) =>
        {
            string granted = KeyPolicyEdit.Grant(text, role, grant);
            Assert.Equal([.. Holdings(text).Union(HoldingsOf(role, grant))], Holdings(granted));
            Assert.Equal(Others(text), Others(granted));
            Assert.Equal(granted, KeyPolicyEdit.Grant(granted, role, grant));
        },
        iter: 2000);

    [Fact]
    public void A_revoke_takes_out_what_it_says_and_nothing_else_changes() => Gen.Select(Text, Role, Grant).Sample(
        static (text, role, grant) =>
        {
            string revoked = KeyPolicyEdit.Revoke(text, role, grant);
            Assert.Equal([.. Holdings(text).Except(HoldingsOf(role, grant))], Holdings(revoked));
            Assert.Equal(Others(text), Others(revoked));
            Assert.Equal(revoked, KeyPolicyEdit.Revoke(revoked, role, grant));

            string none = KeyPolicyEdit.RevokeAll(text, role);
            Assert.Equal([.. Holdings(text).Where(held => held.Role != role.Value)], Holdings(none));
            Assert.Equal(Others(text), Others(none));
            Assert.Equal(none, KeyPolicyEdit.RevokeAll(none, role));

            string direct = KeyPolicyEdit.RevokeAll(text, role, onlyViaImageBuilder: true);
            Assert.Equal([.. Holdings(text).Where(held => held.Role != role.Value || !held.Via)], Holdings(direct));
        },
        iter: 2000);

    // Who has what by workflow grants: the meaning that the edits may change.
    private static SortedSet<(string Role, string Pattern, bool Via, bool Only)> Holdings(string text) =>
    [
        .. from statement in KeyPolicy.Parse(text).Statements
           let grant = KeyStatementGrant.TryRead(statement)
           where grant is not null
           from principal in grant.Principals
           from pattern in grant.Workflows.Values
           select (principal, pattern, grant.ViaImageBuilder, grant.NoOtherContext),
    ];

    private static IEnumerable<(string Role, string Pattern, bool Via, bool Only)> HoldingsOf(PrincipalArn role, WorkflowGrant grant) =>
        grant.Workflows.Select(pattern => (role.Value, pattern.Value, grant.ViaImageBuilder, grant.NoOtherContext));

    // All that is no workflow grant.
    private static string Others(string text)
    {
        var document = KeyPolicyText.Parse(text);
        JObject all = StrictJson.ParseObject(text, "The policy", PolicyDocument.MaxBytes);
        all["Statement"] = new JArray(document.Policy.Statements.Where(static statement => KeyStatementGrant.TryRead(statement) is null).Select(statement => document.Statement(statement.Index)));
        return StrictJson.Write(all, indented: true);
    }

    // Indented, on one line, or with white space anywhere it may stand.
    private static string LaidOut(JToken document, Random random)
    {
        int way = random.Next(4);
        if (way < 2)
        {
            return StrictJson.Write(document, indented: way == 0);
        }

        var text = new StringBuilder(way == 2 ? "" : "\uFEFF");
        Write(document);
        return text.ToString();

        void Write(JToken value)
        {
            Space();
            switch (value)
            {
                case JObject properties:
                    WriteAll('{', properties.Properties(), '}', property =>
                    {
                        Space();
                        text.Append(JsonConvert.ToString(property.Name));
                        Space();
                        text.Append(':');
                        Write(property.Value);
                    });
                    break;
                case JArray items:
                    WriteAll('[', items, ']', Write);
                    break;
                default:
                    text.Append(StrictJson.Write(value, indented: false));
                    break;
            }

            Space();
        }

        void WriteAll<T>(char open, IEnumerable<T> parts, char close, Action<T> write)
        {
            text.Append(open);
            bool isFirst = true;
            foreach (T part in parts)
            {
                text.Append(isFirst ? "" : ",");
                write(part);
                isFirst = false;
            }

            Space();
            text.Append(close);
        }

        void Space() => text.Append(random.Next(10) switch { 0 => " ", 1 => "\n  ", 2 => "\r\n\t", _ => "" });
    }
}
