using CsCheck;
using ImageBuilderDataProtection.Kms;
using ImageBuilderDataProtection.Policies;
using ImageBuilderDataProtection.Policies.Lint;
using ImageBuilderDataProtection.Tests.Json;
using static ImageBuilderDataProtection.Tests.Policies.Lint.LintCase;

namespace ImageBuilderDataProtection.Tests.Policies.Lint;

public class PolicyLinterTests
{
    private const string EncryptionKey = "kms:EncryptionContext:aws:imagebuilder:arn";

    private static string Everyone => "\"*\"";

    private static string RoleStatement(string resource = KeyArnText, string sid = "Role", string? condition = null) => Statement(
        principal: null, resource: $"\"{resource}\"", sid: sid, condition: condition ?? $$$"""{"StringLike":{"{{{EncryptionKey}}}":"{{{Pattern}}}"}}""");

    private static string Workflow(string value, string comparison = "StringLike") => Statement(condition: $$$"""{"{{{comparison}}}":{"{{{EncryptionKey}}}":"{{{value}}}"}}""");

    /// <summary>For every rule: a policy it fires on, where and how badly, and the nearest one it must leave alone.</summary>
    private static readonly (string Rule, FindingSeverity Severity, string Path, LintCase Fires, LintCase Quiet)[] Cases =
    [
        ("NotUnderstood", FindingSeverity.Error, "Statement[1]",
            With(Workflow(Pattern, "StringLikes")), With(Workflow(Pattern))),
        ("NotUnderstood", FindingSeverity.Error, "Statement[1]",
            With(Statement(principal: """{"AWS":"arn:aws:iam::111122223333:role/*"}""")), With(Statement())),
        ("NotUnderstood", FindingSeverity.Error, "Statement", new(Bare()), With(Statement())),
        ("ElementMissing", FindingSeverity.Error, "Statement[1]", With(Statement(action: null)), With(Statement())),
        ("ElementMissing", FindingSeverity.Error, "Statement[1]", With(Statement(resource: null)), With(Statement())),
        ("ElementMissing", FindingSeverity.Error, "Statement[1].Action", With(Statement(action: "[]")), With(Statement(action: "[\"kms:Decrypt\"]"))),
        ("ResourceMatchesNoKey", FindingSeverity.Error, "Statement[1].Resource",
            With(Statement(resource: "\"arn:aws:kms:*:111122223333:key/\"")), With(Statement(resource: "\"arn:aws:kms:*:111122223333:key/*\""))),
        ("ResourceMatchesNoKey", FindingSeverity.Error, "Statement[1].Resource",
            With(Statement(resource: "\"arn:aws:kms:us-west-2:111122223333:alias/ExampleKMSKey\"")), With(Statement(resource: $"\"{KeyArnText}\""))),
        ("ResourceMatchesNoKey", FindingSeverity.Error, "Statement[1].Resource",
            With(Statement(resource: "\"arn:aws:kms:us-west-2:111122223333:key/another\"")) with { Key = KeyArnText }, With(Statement(resource: "\"arn:aws:kms:us-west-2:111122223333:key/another\""))),
        ("ResourceMatchesNoKey", FindingSeverity.Error, "Statement[0].Resource",
            With(Statement()) with { RolePolicy = Bare(RoleStatement("arn:aws:kms:us-west-2:111122223333:alias/ExampleKMSKey")) },
            With(Statement()) with { RolePolicy = Bare(RoleStatement()) }),
        ("Lockout", FindingSeverity.Error, "Statement", new(Bare(Statement())), With(Statement())),
        ("Lockout", FindingSeverity.Error, "Statement[1]",
            With(Statement(principal: Everyone, action: "\"kms:PutKeyPolicy\"", effect: "Deny", condition: null)),
            With(Statement(principal: Everyone, action: "\"kms:PutKeyPolicy\"", effect: "Deny", condition: """{"StringNotEquals":{"aws:PrincipalAccount":"111122223333"}}"""))),
        ("Lockout", FindingSeverity.Error, "Statement",
            new(Bare(Statement(action: "\"kms:*\"")), KeyArnText), new(Bare(Statement(action: "\"kms:*\"", condition: null)), KeyArnText)),
        ("Lockout", FindingSeverity.Error, "Statement",
            new(Bare(Statement(principal: """{"AWS":"444455556666"}""", action: "\"kms:*\"", condition: null)), KeyArnText),
            new(Bare(Statement(principal: """{"AWS":"111122223333"}""", action: "\"kms:*\"", condition: null)), KeyArnText)),
        ("EveryoneMayUseKey", FindingSeverity.Error, "Statement[1].Principal",
            With(Statement(principal: """{"AWS":"*"}""", condition: null)), With(Statement(principal: Everyone, condition: """{"StringEquals":{"kms:CallerAccount":"111122223333"}}"""))),
        ("WeakConditionOnEveryone", FindingSeverity.Error, "Statement[1].Condition",
            With(Statement(principal: Everyone)), With(Statement(principal: Everyone, condition: """{"StringEquals":{"aws:PrincipalOrgID":"o-a1b2c3d4e5"}}"""))),
        ("WeakConditionOnEveryone", FindingSeverity.Error, "Statement[1].Condition",
            With(Statement(principal: Everyone, condition: """{"StringEqualsIfExists":{"kms:CallerAccount":"111122223333"}}""")),
            With(Statement(principal: Everyone, condition: """{"StringEquals":{"kms:CallerAccount":"111122223333"}}"""))),
        ("WeakConditionOnEveryone", FindingSeverity.Error, "Statement[1].Condition",
            With(Statement(principal: Everyone, condition: """{"ArnLike":{"aws:PrincipalArn":"arn:aws:iam::*:role/Build"}}""")),
            With(Statement(principal: Everyone, condition: """{"ArnLike":{"aws:PrincipalArn":"arn:aws:iam::111122223333:role/Build*"}}"""))),
        ("NotPrincipalWithAllow", FindingSeverity.Error, "Statement[1].NotPrincipal",
            With(Statement().Replace("\"Principal\"", "\"NotPrincipal\"", StringComparison.Ordinal)),
            With(Statement(effect: "Deny").Replace("\"Principal\"", "\"NotPrincipal\"", StringComparison.Ordinal))),
        ("EverythingForKeyUser", FindingSeverity.Error, "Statement[1].Action", With(Statement(action: "\"kms:*\"")), With(Statement(action: "\"kms:D*\""))),
        ("EverythingForKeyUser", FindingSeverity.Error, "Statement[2].Action",
            With(Statement(), Statement(action: "\"*\"", condition: null, sid: "All")), With(Statement(), Statement(action: "[\"kms:List*\",\"kms:Get*\"]", condition: null, sid: "All"))),
        ("EverythingForKeyUser", FindingSeverity.Warning, "Statement[1].Action",
            With(Statement(action: "\"kms:*\"", condition: null)), With(Statement(action: "[\"kms:Put*\",\"kms:Describe*\"]", condition: null))),
        ("DecryptWithoutContext", FindingSeverity.Warning, "Statement[1].Action", With(Statement(condition: null)), With(Statement(condition: null, action: "\"kms:DescribeKey\""))),
        ("DecryptWithoutContext", FindingSeverity.Warning, "Statement[1].Action", With(Statement(condition: null, action: "\"kms:ReEncrypt*\"")), With(Statement(action: "\"kms:ReEncrypt*\""))),
        ("DecryptWithoutContext", FindingSeverity.Warning, $"Statement[1].Condition.StringLikeIfExists.{EncryptionKey}", With(Workflow(Pattern, "StringLikeIfExists")), With(Workflow(Pattern))),
        ("DecryptWithoutContext", FindingSeverity.Warning, "Statement[0].Action",
            With(Statement()) with { RolePolicy = Bare(RoleStatement(condition: "{}")) }, With(Statement()) with { RolePolicy = Bare(RoleStatement()) }),
        ("ContextMatchesNoWorkflow", FindingSeverity.Error, $"Statement[1].Condition.StringLike.{EncryptionKey}",
            With(Workflow("arn:aws:imagebuilder:*:111122223333:Workflow/*")), With(Workflow("arn:aws:imagebuilder:*:111122223333:workflow/build/*"))),
        ("ContextMatchesNoWorkflow", FindingSeverity.Error, $"Statement[1].Condition.StringEquals.{EncryptionKey}",
            With(Workflow("arn:aws:imagebuilder:us-west-2:111122223333:workflow/build/x/1.0.0", "StringEquals")),
            With(Workflow("arn:aws:imagebuilder:us-west-2:111122223333:workflow/build/x/1.0.0/1", "StringEquals"))),
        ("ContextOfAnotherAccount", FindingSeverity.Warning, $"Statement[1].Condition.StringLike.{EncryptionKey}",
            With(Workflow("arn:aws:imagebuilder:*:444455556666:workflow/*")), With(Workflow(Pattern))),
        ("ContextOfAnotherAccount", FindingSeverity.Warning, $"Statement[1].Condition.StringLike.{EncryptionKey}",
            With(Workflow("arn:aws:imagebuilder:*:*:workflow/*")), With(Workflow("arn:aws:imagebuilder:us-*:111122223333:workflow/*"))),
        ("ContextKeysIncomplete", FindingSeverity.Error, "Statement[1].Condition.ForAllValues:StringEquals.kms:EncryptionContextKeys",
            With(WithCondition("""  "ForAllValues:StringEquals":{"kms:EncryptionContextKeys":["aws:imagebuilder:arn"]}""")),
            With(WithCondition("""  "ForAllValues:StringEquals":{"kms:EncryptionContextKeys":["aws:imagebuilder:arn","aws-crypto-public-key"]}"""))),
        ("ContextKeysIncomplete", FindingSeverity.Error, "Statement[1].Condition.StringEquals.kms:EncryptionContextKeys",
            With(WithCondition(""" "StringEquals":{"kms:EncryptionContextKeys":["aws:imagebuilder:arn","aws-crypto-public-key"]}""")),
            With(WithCondition(""" "ForAnyValue:StringEquals":{"kms:EncryptionContextKeys":"aws:imagebuilder:arn"}"""))),
        ("ContextKeyCase", FindingSeverity.Error, "Statement[1].Condition.ForAllValues:StringEquals.kms:EncryptionContextKeys[0]",
            With(WithCondition(""" "ForAllValues:StringEquals":{"kms:EncryptionContextKeys":["aws:ImageBuilder:arn","aws-crypto-public-key"]}""")),
            With(WithCondition(""" "ForAllValues:StringEquals":{"kms:EncryptionContextKeys":["aws:imagebuilder:arn","aws-crypto-public-key"]}"""))),
        ("ContextKeyCase", FindingSeverity.Information, "Statement[1].Condition.StringLike.kms:EncryptionContext:AWS:imagebuilder:arn",
            With(Statement(condition: $$$"""{"StringLike":{"kms:EncryptionContext:AWS:imagebuilder:arn":"{{{Pattern}}}"}}""")),
            With(Statement(condition: $$$"""{"StringLike":{"KMS:encryptioncontext:aws:imagebuilder:arn":"{{{Pattern}}}"}}"""))),
        ("EqualsWithWildcard", FindingSeverity.Error, $"Statement[1].Condition.StringEquals.{EncryptionKey}", With(Workflow(Pattern, "StringEquals")),
            With(Workflow("arn:aws:imagebuilder:us-west-2:111122223333:workflow/build/x/1.0.0/*", "StringEquals"))),
        ("EqualsWithWildcard", FindingSeverity.Error, "Statement[1].Condition.StringEquals.aws:PrincipalArn[1]",
            With(WithCondition(""" "StringEquals":{"aws:PrincipalArn":["arn:aws:iam::111122223333:role/Build","arn:aws:iam::111122223333:role/Test*"]}""")),
            With(WithCondition(""" "ArnEquals":{"aws:PrincipalArn":["arn:aws:iam::111122223333:role/Build","arn:aws:iam::111122223333:role/Test*"]}"""))),
        ("UnknownAction", FindingSeverity.Error, "Statement[1].Action[1]", With(Statement(action: """["kms:Decrypt","kms:GenerateDataKeys"]""")), With(Statement())),
        ("UnknownAction", FindingSeverity.Error, "Statement[1].Action", With(Statement(action: "\"kms:ReEncrypt\"")), With(Statement(action: "\"kms:ReEncrypt*\""))),
        ("ActionNotOnKey", FindingSeverity.Warning, "Statement[1].Action[1]", With(Statement(action: """["kms:Decrypt","kms:ListKeys"]""")), With(Statement(action: """["kms:Decrypt","kms:List*"]"""))),
        ("ActionNotOnKey", FindingSeverity.Warning, "Statement[1].Action[1]",
            With(Statement(action: """["kms:Decrypt","s3:GetObject"]""")),
            With(Statement()) with { RolePolicy = Bare(RoleStatement().Replace("kms:GenerateDataKey\"", "kms:GenerateDataKey\",\"s3:GetObject\"", StringComparison.Ordinal)) }),
        ("ActionCase", FindingSeverity.Information, "Statement[1].Action[0]", With(Statement(action: """["kms:decrypt","kms:GenerateDataKey"]""")), With(Statement())),
        ("ActionCase", FindingSeverity.Information, "Statement[1].Action", With(Statement(action: "\"KMS:Decrypt\"")), With(Statement(action: "\"kms:De?rypt\""))),
        ("UnknownConditionKey", FindingSeverity.Error, "Statement[1].Condition.StringEquals.kms:CallerAcount",
            With(WithCondition(""" "StringEquals":{"kms:CallerAcount":"111122223333"}""")), With(WithCondition(""" "StringEquals":{"KMS:callerAccount":"111122223333"}"""))),
        ("UnknownConditionKey", FindingSeverity.Error, "Statement[1].Condition.StringLike.aws:imagebuilder:arn",
            With(Statement(condition: $$$"""{"StringLike":{"aws:imagebuilder:arn":"{{{Pattern}}}"}}""")), With(Statement())),
        ("UnknownConditionKey", FindingSeverity.Warning, "Statement[1].Condition.StringEquals['aws:PrincipleTag/team']",
            With(WithCondition(""" "StringEquals":{"aws:PrincipleTag/team":"images"}""")), With(WithCondition(""" "StringEquals":{"aws:PrincipalTag/team":"images"}"""))),
        ("DeprecatedConditionKey", FindingSeverity.Warning, "Statement[1].Condition.StringEquals.kms:CustomerMasterKeySpec",
            With(WithCondition(""" "StringEquals":{"kms:CustomerMasterKeySpec":"SYMMETRIC_DEFAULT"}""")), With(WithCondition(""" "StringEquals":{"kms:KeySpec":"SYMMETRIC_DEFAULT"}"""))),
        ("WrongPartition", FindingSeverity.Error, "Statement[1].Principal.AWS",
            With(Statement(principal: """{"AWS":"arn:aws-cn:iam::111122223333:role/Build"}""")), With(Statement())),
        ("WrongPartition", FindingSeverity.Error, $"Statement[1].Condition.StringLike.{EncryptionKey}",
            With(Workflow("arn:aws-us-gov:imagebuilder:*:111122223333:workflow/*")), With(Workflow("arn:aws*:imagebuilder:*:111122223333:workflow/*"))),
        ("WrongAccount", FindingSeverity.Error, "Statement[1].Principal.AWS",
            With(Statement(principal: """{"AWS":"arn:aws:iam::444455556666:root"}""", action: "\"kms:*\"", condition: null)) with { Key = KeyArnText },
            With(Statement(principal: """{"AWS":"arn:aws:iam::444455556666:root"}""")) with { Key = KeyArnText }),
        ("WrongAccount", FindingSeverity.Error, "Statement[1].Condition.StringEquals.kms:CallerAccount",
            With(WithCondition(""" "StringEquals":{"kms:CallerAccount":"444455556666"}""")), With(WithCondition(""" "StringEquals":{"kms:CallerAccount":["444455556666","111122223333"]}"""))),
        ("GrantedInOneStepOnly", FindingSeverity.Error, "Statement",
            With(Statement(principal: $$"""{"AWS":"{{Account}}"}"""), Statement(action: "\"kms:Decrypt\"", sid: "Half")) with { RolePolicy = Bare(RoleStatement().Replace("kms:GenerateDataKey", "kms:Encrypt", StringComparison.Ordinal)) },
            With(Statement(principal: $$"""{"AWS":"{{Account}}"}"""), Statement(action: "\"kms:Decrypt\"", sid: "Half")) with { RolePolicy = Bare(RoleStatement()) }),
        ("GrantedInOneStepOnly", FindingSeverity.Information, "Statement",
            With(Statement(principal: """{"AWS":"arn:aws:iam::444455556666:role/Build"}""")) with { Key = KeyArnText }, With(Statement()) with { Key = KeyArnText }),
        ("DuplicateSid", FindingSeverity.Warning, "Statement[2].Sid", With(Statement(), Statement()), With(Statement(), Statement(sid: "Role2"))),
        ("DuplicateSid", FindingSeverity.Error, "Statement[1].Sid",
            With(Statement()) with { RolePolicy = Bare(RoleStatement(), RoleStatement()) }, With(Statement()) with { RolePolicy = Bare(RoleStatement(), RoleStatement(sid: "Role2")) }),
        ("SidCharacters", FindingSeverity.Warning, "Statement[0].Sid",
            With(Statement()) with { RolePolicy = Bare(RoleStatement(sid: "Allow access")) }, With(Statement(sid: "Allow access")) with { RolePolicy = Bare(RoleStatement(sid: "AllowAccess")) }),
        ("PolicyTooLarge", FindingSeverity.Error, "", With(Statement(sid: new string('x', 33_000))), With(Statement(sid: new string('x', 30_000)))),
        ("PolicyTooLarge", FindingSeverity.Warning, "",
            With(Statement()) with { RolePolicy = Bare(RoleStatement(sid: new string('x', 7_000))) }, With(Statement()) with { RolePolicy = Bare(RoleStatement(sid: new string('x', 5_000))) }),
        ("InvalidCharacters", FindingSeverity.Error, "Statement[1].Sid", With(Statement(sid: "Łódź")), With(Statement(sid: "Málaga"))),
        ("OldVersion", FindingSeverity.Information, "Version",
            new(With(Statement()).KeyPolicy.Replace("2012-10-17", "2008-10-17", StringComparison.Ordinal)), With(Statement())),
        ("OldVersion", FindingSeverity.Warning, "Version",
            new(With(WithCondition(""" "StringEquals":{"kms:CallerAccount":"${aws:PrincipalAccount}"}""")).KeyPolicy.Replace("2012-10-17", "2008-10-17", StringComparison.Ordinal)),
            With(WithCondition(""" "StringEquals":{"kms:CallerAccount":"${aws:PrincipalAccount}"}"""))),
        ("CreateGrantWithoutLimit", FindingSeverity.Warning, "Statement[1].Action",
            With(Statement(action: "[\"kms:CreateGrant\",\"kms:DescribeKey\"]", condition: null)),
            With(Statement(action: "[\"kms:CreateGrant\",\"kms:DescribeKey\"]", condition: """{"Bool":{"kms:GrantIsForAWSResource":"true"}}"""))),
        ("CreateGrantWithoutLimit", FindingSeverity.Warning, "Statement[1].Action",
            With(Statement(action: "\"kms:CreateGrant\"", condition: null)), With(Statement(action: "[\"kms:Put*\",\"kms:Create*\"]", condition: null))),
        ("ActionWithoutContext", FindingSeverity.Warning, "Statement[1].Action[1]", With(Statement(action: """["kms:Decrypt","kms:DescribeKey"]""")), With(Statement(action: """["kms:Decrypt","kms:D*"]"""))),
        ("ViaServiceMatchesNone", FindingSeverity.Error, "Statement[1].Condition.StringEquals.kms:ViaService",
            With(WithCondition(""" "StringEquals":{"kms:ViaService":"imagebuilder.amazonaws.com"}""")), With(WithCondition(""" "StringEquals":{"kms:ViaService":"imagebuilder.us-west-2.amazonaws.com"}"""))),
        ("ViaServiceMatchesNone", FindingSeverity.Error, "Statement[1].Condition.StringLike.kms:ViaService",
            With(Statement(condition: $$$"""{"StringLike":{"{{{EncryptionKey}}}":"{{{Pattern}}}","kms:ViaService":"ImageBuilder.*.amazonaws.com"}}""")),
            With(Statement(condition: $$$"""{"StringLike":{"{{{EncryptionKey}}}":"{{{Pattern}}}","kms:ViaService":"imagebuilder.*.amazonaws.com"}}"""))),
        ("ViaServiceMatchesNone", FindingSeverity.Error, "Statement[1].Condition.Bool.kms:ViaService",
            With(WithCondition(""" "Bool":{"kms:ViaService":"true"}""")), With(WithCondition(""" "Null":{"kms:ViaService":"false"}"""))),
        ("WorkflowsDenied", FindingSeverity.Error, "Statement[2]",
            With(Statement(), Statement(principal: Everyone, action: "\"kms:Decrypt\"", condition: null, effect: "Deny", sid: "No")),
            With(Statement(), Statement(principal: Everyone, action: "\"kms:Decrypt\"", condition: $$$"""{"StringNotLike":{"{{{EncryptionKey}}}":"{{{Pattern}}}"}}""", effect: "Deny", sid: "No"))),
        ("WorkflowsDenied", FindingSeverity.Error, "Statement[2]",
            With(Statement(), Statement(principal: Everyone, condition: $$$"""{"StringLike":{"{{{EncryptionKey}}}":"{{{Pattern}}}"}}""", effect: "Deny", sid: "No")),
            With(Statement(), Statement(principal: Everyone, condition: """{"ArnNotLike":{"aws:PrincipalArn":"arn:aws:iam::111122223333:role/*"}}""", effect: "Deny", sid: "No"))),
        ("WorkflowsDenied", FindingSeverity.Warning, "Statement[2]",
            With(Statement(), Statement(principal: Everyone, condition: """{"StringNotEquals":{"aws:SourceVpce":"vpce-1"}}""", effect: "Deny", sid: "No")),
            With(Statement(), Statement(principal: Everyone, condition: """{"StringNotEqualsIfExists":{"aws:SourceVpce":"vpce-1"},"Null":{"aws:SourceVpce":"false"}}""", effect: "Deny", sid: "No"))),
        ("PrincipalNotThere", FindingSeverity.Error, "Statement[1].Principal.AWS",
            With(Statement(principal: """{"AWS":"AROAEXAMPLEID12345678"}""")), With(Statement())),
        ("PrincipalNotThere", FindingSeverity.Error, "Statement[1].Principal.AWS", With(Statement(principal: """{"AWS":[]}""")), With(Statement())),
        ("PrincipalNotThere", FindingSeverity.Error, "Statement[1].Principal.Service",
            With(Statement(principal: """{"Service":"imagebuilder.amazonaws.co"}""")), With(Statement(principal: """{"Service":"imagebuilder.amazonaws.com"}"""))),
        ("Lockout", FindingSeverity.Error, "Statement",
            new(Bare(Statement(principal: """{"AWS":"111122223333"}""", action: "\"kms:*\"", condition: """{"StringEquals":{"kms:ViaService":"ec2.us-west-2.amazonaws.com"}}"""))),
            new(Bare(Statement(principal: """{"AWS":"111122223333"}""", action: "\"kms:*\"", condition: """{"Bool":{"aws:MultiFactorAuthPresent":"true"}}""")))),
        ("Lockout", FindingSeverity.Error, "Statement[1]",
            With(Statement(principal: Everyone, action: "\"kms:*\"", effect: "Deny", condition: null)),
            With(Statement(principal: Everyone, action: "\"kms:*\"", effect: "Deny", condition: """{"ArnNotLike":{"aws:PrincipalArn":"arn:aws:iam::111122223333:role/KeyAdmin"}}"""))),
        ("WeakConditionOnEveryone", FindingSeverity.Error, "Statement[1].Condition",
            With(Statement(principal: Everyone, condition: """{"StringLike":{"aws:PrincipalOrgID":"o-*"}}""")), With(Statement(principal: Everyone, condition: """{"StringLike":{"aws:PrincipalOrgID":"o-a1b2c3d4e5"}}"""))),
        ("WeakConditionOnEveryone", FindingSeverity.Error, "Statement[1].Condition",
            With(Statement(principal: Everyone, condition: """{"StringEquals":{"kms:CallerAccount":"${aws:PrincipalAccount}"}}""")),
            With(Statement(principal: Everyone, condition: """{"StringEquals":{"kms:CallerAccount":["111122223333","444455556666"]}}"""))),
        ("WeakConditionOnEveryone", FindingSeverity.Warning, "Statement[1].Condition",
            With(Statement(principal: Everyone, condition: """{"IpAddress":{"aws:SourceIp":["0.0.0.0/1","128.0.0.0/1"]}}""")),
            With(Statement(principal: Everyone, condition: """{"IpAddress":{"aws:SourceIp":"192.0.2.0/24"},"StringEquals":{"aws:PrincipalAccount":"111122223333"}}"""))),
        ("DecryptWithoutContext", FindingSeverity.Warning, "Statement[1].Action",
            With(Statement(principal: Everyone, condition: """{"StringEquals":{"kms:CallerAccount":"111122223333"}}""")),
            With(Statement(principal: Everyone, condition: $$$"""{"StringEquals":{"kms:CallerAccount":"111122223333"},"StringLike":{"{{{EncryptionKey}}}":"{{{Pattern}}}"}}"""))),
        ("DecryptWithoutContext", FindingSeverity.Warning, "Statement[1].Action",
            With(Statement(principal: """{"AWS":"444455556666"}""", condition: null)), With(Statement(principal: """{"AWS":"111122223333"}""", condition: null))),
        ("DecryptWithoutContext", FindingSeverity.Warning, "Statement[0].Action",
            With(Statement()) with { RolePolicy = Bare(RoleStatement(condition: "{}").Replace("[\"kms:Decrypt\",\"kms:GenerateDataKey\"]", "\"kms:*\"", StringComparison.Ordinal)) },
            With(Statement()) with { RolePolicy = Bare(RoleStatement()) }),
        ("EverythingForKeyUser", FindingSeverity.Error, "Statement[2].Action",
            With(Statement(), Statement(action: "\"kms:PutKeyPolicy\"", condition: null, sid: "Admin")),
            With(Statement(), Statement(action: "[\"kms:PutKeyPolicy\",\"kms:Decrypt\"]", sid: "Never"))),
        ("WrongAccount", FindingSeverity.Error, "Statement[1].Principal.AWS",
            With(Statement(principal: """{"AWS":"444455556666"}""", action: "\"kms:*\"", condition: null)) with { Key = KeyArnText },
            With(Statement(principal: """{"AWS":"111122223333"}""", action: "\"kms:*\"", condition: null)) with { Key = KeyArnText }),
        ("WrongAccount", FindingSeverity.Warning, "Statement",
            With(Statement(principal: """{"AWS":"arn:aws:iam::444455556666:root"}""", action: "\"kms:Put*\"", condition: null)),
            With(Statement(principal: """{"AWS":"arn:aws:iam::444455556666:root"}""", action: "\"kms:Get*\"", condition: null))),
        ("GrantedInOneStepOnly", FindingSeverity.Warning, "Statement",
            With(Statement()) with { Key = KeyArnText, RolePolicy = Bare(RoleStatement("arn:aws:kms:us-west-2:111122223333:key/another")) },
            With(Statement()) with { Key = KeyArnText, RolePolicy = Bare(RoleStatement()) }),
    ];

    public static TheoryData<int> CaseNumbers => [.. Enumerable.Range(0, Cases.Length)];

    [Theory]
    [MemberData(nameof(CaseNumbers))]
    public void A_rule_fires_where_it_must_and_only_there(int number)
    {
        (string rule, FindingSeverity severity, string path, LintCase fires, LintCase quiet) = Cases[number];
        PolicyFinding finding = Assert.Single(fires.Check(), finding => finding.RuleId == rule);
        Assert.Equal((severity, path), (finding.Severity, finding.Path));
        Assert.All([finding.What, finding.Why, finding.Fix], static sentence => Assert.EndsWith(".", sentence, StringComparison.Ordinal));
        Assert.DoesNotContain(quiet.Check(), finding => finding.RuleId == rule);
    }

    [Fact]
    public void Every_rule_has_a_case() =>
        Assert.Equal(PolicyLinter.Rules.Select(static rule => rule.Id).Order(), Cases.Select(static one => one.Rule).Distinct().Order());

    [Fact]
    public void Every_rule_is_told_in_its_topic_with_its_severity()
    {
        string topic = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Data", "about_IBPolicyRules.md"));
        Assert.All(PolicyLinter.Rules, rule => Assert.Matches($@"(?m)^- {rule.Id} \({rule.Severity}\b", topic));
    }

    [Theory]
    [InlineData(null)]
    [InlineData(KeyArnText)]
    public void The_pages_key_policy_has_one_error_which_is_its_administrator_statement(string? key)
    {
        PolicyFinding finding = Assert.Single(new LintCase(Examples.KeyPolicy, key).Check());
        Assert.Equal(("ResourceMatchesNoKey", FindingSeverity.Error, "Statement[1].Resource"), (finding.RuleId, finding.Severity, finding.Path));
        Assert.Contains("kms:PutKeyPolicy", finding.Why, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("aws", "us-west-2")]
    [InlineData("aws-cn", "cn-north-1")]
    [InlineData("aws-us-gov", "us-gov-west-1")]
    public void The_generated_policies_have_nothing_wrong(string partition, string region)
    {
        var role = PrincipalArn.Parse($"arn:{partition}:iam::{Account}:role/Build");
        var key = KeyArn.Create(partition, region, Account, "1234abcd-12ab-34cd-56ef-1234567890ab");
        Assert.Empty(PolicyLinter.Check(new LintSubject { KeyPolicy = KeyPolicy.ForWorkflows([role]) }));
        PolicyFinding only = Assert.Single(PolicyLinter.Check(new LintSubject { KeyPolicy = KeyPolicy.ForWorkflows([role]), Key = key, RolePolicies = [PolicyDocument.ForExecutionRole([key])] }));
        Assert.Equal("SidCharacters", only.RuleId);
    }

    [Fact]
    public void Findings_come_worst_first()
    {
        FindingSeverity[] severities = [.. With(Statement(action: "\"kms:decrypt\"", condition: null), Statement(resource: null)).Check().Select(static finding => finding.Severity)];
        Assert.Equal([FindingSeverity.Error, FindingSeverity.Warning, FindingSeverity.Warning, FindingSeverity.Information], severities);
    }

    /// <summary>Whatever is in a policy that can be read, the lint says something of it or nothing, but does not fail.</summary>
    [Fact]
    public void The_lint_takes_any_policy() => PolicyDocumentPropertyTests.Document.Sample(
        static document => new LintCase(document.ToString(), KeyArnText, Bare(RoleStatement())).Check().All(static finding => finding.What.Length > 0), iter: 2_000);
}
