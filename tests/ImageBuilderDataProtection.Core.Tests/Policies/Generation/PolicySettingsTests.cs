using ImageBuilderDataProtection.Kms;
using ImageBuilderDataProtection.Policies;
using ImageBuilderDataProtection.Policies.Generation;
using ImageBuilderDataProtection.Tests.Json;

namespace ImageBuilderDataProtection.Tests.Policies.Generation;

/// <summary>What the settings of the two policies let and keep out, by the evaluator.</summary>
public class PolicySettingsTests
{
    private const string Account = "111122223333";

    private static readonly PolicyDocument Everything = PolicyDocument.Parse(
        """{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"kms:*","Resource":"*"}]}""");

    [Fact]
    public void Without_further_settings_the_policies_are_the_pages()
    {
        Assert.Equal(
            Examples.KeyPolicy.Trim().Replace("\"arn:aws:kms:*:111122223333:key/\"", "\"*\"", StringComparison.Ordinal),
            KeyPolicy.ForWorkflows(new KeyPolicySettings { ExecutionRoles = [Role("aws", "YourImageBuilderExecutionRole")] }).ToJson());
        Assert.Equal(
            Examples.RolePolicy.Trim(),
            PolicyDocument.ForExecutionRole(new RolePolicySettings { Keys = [KeyArn.Parse("arn:aws:kms:us-west-2:111122223333:key/key_ID")] }).ToJson());
    }

    [Theory]
    [InlineData("aws", "us-west-2", "eu-west-1")]
    [InlineData("aws-cn", "cn-north-1", "cn-northwest-1")]
    [InlineData("aws-us-gov", "us-gov-west-1", "us-gov-east-1")]
    public void Patterns_narrow_both_policies_to_regions_types_and_names(string partition, string region, string otherRegion)
    {
        WorkflowArnPattern[] workflows =
        [
            WorkflowArnPattern.Parse($"arn:{partition}:imagebuilder:{region}:{Account}:workflow/build/*"),
            WorkflowArnPattern.Parse($"arn:{partition}:imagebuilder:*:{Account}:workflow/test/web-*"),
        ];
        Asker asker = new(partition, region)
        {
            KeyPolicy = KeyPolicy.ForWorkflows(new KeyPolicySettings { ExecutionRoles = [Role(partition)], Workflows = workflows }),
            RolePolicy = PolicyDocument.ForExecutionRole(new RolePolicySettings { Keys = [Key(partition, region)], Workflows = workflows }),
        };
        asker.Check(true, "Role", "kms:Decrypt", Workflow(partition, region, "build/db"));
        asker.Check(true, "Role", "kms:GenerateDataKey", Workflow(partition, otherRegion, "test/web-1"));
        asker.Check(false, "Role", "kms:Decrypt", Workflow(partition, otherRegion, "build/db"));
        asker.Check(false, "Role", "kms:Decrypt", Workflow(partition, region, "test/db"));
        asker.Check(false, "Role", "kms:Decrypt", Workflow(partition, region, "distribution/web-1"));
        asker.Check(false, "Role", "kms:Decrypt", Workflow(partition, region, "build/db").Replace(Account, "444455556666", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("aws", "us-west-2", "imagebuilder.us-west-2.amazonaws.com")]
    [InlineData("aws-cn", "cn-north-1", "imagebuilder.cn-north-1.amazonaws.com")]
    [InlineData("aws-us-gov", "us-gov-west-1", "imagebuilder.us-gov-west-1.amazonaws.com")]
    public void Through_Image_Builder_means_through_nothing_else_in_every_partition(string partition, string region, string service)
    {
        Asker asker = new(partition, region)
        {
            KeyPolicy = KeyPolicy.ForWorkflows(new KeyPolicySettings { ExecutionRoles = [Role(partition)], KeyUsers = [Role(partition, "User")], ViaImageBuilder = true }),
            RolePolicy = PolicyDocument.ForExecutionRole(new RolePolicySettings { Keys = [Key(partition, region)], ViaImageBuilder = true }),
        };
        string workflow = Workflow(partition, region, "build/web");
        asker.Check(true, "Role", "kms:Decrypt", workflow, service);
        asker.Check(false, "Role", "kms:Decrypt", workflow);
        asker.Check(false, "Role", "kms:Decrypt", workflow, service.Replace("imagebuilder", "ec2", StringComparison.Ordinal));

        // Key users call themselves.
        asker.CheckKeyPolicy(true, "User", "kms:Decrypt", workflow);
    }

    [Fact]
    public void No_other_context_lets_signed_and_unsigned_messages_pass_and_no_further_pair()
    {
        Asker asker = new("aws", "us-west-2")
        {
            KeyPolicy = KeyPolicy.ForWorkflows(new KeyPolicySettings { ExecutionRoles = [Role("aws")], KeyUsers = [Role("aws", "User")], NoOtherContext = true }),
            RolePolicy = PolicyDocument.ForExecutionRole(new RolePolicySettings { Keys = [Key("aws", "us-west-2")], NoOtherContext = true }),
        };
        string workflow = Workflow("aws", "us-west-2", "build/web");
        asker.Check(true, "Role", "kms:Decrypt", workflow);
        asker.Check(true, "Role", "kms:Decrypt", workflow, service: null, "aws-crypto-public-key");
        asker.Check(false, "Role", "kms:Decrypt", workflow, service: null, "aws-crypto-public-key", "purpose");
        asker.CheckKeyPolicy(true, "User", "kms:Encrypt", workflow, "aws-crypto-public-key");
        asker.CheckKeyPolicy(false, "User", "kms:Encrypt", workflow, "purpose");
    }

    [Fact]
    public void Key_users_protect_and_open_workflows_and_read_about_the_key()
    {
        Asker asker = new("aws", "us-west-2")
        {
            KeyPolicy = KeyPolicy.ForWorkflows(new KeyPolicySettings { ExecutionRoles = [Role("aws")], KeyUsers = [Role("aws", "User"), PrincipalArn.Parse($"arn:aws:iam::{Account}:user/Alice")] }),
        };
        string workflow = Workflow("aws", "us-west-2", "build/web");
        foreach (string action in new[] { "kms:Decrypt", "kms:Encrypt", "kms:GenerateDataKey" })
        {
            asker.CheckKeyPolicy(true, "User", action, workflow);
            asker.CheckKeyPolicy(false, "User", action, workflow.Replace(Account, "444455556666", StringComparison.Ordinal));
            asker.CheckKeyPolicy(false, "User", action, null);
        }

        asker.CheckKeyPolicy(true, "User", "kms:DescribeKey", null);
        asker.CheckKeyPolicy(false, "User", "kms:ReEncryptFrom", workflow);
        asker.CheckKeyPolicy(false, "User", "kms:GetKeyPolicy", null);
        asker.CheckKeyPolicy(false, "Role", "kms:Encrypt", workflow);
        asker.CheckKeyPolicy(false, "Role", "kms:DescribeKey", null);
        RequestPrincipal alice = RequestPrincipal.From(PrincipalArn.Parse($"arn:aws:iam::{Account}:user/Alice"));
        Assert.True(PolicyEvaluator.Evaluate(new PolicyRequest(alice, "kms:DescribeKey", Key("aws", "us-west-2"), RequestConditions.For(alice)), asker.KeyPolicy, []).Allowed);
    }

    [Theory]
    [InlineData("kms:PutKeyPolicy", true)]
    [InlineData("kms:GetKeyPolicy", true)]
    [InlineData("kms:DescribeKey", true)]
    [InlineData("kms:EnableKey", true)]
    [InlineData("kms:DisableKey", true)]
    [InlineData("kms:EnableKeyRotation", true)]
    [InlineData("kms:GetKeyRotationStatus", true)]
    [InlineData("kms:RotateKeyOnDemand", true)]
    [InlineData("kms:ListResourceTags", true)]
    [InlineData("kms:TagResource", true)]
    [InlineData("kms:UntagResource", true)]
    [InlineData("kms:CreateAlias", true)]
    [InlineData("kms:UpdateAlias", true)]
    [InlineData("kms:DeleteAlias", true)]
    [InlineData("kms:CreateGrant", true)]
    [InlineData("kms:RevokeGrant", true)]
    [InlineData("kms:ListGrants", true)]
    [InlineData("kms:UpdateKeyDescription", true)]
    [InlineData("kms:ScheduleKeyDeletion", true)]
    [InlineData("kms:CancelKeyDeletion", true)]
    [InlineData("kms:Decrypt", false)]
    [InlineData("kms:Encrypt", false)]
    [InlineData("kms:GenerateDataKey", false)]
    [InlineData("kms:ReEncryptFrom", false)]
    [InlineData("kms:ReEncryptTo", false)]
    public void Administrative_actions_manage_the_key_and_do_not_use_it(string action, bool isAdministrative)
    {
        Asker asker = new("aws", "us-west-2")
        {
            KeyPolicy = KeyPolicy.ForWorkflows(new KeyPolicySettings { ExecutionRoles = [Role("aws")], KeyAdministrators = [Role("aws", "Admin")], AdministrativeActionsOnly = true }),
        };
        asker.CheckKeyPolicy(isAdministrative, "Admin", action, Workflow("aws", "us-west-2", "build/web"));

        // The account root keeps the key in reach, and what IAM policies can hand out is administration and nothing else.
        KeyPolicy byRoot = KeyPolicy.ForWorkflows(new KeyPolicySettings { ExecutionRoles = [Role("aws")], AdministrativeActionsOnly = true });
        KeyPolicy byRootWithAll = KeyPolicy.ForWorkflows(new KeyPolicySettings { ExecutionRoles = [Role("aws")] });
        RequestPrincipal root = RequestPrincipal.From(PrincipalArn.AccountRoot("aws", Account));
        RequestPrincipal other = RequestPrincipal.RoleSession(Role("aws", "Other"), "session");
        Assert.Equal(isAdministrative, PolicyEvaluator.Evaluate(new PolicyRequest(root, action, Key("aws", "us-west-2"), RequestConditions.For(root)), byRoot, []).Allowed);
        Assert.Equal(isAdministrative, PolicyEvaluator.Evaluate(new PolicyRequest(other, action, Key("aws", "us-west-2"), RequestConditions.For(other)), byRoot, [Everything]).Allowed);
        Assert.True(PolicyEvaluator.Evaluate(new PolicyRequest(other, action, Key("aws", "us-west-2"), RequestConditions.For(other)), byRootWithAll, [Everything]).Allowed);
    }

    [Fact]
    public void Statements_may_be_named()
    {
        Assert.Equal(
            ["For workflows", "Allow access for key administrators"],
            KeyPolicy.ForWorkflows(new KeyPolicySettings { ExecutionRoles = [Role("aws")], Sid = "For workflows" }).Statements.Select(static statement => statement.Sid));
        Assert.Equal(
            "ForWorkflows",
            PolicyDocument.ForExecutionRole(new RolePolicySettings { Keys = [Key("aws", "us-west-2")], Sid = "ForWorkflows" }).Statements[0].Sid);
    }

    [Theory]
    [InlineData("")]
    [InlineData(" ")]
    [InlineData("a\u0001")]
    [InlineData("中")]
    public void A_key_policy_refuses_a_name_that_it_cannot_spell(string sid) => Assert.Equal(
        "InvalidSid",
        Assert.Throws<DataProtectionException>(() => KeyPolicy.ForWorkflows(new KeyPolicySettings { ExecutionRoles = [Role("aws")], Sid = sid })).ErrorId);

    [Theory]
    [InlineData("")]
    [InlineData("Allow access")]
    [InlineData("Allow-access")]
    [InlineData("é")]
    public void A_role_policy_refuses_a_name_that_IAM_refuses(string sid) => Assert.Equal(
        "InvalidSid",
        Assert.Throws<DataProtectionException>(() => PolicyDocument.ForExecutionRole(new RolePolicySettings { Keys = [Key("aws", "us-west-2")], Sid = sid })).ErrorId);

    [Fact]
    public void What_is_of_another_partition_is_refused()
    {
        WorkflowArnPattern[] chinese = [WorkflowArnPattern.Parse("arn:aws-cn:imagebuilder:*:111122223333:workflow/*")];
        Assert.Equal("MixedPartitions", Refusal(new KeyPolicySettings { ExecutionRoles = [Role("aws")], Workflows = chinese }));
        Assert.Equal("MixedPartitions", Refusal(new KeyPolicySettings { ExecutionRoles = [Role("aws")], KeyUsers = [Role("aws-cn")] }));
        Assert.Equal("MixedPartitions", Refusal(new KeyPolicySettings { ExecutionRoles = [Role("aws")], KeyAdministrators = [Role("aws-us-gov")] }));
        DataProtectionException error = Assert.Throws<DataProtectionException>(
            () => PolicyDocument.ForExecutionRole(new RolePolicySettings { Keys = [Key("aws", "us-west-2")], Workflows = chinese }));
        Assert.Equal("MixedPartitions", error.ErrorId);
        Assert.Contains("matches no workflow of the partition aws", error.Message, StringComparison.Ordinal);

        static string Refusal(KeyPolicySettings settings) => Assert.Throws<DataProtectionException>(() => KeyPolicy.ForWorkflows(settings)).ErrorId;
    }

    [Fact]
    public void A_key_policy_has_at_most_32768_bytes()
    {
        DataProtectionException error = Assert.Throws<DataProtectionException>(
            () => KeyPolicy.ForWorkflows([.. Enumerable.Range(0, 1000).Select(static i => Role("aws", $"Role{i}"))]));
        Assert.Equal(("PolicyTooLarge", FailureKind.LimitExceeded), (error.ErrorId, error.Kind));
        Assert.Contains("32768", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_statement_by_itself_is_what_stands_in_the_document()
    {
        PolicyDocument policy = PolicyDocument.ForExecutionRole([Key("aws", "us-west-2")]);
        RolePolicyStatement statement = Assert.Single(RolePolicyStatement.Of(policy));
        Assert.Equal(statement.ToJson(), statement.ToString());
        Assert.Equal(policy.ToJson(), PolicyDocument.Parse($$"""{"Version":"2012-10-17","Statement":[{{statement}}]}""").ToJson());
        Assert.Equal(("Allow access to the workflow key", "kms:Decrypt,kms:GenerateDataKey", 1), (statement.Sid, string.Join(',', statement.Action), statement.Conditions.Count));
        Assert.Equal([Key("aws", "us-west-2").Value], statement.Resource);
    }

    private static PrincipalArn Role(string partition, string name = "Role") => PrincipalArn.Parse($"arn:{partition}:iam::{Account}:role/{name}");

    private static KeyArn Key(string partition, string region) => KeyArn.Create(partition, region, Account, "1234abcd-12ab-34cd-56ef-1234567890ab");

    private static string Workflow(string partition, string region, string typeAndName) => $"arn:{partition}:imagebuilder:{region}:{Account}:workflow/{typeAndName}/1.0.0/*";

    /// <summary>Asks both policies, each where it decides alone.</summary>
    private sealed record Asker(string Partition, string Region)
    {
        public required KeyPolicy KeyPolicy { get; init; }

        public PolicyDocument? RolePolicy { get; init; }

        public void Check(bool expected, string role, string action, string? workflow, string? service = null, params string[] otherNames)
        {
            RequestPrincipal caller = RequestPrincipal.RoleSession(Role(Partition, role), "session");
            PolicyRequest request = Request(caller, action, workflow, service, otherNames);
            Assert.Equal(expected, PolicyEvaluator.Evaluate(request, KeyPolicy, []).Allowed);
            KeyPolicy delegating = KeyPolicy.Default(PrincipalArn.AccountRoot(Partition, Account));
            Assert.Equal(expected, PolicyEvaluator.Evaluate(request, delegating, [RolePolicy!]).Allowed);
        }

        public void CheckKeyPolicy(bool expected, string role, string action, string? workflow, params string[] otherNames)
        {
            RequestPrincipal caller = RequestPrincipal.RoleSession(Role(Partition, role), "session");
            Assert.Equal(expected, PolicyEvaluator.Evaluate(Request(caller, action, workflow, null, otherNames), KeyPolicy, []).Allowed);
        }

        private PolicyRequest Request(RequestPrincipal caller, string action, string? workflow, string? service, string[] otherNames)
        {
            EncryptionContext? context = workflow is null
                ? null
                : EncryptionContext.Create(otherNames.Select(static name => KeyValuePair.Create(name, "value")).Append(KeyValuePair.Create("aws:imagebuilder:arn", workflow)));
            return new PolicyRequest(caller, action, Key(Partition, Region), RequestConditions.For(caller, context, service));
        }
    }
}
