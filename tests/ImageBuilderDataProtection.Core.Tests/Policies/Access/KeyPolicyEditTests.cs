using ImageBuilderDataProtection.Kms;
using ImageBuilderDataProtection.Policies;
using ImageBuilderDataProtection.Policies.Access;

namespace ImageBuilderDataProtection.Tests.Policies.Access;

public class KeyPolicyEditTests
{
    private const string Administrators =
        """{ "Sid": "Admins", "Effect": "Allow", "Principal": { "AWS": "arn:aws:iam::111122223333:root" }, "Action": "kms:*", "Resource": "*" }""";

    private static readonly PrincipalArn Role = PrincipalArn.Parse("arn:aws:iam::111122223333:role/builds/Image-Builds");
    private static readonly PrincipalArn Other = PrincipalArn.Parse("arn:aws:iam::111122223333:role/Other");
    private static readonly WorkflowArnPattern All = WorkflowArnPattern.AllOf("aws", "111122223333");
    private static readonly WorkflowArnPattern Web = WorkflowArnPattern.Parse("arn:aws:imagebuilder:us-west-2:111122223333:workflow/build/web/*");
    private static readonly WorkflowGrant ForAll = new() { Workflows = [All] };

    [Fact]
    public void A_statement_is_added_as_the_others_are_laid_out()
    {
        string text = "{\n    \"Statement\": [\n        {\n            \"Effect\": \"Allow\"\n        }\n    ]\n}\n";
        Assert.Equal(
            """
            {
                "Statement": [
                    {
                        "Effect": "Allow"
                    },
                    {
                      "Sid": "Allow encrypted workflows for Image Builds",
                      "Effect": "Allow",
                      "Principal": {
                        "AWS": "arn:aws:iam::111122223333:role/builds/Image-Builds"
                      },
                      "Action": [
                        "kms:Decrypt",
                        "kms:GenerateDataKey"
                      ],
                      "Resource": "*",
                      "Condition": {
                        "StringLike": {
                          "kms:EncryptionContext:aws:imagebuilder:arn": "arn:aws:imagebuilder:*:111122223333:workflow/*"
                        }
                      }
                    }
                ]
            }

            """,
            KeyPolicyEdit.Grant(text, Role, ForAll));
    }

    [Theory]
    [InlineData("{\"Statement\":{\"Effect\":\"Deny\"}}", "{\"Statement\":[{\"Effect\":\"Deny\"} ,{\"Sid\":")]
    [InlineData("{\"Statement\":[{\"Effect\":\"Deny\"}]}", "{\"Statement\":[{\"Effect\":\"Deny\"},{\"Sid\":")]
    [InlineData("{\"Statement\":[ {\"Effect\":\"Deny\"} ]}", "{\"Statement\":[ {\"Effect\":\"Deny\"}, {\"Sid\":")]
    [InlineData("{\"Statement\":[]}", "{\"Statement\":[{\n  \"Sid\":")]
    [InlineData("{\r\n\"Statement\":{\r\n  \"Effect\":\"Deny\"\r\n}}", "{\r\n\"Statement\":[{\r\n  \"Effect\":\"Deny\"\r\n} ,{\r\n  \"Sid\":")]
    public void One_statement_and_a_list_of_one_each_come_back(string text, string start)
    {
        string granted = KeyPolicyEdit.Grant(text, Role, ForAll);
        Assert.StartsWith(start, granted, StringComparison.Ordinal);
        Assert.Equal(text, KeyPolicyEdit.Revoke(granted, Role, ForAll));
    }

    [Fact]
    public void A_list_that_another_program_wrote_on_one_line_stays_a_list()
    {
        string text = $"{{\"Statement\":[{Administrators}]}}";
        string other = KeyPolicyEdit.Grant(text, Role, ForAll);
        Assert.DoesNotContain("} ,{", other, StringComparison.Ordinal);
        Assert.Equal(text, KeyPolicyEdit.RevokeAll(other, Role));
    }

    [Theory]
    [InlineData("\"Action\": [\"KMS:generatedatakey\", \"kms:decrypt\", \"kms:Decrypt\"]")]
    [InlineData("\"Sid\": \"Something else\"")]
    [InlineData("\"Resource\": [\"*\"]")]
    [InlineData("\"Principal\": {\"AWS\": [\"arn:aws:iam::111122223333:role/Other\", \"arn:aws:iam::111122223333:role/builds/Image-Builds\"]}")]
    [InlineData("\"Condition\": {\"StringLike\": {\"KMS:encryptioncontext:AWS:imagebuilder:arn\": [\"x\", \"arn:aws:imagebuilder:*:111122223333:workflow/*\"]}}")]
    public void A_grant_is_known_by_its_meaning(string element) =>
        Assert.Equal(WithElement(element), KeyPolicyEdit.Grant(WithElement(element), Role, ForAll));

    [Theory]
    [InlineData("\"Effect\": \"Deny\"")]
    [InlineData("\"Action\": \"kms:Decrypt\"")]
    [InlineData("\"Action\": [\"kms:Decrypt\", \"kms:GenerateDataKey\", \"kms:DescribeKey\"]")]
    [InlineData("\"NotAction\": [\"kms:Decrypt\", \"kms:GenerateDataKey\"]")]
    [InlineData("\"Resource\": \"arn:aws:kms:*:111122223333:key/\"")]
    [InlineData("\"Principal\": \"*\"")]
    [InlineData("\"Principal\": {\"AWS\": \"arn:aws:iam::111122223333:role/Image-Builds\"}")]
    [InlineData("\"Principal\": {\"AWS\": \"arn:aws:iam::111122223333:role/builds/Image-Builds\", \"Service\": \"imagebuilder.amazonaws.com\"}")]
    [InlineData("\"NotPrincipal\": {\"AWS\": \"arn:aws:iam::111122223333:role/builds/Image-Builds\"}")]
    [InlineData("\"Condition\": {}")]
    [InlineData("\"Condition\": {\"StringEquals\": {\"kms:EncryptionContext:aws:imagebuilder:arn\": \"arn:aws:imagebuilder:*:111122223333:workflow/*\"}}")]
    [InlineData("\"Condition\": {\"StringLike\": {\"kms:EncryptionContext:aws:imagebuilder:arn\": \"arn:aws:imagebuilder:*:111122223333:workflow/*\", \"kms:ViaService\": \"imagebuilder.*.amazonaws.com\"}}")]
    [InlineData("\"Condition\": {\"StringLike\": {\"kms:EncryptionContext:aws:imagebuilder:arn\": \"arn:aws:imagebuilder:*:111122223333:workflow/*\"}, \"Bool\": {\"aws:MultiFactorAuthPresent\": \"true\"}}")]
    [InlineData("\"Unknown\": 1")]
    public void What_says_more_or_less_is_no_such_grant(string element)
    {
        string text = WithElement(element);
        Assert.NotEqual(text, KeyPolicyEdit.Grant(text, Role, ForAll));
        Assert.Equal(text, KeyPolicyEdit.Revoke(text, Role, ForAll));
    }

    [Theory]
    [InlineData("\"Action\": \"kms:Decrypt\"")]
    [InlineData("\"Action\": [\"kms:decrypt\", \"kms:Encrypt\", \"kms:ReEncrypt*\", \"kms:GenerateDataKeyWithoutPlaintext\"]")]
    [InlineData("\"Condition\": {\"StringEquals\": {\"kms:EncryptionContext:aws:imagebuilder:arn\": \"arn:aws:imagebuilder:us-west-2:111122223333:workflow/build/web/1.0.0/*\"}, \"ForAllValues:StringEquals\": {\"kms:EncryptionContextKeys\": \"aws:imagebuilder:arn\"}}")]
    [InlineData("\"Condition\": {\"ArnLike\": {\"kms:EncryptionContext:aws:imagebuilder:arn\": \"*\"}, \"StringEquals\": {\"kms:ViaService\": \"imagebuilder.us-west-2.amazonaws.com\"}, \"Bool\": {\"aws:MultiFactorAuthPresent\": \"true\"}}")]
    public void All_that_a_role_has_for_workflows_is_taken_out_however_it_is_limited(string element)
    {
        string text = WithElement(element);
        Assert.Equal($"{{\"Statement\": [{Administrators}]}}", KeyPolicyEdit.RevokeAll(text, Role));
        Assert.Equal(text, KeyPolicyEdit.RevokeAll(text, Other));
        Assert.Equal(text.Contains("ViaService", StringComparison.Ordinal) ? KeyPolicyEdit.RevokeAll(text, Role) : text, KeyPolicyEdit.RevokeAll(text, Role, onlyViaImageBuilder: true));
    }

    [Theory]
    [InlineData("\"Action\": [\"kms:Decrypt\", \"kms:DescribeKey\"]")]
    [InlineData("\"Action\": \"kms:*\"")]
    [InlineData("\"Action\": []")]
    [InlineData("\"Effect\": \"Deny\"")]
    [InlineData("\"NotPrincipal\": {\"AWS\": \"arn:aws:iam::111122223333:role/builds/Image-Builds\"}")]
    [InlineData("\"Condition\": {\"StringLikeIfExists\": {\"kms:EncryptionContext:aws:imagebuilder:arn\": \"*\"}}")]
    [InlineData("\"Condition\": {\"StringNotLike\": {\"kms:EncryptionContext:aws:imagebuilder:arn\": \"*\"}}")]
    [InlineData("\"Condition\": {\"ForAllValues:StringLike\": {\"kms:EncryptionContext:aws:imagebuilder:arn\": \"*\"}}")]
    [InlineData("\"Condition\": {\"StringLike\": {\"kms:ViaService\": \"imagebuilder.*.amazonaws.com\"}}")]
    public void What_gives_more_than_workflows_is_left(string element) => Assert.Equal(WithElement(element), KeyPolicyEdit.RevokeAll(WithElement(element), Role));

    [Fact]
    public void A_role_among_others_is_taken_out_of_the_list()
    {
        string text = KeyPolicy.ForWorkflows([Other, Role]).ToJson();
        string revoked = KeyPolicyEdit.RevokeAll(text, Role);
        Assert.Equal(text.Replace($",\n          \"{Role}\"", "", StringComparison.Ordinal), revoked);
    }

    [Fact]
    public void A_pattern_among_others_is_taken_out_of_the_list()
    {
        string text = KeyPolicyEdit.Grant($"{{\"Statement\":[{Administrators}]}}", Role, new WorkflowGrant { Workflows = [All, Web] });
        Assert.Equal(
            KeyPolicyEdit.Grant($"{{\"Statement\":[{Administrators}]}}", Role, new WorkflowGrant { Workflows = [Web] }).Replace($"\"{Web}\"", $"[\"{Web}\"]", StringComparison.Ordinal),
            KeyPolicyEdit.Revoke(text, Role, ForAll));
    }

    [Fact]
    public void A_role_that_keeps_some_of_what_others_have_gets_a_statement_of_its_own()
    {
        var both = new WorkflowGrant { Workflows = [All, Web], ViaImageBuilder = true };
        string text = "{\"Statement\":[" + both.ToKeyStatement("Allow", [Role, Other]).ToString(Newtonsoft.Json.Formatting.None) + "]}";
        KeyPolicy revoked = KeyPolicy.Parse(KeyPolicyEdit.Revoke(text, Role, ForAll with { ViaImageBuilder = true }));
        Assert.Equal([Web.Value], KeyPolicyEdit.PatternsOf(revoked, Role));
        Assert.Equal([All.Value, Web.Value], KeyPolicyEdit.PatternsOf(revoked, Other));
        Assert.Equal([(string?)"Allow", "Allow encrypted workflows for Image Builds"], revoked.Statements.Select(static statement => statement.Sid));
        Assert.Equal("kms:ViaService", revoked.Statements[1].Conditions[1].Key);
    }

    [Fact]
    public void A_taken_Sid_gets_a_number()
    {
        string text = "{\"Statement\":[{\"Sid\":\"Allow encrypted workflows for Other\",\"Effect\":\"Deny\"},{\"Sid\":\"Allow encrypted workflows for Other 2\",\"Effect\":\"Deny\"}]}";
        Assert.Equal("Allow encrypted workflows for Other 3", KeyPolicy.Parse(KeyPolicyEdit.Grant(text, Other, ForAll)).Statements[2].Sid);
    }

    [Fact]
    public void What_is_granted_is_allowed_and_what_is_revoked_is_not()
    {
        string text = $"{{\"Version\": \"2012-10-17\", \"Statement\": [{Administrators}]}}";
        string granted = KeyPolicyEdit.Grant(text, Role, new WorkflowGrant { Workflows = [Web] });
        Assert.True(May(granted, "web"));
        Assert.False(May(granted, "app"));
        Assert.False(May(KeyPolicyEdit.RevokeAll(granted, Role), "web"));

        static bool May(string policy, string name)
        {
            RequestPrincipal caller = RequestPrincipal.RoleSession(Role, "build");
            EncryptionContext context = EncryptionContext.Empty.With(EncryptionContext.WorkflowArnKey, $"arn:aws:imagebuilder:us-west-2:111122223333:workflow/build/{name}/1.0.0/1");
            var key = KeyArn.Parse("arn:aws:kms:us-west-2:111122223333:key/k");
            return PolicyEvaluator.Evaluate(new PolicyRequest(caller, "kms:Decrypt", key, RequestConditions.For(caller, context)), KeyPolicy.Parse(policy), []).Allowed;
        }
    }

    [Fact]
    public void A_change_shows_the_statements_that_go_and_come()
    {
        string before = $"{{\"Statement\":[{Administrators}]}}";
        var change = new KeyPolicyChange(before, KeyPolicyEdit.Grant(before, Other, ForAll));
        Assert.Empty(change.Removed);
        Assert.StartsWith("+ {\n+   \"Sid\": \"Allow encrypted workflows for Other\",\n", change.ToString(), StringComparison.Ordinal);
        Assert.Equal(change.Added, new KeyPolicyChange(change.After, change.Before).Removed);
        Assert.False(new KeyPolicyChange(before, before).IsChange);
    }

    [Theory]
    [InlineData("""{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"a","Resource":["x","y"]}]}""", true)]
    [InlineData("""{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":["a"],"Resource":["y","x"]}}""", true)]
    [InlineData("""{"Version":"2012-10-17","Statement":{"Effect":"Deny","Action":["a"],"Resource":["y","x"]}}""", false)]
    [InlineData("""{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":["a"],"Resource":["y"]}}""", false)]
    [InlineData("""{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":["a"],"Resource":["y","x"],"Principal":"*"}}""", false)]
    [InlineData("""{"Version":"2008-10-17","Statement":{"Effect":"Allow","Action":["a"],"Resource":["y","x"]}}""", false)]
    public void Policies_are_compared_by_their_meaning(string other, bool same) => Assert.Equal(
        same,
        PolicyComparison.AreSame(
            KeyPolicy.Parse("""{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"a","Resource":["x","y"]}]}"""), KeyPolicy.Parse(other)));

    private static string WithElement(string element)
    {
        string name = element[..element.IndexOf(':', StringComparison.Ordinal)];
        string opposite = name.StartsWith("\"Not", StringComparison.Ordinal) ? "\"" + name[4..] : name;
        string[] elements =
        [
            "\"Effect\": \"Allow\"",
            "\"Principal\": {\"AWS\": \"arn:aws:iam::111122223333:role/builds/Image-Builds\"}",
            "\"Action\": [\"kms:Decrypt\", \"kms:GenerateDataKey\"]",
            "\"Resource\": \"*\"",
            "\"Condition\": {\"StringLike\": {\"kms:EncryptionContext:aws:imagebuilder:arn\": \"arn:aws:imagebuilder:*:111122223333:workflow/*\"}}",
        ];
        return $"{{\"Statement\": [{Administrators}, {{{string.Join(", ", elements.Where(one => !one.StartsWith(opposite, StringComparison.Ordinal)).Append(element))}}}]}}";
    }
}
