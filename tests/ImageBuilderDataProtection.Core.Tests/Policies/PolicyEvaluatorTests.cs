using CsCheck;
using ImageBuilderDataProtection.Kms;
using ImageBuilderDataProtection.Policies;
using ImageBuilderDataProtection.Tests.Json;
using Newtonsoft.Json.Linq;

namespace ImageBuilderDataProtection.Tests.Policies;

public class PolicyEvaluatorTests
{
    private const string RoleArn = "arn:aws:iam::111122223333:role/YourImageBuilderExecutionRole";
    private const string SessionArn = "arn:aws:sts::111122223333:assumed-role/YourImageBuilderExecutionRole/session";
    private const string Root = "arn:aws:iam::111122223333:root";
    private const string KeyText = "arn:aws:kms:us-west-2:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab";
    private const string Workflow = "arn:aws:imagebuilder:us-west-2:111122223333:workflow/build/sample-encrypted-workflow/1.0.0/*";

    private static readonly KeyArn Key = KeyArn.Parse(KeyText);
    private static readonly RequestPrincipal Session = RequestPrincipal.RoleSession(PrincipalArn.Parse(RoleArn), "session");
    private static readonly RequestPrincipal AccountRoot = RequestPrincipal.From(PrincipalArn.Parse(Root));
    private static readonly RequestPrincipal Foreign = RequestPrincipal.RoleSession(PrincipalArn.Parse("arn:aws:iam::444455556666:role/other"), "session");

    [Fact]
    public void The_pages_key_policy_lets_the_role_use_the_key_for_workflows_of_the_account_only()
    {
        KeyPolicy policy = KeyPolicy.Parse(Examples.KeyPolicy);
        Assert.True(Decide(policy, Session, "kms:Decrypt", Workflow).Allowed);
        Assert.True(Decide(policy, Session, "kms:GenerateDataKey", Workflow).Allowed);
        Assert.False(Decide(policy, Session, "kms:Encrypt", Workflow).Allowed);
        Assert.False(Decide(policy, Session, "kms:Decrypt", Workflow.Replace("111122223333", "444455556666", StringComparison.Ordinal)).Allowed);
        Assert.False(Decide(policy, Session, "kms:Decrypt", Workflow.Replace("workflow/", "Workflow/", StringComparison.Ordinal)).Allowed);
        Assert.False(Decide(policy, Session, "kms:Decrypt", null).Allowed);
        Assert.False(Decide(policy, RequestPrincipal.RoleSession(PrincipalArn.Parse("arn:aws:iam::111122223333:role/Other"), "session"), "kms:Decrypt", Workflow).Allowed);
    }

    [Fact]
    public void The_pages_administrator_statement_matches_no_key_and_the_generated_one_does()
    {
        PolicyDecision page = Decide(KeyPolicy.Parse(Examples.KeyPolicy), AccountRoot, "kms:PutKeyPolicy", null);
        Assert.False(page.Allowed);
        Assert.Equal($"Resource does not match {KeyText}", Assert.Single(page.NearMisses).Reason);
        PolicyDecision generated = Decide(KeyPolicy.ForWorkflows([PrincipalArn.Parse(RoleArn)]), AccountRoot, "kms:PutKeyPolicy", null);
        Assert.True(generated.Allowed);
        Assert.Equal("Allow access for key administrators", Assert.Single(generated.DecidingStatements).Sid);
    }

    [Fact]
    public void A_denial_tells_the_one_thing_that_kept_a_statement_out()
    {
        PolicyDecision decision = Decide(
            KeyPolicy.ForWorkflows([PrincipalArn.Parse(RoleArn)]), Session, "kms:Decrypt", Workflow.Replace("workflow/", "Workflow/", StringComparison.Ordinal));
        Assert.False(decision.Allowed);
        Assert.False(decision.IsExplicitDeny);
        string reason = decision.NearMisses[0].Reason;
        Assert.Contains("kms:EncryptionContext:aws:imagebuilder:arn", reason, StringComparison.Ordinal);
        Assert.Contains("(differs in case at position 45)", reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("*")]
    [InlineData("111122223333")]
    public void A_caller_of_another_partition_is_another_even_with_the_same_account_number(string principal)
    {
        KeyPolicy policy = KeyPolicy.Parse(
            $$"""{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"{{principal}}"},"Action":"kms:*","Resource":"*"}]}""");
        Assert.True(Decide(policy, AccountRoot, "kms:Decrypt", Workflow).Allowed);
        Assert.False(Decide(policy, RequestPrincipal.From(PrincipalArn.AccountRoot("aws-cn", "111122223333")), "kms:Decrypt", Workflow).Allowed);
    }

    [Fact]
    public void Identity_policies_count_only_where_the_key_policy_allows_the_account()
    {
        PolicyDocument role = PolicyDocument.ForExecutionRole([Key]);
        KeyPolicy delegating = KeyPolicy.Parse(Statement(principal: $"\"{Root}\""));
        KeyPolicy byAccountId = KeyPolicy.Parse(Statement(principal: "\"111122223333\""));
        KeyPolicy silent = KeyPolicy.Parse(Statement(principal: "\"arn:aws:iam::111122223333:role/Other\""));
        Assert.True(Decide(delegating, Session, "kms:Decrypt", Workflow, role).Allowed);
        Assert.True(Decide(byAccountId, Session, "kms:Decrypt", Workflow, role).Allowed);
        PolicyDecision withoutRolePolicy = Decide(delegating, Session, "kms:Decrypt", Workflow);
        Assert.Equal((false, PolicyKind.IdentityPolicy), (withoutRolePolicy.Allowed, withoutRolePolicy.DeniedBy));
        Assert.False(Decide(delegating, Session, "kms:Encrypt", Workflow, role).Allowed);
        PolicyDecision withoutDelegation = Decide(silent, Session, "kms:Decrypt", Workflow, role);
        Assert.Equal((false, PolicyKind.KeyPolicy), (withoutDelegation.Allowed, withoutDelegation.DeniedBy));
    }

    [Fact]
    public void A_caller_of_another_account_needs_both_sides()
    {
        PolicyDocument identity = PolicyDocument.ForExecutionRole([Key]);
        KeyPolicy open = KeyPolicy.Parse(Statement(principal: "\"arn:aws:iam::444455556666:role/other\""));
        KeyPolicy toAccount = KeyPolicy.Parse(Statement(principal: "\"444455556666\""));
        KeyPolicy closed = KeyPolicy.Parse(Statement(principal: $"\"{Root}\""));
        Assert.Equal(PolicyKind.IdentityPolicy, Decide(open, Foreign, "kms:Decrypt", Workflow).DeniedBy);
        Assert.True(Decide(open, Foreign, "kms:Decrypt", Workflow, identity).Allowed);
        Assert.True(Decide(toAccount, Foreign, "kms:Decrypt", Workflow, identity).Allowed);
        Assert.Equal(PolicyKind.KeyPolicy, Decide(closed, Foreign, "kms:Decrypt", Workflow, identity).DeniedBy);
        Assert.True(Decide(toAccount, RequestPrincipal.From(PrincipalArn.Parse("arn:aws:iam::444455556666:root")), "kms:Decrypt", Workflow).Allowed);
        Assert.False(Decide(closed, RequestPrincipal.From(PrincipalArn.Parse("arn:aws-cn:iam::111122223333:root")), "kms:Decrypt", Workflow).Allowed);
    }

    [Fact]
    public void The_account_root_has_no_access_that_the_key_policy_does_not_give() =>
        Assert.False(Decide(KeyPolicy.Parse(Statement(principal: $"\"{RoleArn}\"")), AccountRoot, "kms:Decrypt", Workflow).Allowed);

    [Theory]
    [InlineData("\"*\"", true)]
    [InlineData("\"arn:aws:iam::111122223333:role/YourImageBuilderExecutionRole\"", true)]
    [InlineData("\"arn:aws:sts::111122223333:assumed-role/YourImageBuilderExecutionRole/session\"", true)]
    [InlineData("\"arn:aws:sts::111122223333:assumed-role/YourImageBuilderExecutionRole/other\"", false)]
    [InlineData("\"arn:aws:iam::111122223333:role/yourimagebuilderexecutionrole\"", false)]
    [InlineData("[\"arn:aws:iam::111122223333:role/Other\", \"arn:aws:iam::111122223333:role/YourImageBuilderExecutionRole\"]", true)]
    [InlineData("\"arn:aws:iam::111122223333:role/*\"", false)]
    [InlineData("\"444455556666\"", false)]
    public void A_principal_is_the_role_the_session_or_everyone(string principal, bool isAllowed)
    {
        Assert.Equal(isAllowed, Decide(KeyPolicy.Parse(Statement(principal: principal)), Session, "kms:Decrypt", Workflow).Allowed);
        Assert.True(Decide(KeyPolicy.Parse(Statement().Replace("{\"AWS\":\"*\"}", "\"*\"", StringComparison.Ordinal)), Session, "kms:Decrypt", Workflow).Allowed);
    }

    [Theory]
    [InlineData("\"Action\":\"kms:Decrypt\"", true)]
    [InlineData("\"Action\":\"KMS:decrypt\"", true)]
    [InlineData("\"Action\":[\"kms:Encrypt\",\"kms:De*\"]", true)]
    [InlineData("\"Action\":\"*\"", true)]
    [InlineData("\"Action\":\"kms:Decryp?\"", true)]
    [InlineData("\"Action\":\"kms:Decryp\"", false)]
    [InlineData("\"Action\":\"s3:*\"", false)]
    [InlineData("\"Action\":[]", false)]
    [InlineData("\"NotAction\":\"kms:Encrypt\"", true)]
    [InlineData("\"NotAction\":[\"kms:Encrypt\",\"kms:de*\"]", false)]
    [InlineData("\"Sid\":\"no action\"", false)]
    public void Actions_match_without_regard_to_case(string action, bool isAllowed) =>
        Assert.Equal(isAllowed, Decide(KeyPolicy.Parse(Statement(action: action)), Session, "kms:Decrypt", Workflow).Allowed);

    [Theory]
    [InlineData("\"Resource\":\"*\"", true)]
    [InlineData("\"Resource\":\"arn:aws:kms:*:111122223333:key/*\"", true)]
    [InlineData("\"Resource\":\"arn:aws:kms:us-west-2:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab\"", true)]
    [InlineData("\"Resource\":\"arn:aws:kms:us-west-2:111122223333:key/1234ABCD-12ab-34cd-56ef-1234567890ab\"", false)]
    [InlineData("\"Resource\":\"arn:aws:kms:*:111122223333:key/\"", false)]
    [InlineData("\"Resource\":\"arn:aws:kms:eu-*:111122223333:key/*\"", false)]
    [InlineData("\"NotResource\":\"arn:aws:kms:eu-*\"", true)]
    [InlineData("\"NotResource\":\"*\"", false)]
    [InlineData("\"Resource\":\"arn:aws:kms:us-west-2:${aws:PrincipalAccount}:key/*\"", false)]
    [InlineData("\"Sid\":\"no resource\"", false)]
    public void Resources_match_with_regard_to_case(string resource, bool isAllowed) =>
        Assert.Equal(isAllowed, Decide(KeyPolicy.Parse(Statement(resource: resource)), Session, "kms:Decrypt", Workflow).Allowed);

    // The request has the context {App: Demo, Stage: Test}, and kms:ViaService, but no aws:SourceVpce.
    [Theory]
    [InlineData("StringEquals", "kms:EncryptionContext:App", "\"Demo\"", true)]
    [InlineData("StringEquals", "KMS:encryptioncontext:APP", "\"Demo\"", true)]
    [InlineData("StringEquals", "kms:EncryptionContext:App", "\"demo\"", false)]
    [InlineData("StringEquals", "kms:EncryptionContext:App", "\"De*\"", false)]
    [InlineData("StringEquals", "kms:EncryptionContext:App", "[\"x\",\"Demo\"]", true)]
    [InlineData("StringEquals", "kms:EncryptionContext:App", "[]", false)]
    [InlineData("StringEquals", "aws:SourceVpce", "\"x\"", false)]
    [InlineData("StringNotEquals", "kms:EncryptionContext:App", "\"demo\"", true)]
    [InlineData("StringNotEquals", "kms:EncryptionContext:App", "[\"x\",\"Demo\"]", false)]
    [InlineData("StringNotEquals", "aws:SourceVpce", "\"x\"", true)]
    [InlineData("StringEqualsIgnoreCase", "kms:EncryptionContext:App", "\"DEMO\"", true)]
    [InlineData("StringEqualsIgnoreCase", "kms:EncryptionContext:App", "\"DEMOS\"", false)]
    [InlineData("StringNotEqualsIgnoreCase", "kms:EncryptionContext:App", "\"DEMO\"", false)]
    [InlineData("StringNotEqualsIgnoreCase", "kms:EncryptionContext:App", "\"DEMOS\"", true)]
    [InlineData("StringLike", "kms:EncryptionContext:App", "\"D?m*\"", true)]
    [InlineData("StringLike", "kms:EncryptionContext:App", "\"d?m*\"", false)]
    [InlineData("StringNotLike", "kms:EncryptionContext:App", "\"D*\"", false)]
    [InlineData("StringNotLike", "kms:EncryptionContext:App", "\"d*\"", true)]
    [InlineData("StringEqualsIfExists", "aws:SourceVpce", "\"x\"", true)]
    [InlineData("StringEqualsIfExists", "kms:EncryptionContext:App", "\"x\"", false)]
    [InlineData("ArnLike", "aws:PrincipalArn", "\"arn:aws:iam::*:role/Your*\"", true)]
    [InlineData("ArnEquals", "aws:PrincipalArn", "\"arn:aws:iam::*:role/your*\"", false)]
    [InlineData("ArnLike", "aws:PrincipalArn", "\"arn:*:role/Your*\"", false)]
    [InlineData("ArnLike", "aws:PrincipalArn", "\"arn:*:*:*:*:*\"", true)]
    [InlineData("ArnNotLike", "aws:PrincipalArn", "\"arn:aws:iam::*:role/Other\"", true)]
    [InlineData("ArnNotEquals", "aws:PrincipalArn", "\"arn:aws:iam::*:role/Your*\"", false)]
    [InlineData("ArnNotLike", "aws:PrincipalArn", "\"no ARN\"", false)]
    [InlineData("Bool", "aws:ViaAWSService", "true", true)]
    [InlineData("Bool", "aws:ViaAWSService", "\"TRUE\"", true)]
    [InlineData("Bool", "aws:ViaAWSService", "\"false\"", false)]
    [InlineData("Bool", "aws:MultiFactorAuthPresent", "\"false\"", false)]
    [InlineData("BoolIfExists", "aws:MultiFactorAuthPresent", "\"true\"", true)]
    [InlineData("Null", "aws:SourceVpce", "true", true)]
    [InlineData("Null", "aws:SourceVpce", "\"false\"", false)]
    [InlineData("Null", "kms:EncryptionContextKeys", "false", true)]
    [InlineData("NullIfExists", "kms:EncryptionContextKeys", "false", false)]
    [InlineData("ForAllValues:StringEquals", "kms:EncryptionContextKeys", "[\"App\",\"Stage\",\"Other\"]", true)]
    [InlineData("ForAllValues:StringEquals", "kms:EncryptionContextKeys", "[\"App\",\"stage\"]", false)]
    [InlineData("ForAllValues:StringEqualsIgnoreCase", "kms:EncryptionContextKeys", "[\"App\",\"stage\"]", true)]
    [InlineData("ForAllValues:StringEquals", "aws:SourceVpce", "\"x\"", true)]
    [InlineData("ForAllValues:StringNotEquals", "kms:EncryptionContextKeys", "\"Secret\"", true)]
    [InlineData("ForAllValues:StringNotEquals", "kms:EncryptionContextKeys", "\"App\"", false)]
    [InlineData("ForAnyValue:StringEquals", "kms:EncryptionContextKeys", "\"App\"", true)]
    [InlineData("ForAnyValue:StringLike", "kms:EncryptionContextKeys", "\"A*\"", true)]
    [InlineData("ForAnyValue:StringEquals", "kms:EncryptionContextKeys", "\"app\"", false)]
    [InlineData("ForAnyValue:StringEquals", "aws:SourceVpce", "\"x\"", false)]
    [InlineData("ForAnyValue:StringNotEquals", "kms:EncryptionContextKeys", "\"App\"", true)]
    [InlineData("ForAnyValue:StringNotEquals", "aws:SourceVpce", "\"x\"", false)]
    [InlineData("ForAnyValue:StringEqualsIfExists", "aws:SourceVpce", "\"x\"", true)]
    [InlineData("StringEquals", "kms:ViaService", "\"imagebuilder.us-west-2.amazonaws.com\"", true)]
    [InlineData("StringEquals", "kms:CallerAccount", "111122223333", true)]
    [InlineData("StringEquals", "aws:PrincipalAccount", "\"444455556666\"", false)]
    [InlineData("StringEquals", "kms:EncryptionContextKeys", "\"App\"", false)]
    [InlineData("NumericEquals", "aws:MultiFactorAuthAge", "1", false)]
    [InlineData("stringequals", "kms:EncryptionContext:App", "\"Demo\"", false)]
    [InlineData("StringEquals", "kms:EncryptionContext:App", "\"${aws:username}\"", false)]
    public void Conditions_hold_as_the_IAM_reference_has_it(string operation, string key, string values, bool holds)
    {
        EncryptionContext context = EncryptionContext.Create([KeyValuePair.Create("App", "Demo"), KeyValuePair.Create("Stage", "Test")]);
        var request = new PolicyRequest(Session, "kms:Decrypt", Key, RequestConditions.For(
            Session, context, "imagebuilder.us-west-2.amazonaws.com", [KeyValuePair.Create("aws:ViaAWSService", "true")]));
        string condition = $"{{\"{operation}\":{{\"{key}\":{values}}}}}";
        Assert.Equal(holds, PolicyEvaluator.Evaluate(request, KeyPolicy.Parse(Statement(condition: condition)), []).Allowed);

        // As a Deny it takes effect when it holds, and also when it cannot be evaluated: both ways it fails closed.
        KeyPolicy deny = KeyPolicy.Parse($"{{\"Version\":\"2012-10-17\",\"Statement\":[{Body()},{Body(effect: "Deny", condition: condition)}]}}");
        bool isSupported = PolicySupport.FindUnsupported(deny, PolicyKind.KeyPolicy) is null;
        bool isAmbiguous = operation == "StringEquals" && key == "kms:EncryptionContextKeys";
        Assert.Equal(holds || !isSupported || isAmbiguous, !PolicyEvaluator.Evaluate(request, deny, []).Allowed);
    }

    [Fact]
    public void All_conditions_of_a_statement_must_hold()
    {
        string both = "{\"StringLike\":{\"kms:EncryptionContext:aws:imagebuilder:arn\":\"arn:*\",\"kms:CallerAccount\":\"444455556666\"}}";
        Assert.False(Decide(KeyPolicy.Parse(Statement(condition: both)), Session, "kms:Decrypt", Workflow).Allowed);
    }

    [Fact]
    public void Context_keys_that_differ_only_in_case_are_two_values_and_fail_closed()
    {
        EncryptionContext context = EncryptionContext.Create([KeyValuePair.Create("App", "Demo"), KeyValuePair.Create("APP", "Other")]);
        var request = new PolicyRequest(Session, "kms:Decrypt", Key, RequestConditions.For(Session, context));
        string condition = "{\"StringEquals\":{\"kms:EncryptionContext:App\":[\"Demo\",\"Other\"]}}";
        Assert.False(PolicyEvaluator.Evaluate(request, KeyPolicy.Parse(Statement(condition: condition)), []).Allowed);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void An_explicit_deny_decides_wherever_it_stands(bool inKeyPolicy)
    {
        KeyPolicy allow = KeyPolicy.Parse(Statement());
        KeyPolicy both = KeyPolicy.Parse($"{{\"Version\":\"2012-10-17\",\"Statement\":[{Body()},{Body(effect: "Deny", principal: $"\"{Root}\"")}]}}");
        PolicyDocument denyingRole = PolicyDocument.Parse("{\"Version\":\"2012-10-17\",\"Statement\":{\"Effect\":\"Deny\",\"Action\":\"kms:Decrypt\",\"Resource\":\"*\"}}");
        PolicyDecision decision = inKeyPolicy ? Decide(both, Session, "kms:Decrypt", Workflow) : Decide(allow, Session, "kms:Decrypt", Workflow, denyingRole);
        Assert.Equal((false, true, inKeyPolicy ? PolicyKind.KeyPolicy : PolicyKind.IdentityPolicy), (decision.Allowed, decision.IsExplicitDeny, decision.DeniedBy!.Value));
        Assert.Equal(PolicyEffect.Deny, Assert.Single(decision.DecidingStatements).Effect);
    }

    [Theory]
    [InlineData("[\"arn:aws:iam::111122223333:root\",\"arn:aws:iam::111122223333:role/YourImageBuilderExecutionRole\",\"arn:aws:sts::111122223333:assumed-role/YourImageBuilderExecutionRole/session\"]", true)]
    [InlineData("[\"arn:aws:iam::111122223333:role/YourImageBuilderExecutionRole\"]", false)]
    [InlineData("[\"111122223333\",\"arn:aws:iam::111122223333:role/YourImageBuilderExecutionRole\"]", false)]
    public void A_deny_of_NotPrincipal_spares_only_a_caller_named_by_account_role_and_session(string names, bool isAllowed)
    {
        string deny = $"{{\"Effect\":\"Deny\",\"NotPrincipal\":{{\"AWS\":{names}}},\"Action\":\"*\",\"Resource\":\"*\"}}";
        KeyPolicy policy = KeyPolicy.Parse($"{{\"Version\":\"2012-10-17\",\"Statement\":[{Body()},{deny}]}}");
        Assert.Equal(isAllowed, Decide(policy, Session, "kms:Decrypt", Workflow).Allowed);
    }

    [Fact]
    public void An_allow_of_NotPrincipal_leaves_out_whoever_is_named()
    {
        string Allow(string name) => $"{{\"Version\":\"2012-10-17\",\"Statement\":{{\"Effect\":\"Allow\",\"NotPrincipal\":{{\"AWS\":\"{name}\"}},\"Action\":\"*\",\"Resource\":\"*\"}}}}";
        Assert.False(Decide(KeyPolicy.Parse(Allow(RoleArn)), Session, "kms:Decrypt", Workflow).Allowed);
        Assert.False(Decide(KeyPolicy.Parse(Allow(Root)), Session, "kms:Decrypt", Workflow).Allowed);
        Assert.True(Decide(KeyPolicy.Parse(Allow("arn:aws:iam::111122223333:role/Other")), Session, "kms:Decrypt", Workflow).Allowed);
    }

    [Theory]
    [InlineData("{\"Version\":\"2013-01-01\",\"Statement\":[]}", "Version \"2013-01-01\"")]
    [InlineData("{\"Statements\":[],\"Statement\":[]}", "Statements")]
    [InlineData("{\"Statement\":{\"Sid\":\"s\",\"Effect\":\"Allow\",\"Principal\":\"*\",\"Action\":\"*\",\"Resource\":\"*\",\"Conditions\":{}}}", "\"s\": the element Conditions")]
    [InlineData("{\"Statement\":{\"Effect\":\"Allow\",\"Action\":\"*\",\"Resource\":\"*\"}}", "needs a Principal")]
    [InlineData("{\"Statement\":{\"Effect\":\"Allow\",\"Principal\":{\"Aws\":\"*\"},\"Action\":\"*\",\"Resource\":\"*\"}}", "type of principal Aws")]
    [InlineData("{\"Statement\":{\"Effect\":\"Allow\",\"Principal\":{\"AWS\":\"arn:aws:iam::111122223333:role/*\"},\"Action\":\"*\",\"Resource\":\"*\"}}", "role/*")]
    [InlineData("{\"Statement\":{\"Effect\":\"Allow\",\"Principal\":\"*\",\"Action\":\"*\",\"Resource\":\"*\",\"Condition\":{\"IpAddress\":{\"aws:SourceIp\":\"10.0.0.0/33\"}}}}", "IpAddress aws:SourceIp")]
    [InlineData("{\"Version\":\"2012-10-17\",\"Statement\":{\"Effect\":\"Allow\",\"Principal\":\"*\",\"Action\":\"*\",\"Resource\":\"${x}\"}}", "${x}")]
    public void What_cannot_be_evaluated_is_told(string policy, string told) =>
        Assert.Contains(told, PolicySupport.FindUnsupported(KeyPolicy.Parse(policy), PolicyKind.KeyPolicy), StringComparison.Ordinal);

    [Fact]
    public void In_the_older_version_of_the_language_a_variable_is_mere_text() =>
        Assert.Null(PolicySupport.FindUnsupported(KeyPolicy.Parse("{\"Statement\":{\"Effect\":\"Allow\",\"Principal\":\"*\",\"Action\":\"*\",\"Resource\":\"arn:aws:kms:${x}:*\"}}"), PolicyKind.KeyPolicy));

    [Fact]
    public void Adding_an_Allow_never_turns_allow_into_deny_and_adding_a_Deny_never_the_other_way()
    {
        Gen<string> principal = Gen.OneOf("\"*\"", $"\"{Root}\"", $"\"{RoleArn}\"", $"\"{SessionArn}\"", "\"444455556666\"", "\"arn:aws:iam::444455556666:role/other\"");
        Gen<string> action = Gen.OneOf("\"Action\":\"kms:*\"", "\"Action\":\"kms:Decrypt\"", "\"NotAction\":\"kms:Decrypt\"", "\"Action\":\"kms:Encrypt\"");
        Gen<string> resource = Gen.OneOf("\"Resource\":\"*\"", "\"Resource\":\"arn:aws:kms:*:111122223333:key/\"", "\"NotResource\":\"x\"");
        Gen<string> condition = Gen.OneOf(
            "{}",
            "{\"StringLike\":{\"kms:EncryptionContext:aws:imagebuilder:arn\":\"arn:aws:imagebuilder:*\"}}",
            "{\"StringNotEquals\":{\"kms:CallerAccount\":\"111122223333\"}}",
            "{\"ForAllValues:StringEquals\":{\"kms:EncryptionContextKeys\":\"aws:imagebuilder:arn\"}}",
            "{\"NumericEquals\":{\"x\":1}}");
        Gen<string> statement = Gen.Select(Gen.OneOf("Allow", "Allow", "Deny"), principal, action, resource, condition, Body);
        Gen<RequestPrincipal> caller = Gen.OneOf(Session, AccountRoot, Foreign);
        Gen.Select(statement.List[0, 5], statement, caller, Gen.Bool).Sample((statements, added, who, hasRolePolicy) =>
        {
            PolicyDocument[] identity = hasRolePolicy ? [PolicyDocument.ForExecutionRole([Key])] : [];
            bool Allowed(IEnumerable<string> bodies) =>
                Decide(KeyPolicy.Parse($"{{\"Version\":\"2012-10-17\",\"Statement\":[{string.Join(',', bodies)}]}}"), who, "kms:Decrypt", Workflow, identity).Allowed;
            bool before = Allowed(statements);
            bool after = Allowed(statements.Append(added));
            return added.Contains("\"Allow\"", StringComparison.Ordinal) ? after || !before : before || !after;
        }, iter: 3000);
    }

    [Theory]
    [InlineData("", "", true)]
    [InlineData("*", "", true)]
    [InlineData("?", "", false)]
    [InlineData("a*b*c", "abbbc", true)]
    [InlineData("a*b*c", "abbbcd", false)]
    [InlineData("*ab", "aab", true)]
    [InlineData("a?c", "abc", true)]
    [InlineData("arn:*:workflow/*", "arn:x:workflow/*", true)]
    [InlineData("**", "x", true)]
    [InlineData("A", "a", false)]
    public void Wildcards_match(string pattern, string text, bool isMatch) => Assert.Equal(isMatch, WildcardPattern.IsMatch(WildcardPattern.From(pattern), text));

    [Fact]
    public void A_hostile_pattern_takes_no_exponential_time() =>
        Assert.False(WildcardPattern.IsMatch(WildcardPattern.From(string.Concat(Enumerable.Repeat("*a", 2000)) + "b"), new string('a', 8000)));

    private static PolicyDecision Decide(PolicyDocument policy, RequestPrincipal principal, string action, string? workflow, params PolicyDocument[] identity)
    {
        EncryptionContext? context = workflow is null ? null : EncryptionContext.Create([KeyValuePair.Create(EncryptionContext.WorkflowArnKey, workflow)]);
        return PolicyEvaluator.Evaluate(new PolicyRequest(principal, action, Key, RequestConditions.For(principal, context)), policy, identity);
    }

    private static string Statement(
        string principal = "\"*\"", string action = "\"Action\":\"kms:*\"", string resource = "\"Resource\":\"*\"", string condition = "{}") =>
        $"{{\"Version\":\"2012-10-17\",\"Statement\":{Body("Allow", principal, action, resource, condition)}}}";

    private static string Body(
        string effect = "Allow", string principal = "\"*\"", string action = "\"Action\":\"kms:*\"", string resource = "\"Resource\":\"*\"", string condition = "{}") =>
        $"{{\"Effect\":\"{effect}\",\"Principal\":{{\"AWS\":{principal}}},{action},{resource},\"Condition\":{condition}}}";
}
