using ImageBuilderDataProtection.Audit;
using ImageBuilderDataProtection.Kms;
using ImageBuilderDataProtection.Policies;
using ImageBuilderDataProtection.Policies.Generation;
using ImageBuilderDataProtection.Tests.Json;
using Newtonsoft.Json.Linq;

namespace ImageBuilderDataProtection.Tests.Policies.Generation;

public class AuditedPolicyTests
{
    private const string Foreign = "arn:aws:iam::444455556666:role/Foreign";

    [Fact]
    public void The_pages_two_events_ask_for_the_pages_key_policy_narrowed_to_them() => Assert.Equal(
        """
        {
          "Version": "2012-10-17",
          "Statement": [
            {
              "Sid": "Allow access to build images with encrypted workflow",
              "Effect": "Allow",
              "Principal": {
                "AWS": "arn:aws:iam::111122223333:role/Admin"
              },
              "Action": [
                "kms:Decrypt",
                "kms:GenerateDataKey"
              ],
              "Resource": "*",
              "Condition": {
                "StringEquals": {
                  "kms:EncryptionContext:aws:imagebuilder:arn": "arn:aws:imagebuilder:us-west-2:111122223333:workflow/build/sample-encrypted-workflow/1.0.0/*"
                },
                "StringLike": {
                  "kms:ViaService": "imagebuilder.*.amazonaws.com"
                },
                "ForAllValues:StringEquals": {
                  "kms:EncryptionContextKeys": [
                    "aws:imagebuilder:arn",
                    "aws-crypto-public-key"
                  ]
                }
              }
            },
            {
              "Sid": "Allow access for key administrators",
              "Effect": "Allow",
              "Principal": {
                "AWS": "arn:aws:iam::111122223333:root"
              },
              "Action": [
                "kms:*"
              ],
              "Resource": "*"
            }
          ]
        }
        """.ReplaceLineEndings("\n"),
        ForKey(KmsAuditEvent.Parse(Examples.GenerateDataKey), KmsAuditEvent.Parse(Examples.Decrypt)).Policy.ToJson().ReplaceLineEndings("\n"));

    [Fact]
    public void The_pages_two_events_ask_for_the_pages_role_policy_narrowed_to_them_with_a_Sid_that_IAM_takes()
    {
        PolicyDocument policy = ForRole(KmsAuditEvent.Parse(Examples.GenerateDataKey), KmsAuditEvent.Parse(Examples.Decrypt)).Policy;
        PolicyStatement statement = Assert.Single(policy.Statements);
        Assert.Equal("AllowAccessToTheWorkflowKey", statement.Sid);
        Assert.Equal(["arn:aws:kms:us-west-2:111122223333:key/a1b2c3d4-5678-90ab-cdef-EXAMPLEzzzzz"], statement.Resource!.Values);
        Assert.Equal(["kms:Decrypt", "kms:GenerateDataKey"], statement.Action!.Values);
        Assert.Equal(
            [
                "StringEquals kms:EncryptionContext:aws:imagebuilder:arn",
                "StringLike kms:ViaService",
                "ForAllValues:StringEquals kms:EncryptionContextKeys",
            ],
            statement.Conditions.Select(static condition => $"{condition.Operator} {condition.Key}"));
    }

    [Fact]
    public void What_differs_gets_statements_of_its_own_and_what_is_alike_shares_one()
    {
        string other = AuditRecords.Workflow.Replace("web", "db", StringComparison.Ordinal);
        KeyPolicy policy = ForKey(
            AuditRecords.Call("Decrypt", "arn:aws:iam::111122223333:role/A").ToEvent(),
            AuditRecords.Call("Decrypt", "arn:aws:iam::111122223333:role/B").ToEvent(),
            AuditRecords.Call("Decrypt", "arn:aws:iam::111122223333:role/C", other).ToEvent(),
            AuditRecords.Call("GenerateDataKey", "arn:aws:iam::111122223333:role/C").ToEvent(),
            AuditRecords.Call("DescribeKey", "arn:aws:iam::111122223333:role/C", workflow: null).ToEvent()).Policy;
        Assert.Equal(
            [
                "Allow access to build images with encrypted workflow|arn:aws:iam::111122223333:role/A,arn:aws:iam::111122223333:role/B|kms:Decrypt|2",
                "Allow access to build images with encrypted workflow 2|arn:aws:iam::111122223333:role/C|kms:Decrypt|2",
                "Allow access to build images with encrypted workflow 3|arn:aws:iam::111122223333:role/C|kms:GenerateDataKey|2",
                "Allow reading about the key|arn:aws:iam::111122223333:role/C|kms:DescribeKey|0",
                "Allow access for key administrators|arn:aws:iam::111122223333:root|kms:*|0",
            ],
            policy.Statements.Select(static statement =>
                $"{statement.Sid}|{string.Join(',', statement.Principal!.Aws)}|{string.Join(',', statement.Action!.Values)}|{statement.Conditions.Count}"));
    }

    [Fact]
    public void A_denied_call_is_allowed_from_then_on()
    {
        KeyPolicy policy = ForKey(AuditRecords.Call("Decrypt", error: "AccessDenied").ToEvent()).Policy;
        Assert.Equal(["kms:Decrypt"], policy.Statements[0].Action!.Values);
    }

    [Fact]
    public void Image_Builder_is_required_only_of_who_never_called_otherwise()
    {
        Assert.True(HasViaService(AuditRecords.Call("Decrypt", viaImageBuilder: true)));
        Assert.True(HasViaService(AuditRecords.Call("Decrypt", viaImageBuilder: true).With("userIdentity.invokedBy", "imagebuilder.amazonaws.com.cn")));
        Assert.False(HasViaService(AuditRecords.Call("Decrypt", viaImageBuilder: true), AuditRecords.Call("GenerateDataKey")));
        Assert.False(HasViaService(AuditRecords.Call("Decrypt", viaImageBuilder: true).With("userIdentity.invokedBy", "ec2.amazonaws.com")));

        // What another does, or what has no context, tells nothing of it.
        Assert.True(HasViaService(
            AuditRecords.Call("Decrypt", viaImageBuilder: true),
            AuditRecords.Call("DescribeKey", workflow: null),
            AuditRecords.Call("Decrypt", principal: "arn:aws:iam::111122223333:role/Other")));

        static bool HasViaService(params JObject[] records) =>
            ForKey([.. records.Select(static record => record.ToEvent())]).Policy.Statements[0].Conditions.Any(static condition => condition.Key == "kms:ViaService");
    }

    [Theory]
    [InlineData("Decrypt", "requestParameters", "HIDDEN_DUE_TO_SECURITY_REASONS", "AuditContextHidden", "does not show its encryption context")]
    [InlineData("Decrypt", "requestParameters.encryptionContext", "HIDDEN_DUE_TO_SECURITY_REASONS", "AuditContextHidden", "does not show its encryption context")]
    [InlineData("Decrypt", "requestParameters.encryptionContext", null, "NotAWorkflowUse", "kms:Decrypt has no aws:imagebuilder:arn")]
    [InlineData("Decrypt", "requestParameters.encryptionContext.aws:imagebuilder:arn", "arn:aws:imagebuilder:nowhere", "NotAWorkflowUse", "is not the ARN of a workflow")]
    [InlineData("Decrypt", "requestParameters.encryptionContext.${aws:username}", "x", "NotAWorkflowUse", "cannot name for its characters")]
    [InlineData("Decrypt", "requestParameters.encryptionContext.naïve \u4E2D", "x", "NotAWorkflowUse", "cannot name for its characters")]
    [InlineData("Decrypt", "requestParameters.encryptionContext.aws:imagebuilder:arn", "arn:aws-cn:imagebuilder:cn-north-1:111122223333:workflow/build/web/1.0.0/*", "MixedPartitions", "is of the partition aws-cn")]
    [InlineData("PutKeyPolicy", "requestParameters", null, "NotAWorkflowUse", "is no use of a key for a workflow")]
    [InlineData("CreateKey", "requestParameters", null, "NotAWorkflowUse", "is no use of a key for a workflow")]
    [InlineData("Decrypt", "errorCode", "NotFoundException", "AuditKeyUnknown", "was not there")]
    [InlineData("Decrypt", "userIdentity", null, "AuditPrincipalUnknown", "does not say who called")]
    [InlineData("Decrypt", "userIdentity.type", "AWSService", "AuditPrincipalUnknown", "was made by the service")]
    [InlineData("Decrypt", "userIdentity.type", "AWSAccount", "AuditPrincipalUnknown", "only the trail of that account names the role")]
    [InlineData("Decrypt", "userIdentity.type", "FederatedUser", "AuditPrincipalUnknown", "of the type FederatedUser")]
    [InlineData("Decrypt", "userIdentity.sessionContext", null, "AuditPrincipalUnknown", "of the type AssumedRole")]
    [InlineData("Decrypt", "userIdentity.sessionContext.sessionIssuer.arn", "arn:aws-cn:iam::111122223333:role/Builder", "MixedPartitions", "is of the partition aws")]
    public void An_event_that_no_policy_can_allow_is_named_with_the_reason(string eventName, string path, string? value, string errorId, string reason)
    {
        KmsAuditEvent record = AuditRecords.Call(eventName).With(path, value).ToEvent();
        foreach (Action add in new Action[] { () => new AuditedKeyPolicyBuilder(new()).Add(record), () => new AuditedRolePolicyBuilder(new()).Add(record) })
        {
            DataProtectionException error = Assert.Throws<DataProtectionException>(add);
            Assert.Equal(errorId, error.ErrorId);
            Assert.Contains(reason, error.Message, StringComparison.Ordinal);
            Assert.StartsWith("The audit event 11111111-2222-3333-4444-555555555555 (" + eventName + " at 2024-05-01T10:20:30Z) ", error.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Half_a_ReEncrypt_for_a_workflow_is_none()
    {
        JObject record = AuditRecords.ReEncrypt(AuditRecords.Role, AuditRecords.Workflow, AuditRecords.Workflow)
            .With("requestParameters.destinationEncryptionContext", new JObject { ["a"] = "b" });
        DataProtectionException error = Assert.Throws<DataProtectionException>(() => new AuditedKeyPolicyBuilder(new()).Add(record.ToEvent()));
        Assert.Equal("NotAWorkflowUse", error.ErrorId);
        Assert.Contains("kms:ReEncryptTo has no aws:imagebuilder:arn", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_event_of_another_partition_than_the_first_or_than_the_administrators_is_refused()
    {
        KmsAuditEvent chinese = AuditRecords.Call(
            "Decrypt",
            "arn:aws-cn:iam::111122223333:role/R",
            "arn:aws-cn:imagebuilder:cn-north-1:111122223333:workflow/build/web/1.0.0/*",
            key: AuditRecords.Key.Replace("arn:aws:kms:us-west-2", "arn:aws-cn:kms:cn-north-1", StringComparison.Ordinal)).ToEvent();
        var builder = new AuditedKeyPolicyBuilder(new());
        builder.Add(AuditRecords.Call("Decrypt").ToEvent());
        Assert.Equal("MixedPartitions", Assert.Throws<DataProtectionException>(() => builder.Add(chinese)).ErrorId);
        var administered = new AuditedKeyPolicyBuilder(new() { KeyAdministrators = [PrincipalArn.Parse(AuditRecords.Root)] });
        Assert.Equal("MixedPartitions", Assert.Throws<DataProtectionException>(() => administered.Add(chinese)).ErrorId);
        Assert.Equal(["arn:aws-cn:iam::111122223333:root"], ForKey(chinese).Policy.Statements[1].Principal!.Aws);
    }

    [Fact]
    public void What_the_administrators_may_do_anyway_gets_no_statement()
    {
        KmsAuditEvent[] events =
        [
            AuditRecords.Call("PutKeyPolicy", AuditRecords.Role, workflow: null).ToEvent(),
            AuditRecords.Call("DescribeKey", AuditRecords.Role, workflow: null).ToEvent(),
            AuditRecords.Call("Decrypt", AuditRecords.Role).ToEvent(),
            AuditRecords.Call("Decrypt", "arn:aws:iam::111122223333:role/Other").ToEvent(),
        ];
        IReadOnlyList<PrincipalArn> administrators = [PrincipalArn.Parse(AuditRecords.Role)];
        Assert.Equal(
            [["arn:aws:iam::111122223333:role/Other"], [AuditRecords.Role]],
            ForKey(new AuditedKeyPolicySettings { KeyAdministrators = administrators }, events).Policy.Statements.Select(static statement => statement.Principal!.Aws));

        // Administration itself does not decrypt.
        Assert.Equal(
            [[AuditRecords.Role, "arn:aws:iam::111122223333:role/Other"], [AuditRecords.Role]],
            ForKey(new AuditedKeyPolicySettings { KeyAdministrators = administrators, AdministrativeActionsOnly = true }, events).Policy.Statements.Select(static statement => statement.Principal!.Aws));
    }

    [Fact]
    public void An_account_root_gets_no_statement_for_workflows()
    {
        KmsAuditEvent byRoot = AuditRecords.Call("Decrypt", AuditRecords.Root).ToEvent();
        KmsAuditEvent byForeignRoot = AuditRecords.Call("Decrypt", "arn:aws:iam::444455556666:root").ToEvent();
        KmsAuditEvent keyMade = AuditRecords.Call("EnableKeyRotation", AuditRecords.Root, workflow: null).ToEvent();
        AuditedKeyPolicy covered = ForKey(keyMade, byRoot);
        Assert.Equal("Allow access for key administrators", Assert.Single(covered.Policy.Statements).Sid);

        var builder = new AuditedKeyPolicyBuilder(new() { AdministrativeActionsOnly = true });
        foreach (KmsAuditEvent record in new[] { keyMade, byRoot, byForeignRoot, AuditRecords.Call("Decrypt").ToEvent() })
        {
            builder.Add(record);
        }

        AuditedKeyPolicy audited = builder.Build();
        Assert.Equal([byRoot, byForeignRoot], audited.Unusable.Select(static item => item.Event));
        Assert.All(audited.Unusable, static item => Assert.Equal("AuditedAccountRoot", item.Reason.ErrorId));
        Assert.Equal([[AuditRecords.Role], [AuditRecords.Root]], audited.Policy.Statements.Select(static statement => statement.Principal!.Aws));
        Assert.Equal("AuditedAccountRoot", Assert.Throws<DataProtectionException>(() => new AuditedRolePolicyBuilder(new()).Add(byRoot)).ErrorId);
    }

    [Fact]
    public void A_call_across_accounts_is_told_by_the_callers_record_and_missed_without_it()
    {
        KmsAuditEvent own = AuditRecords.Call("Decrypt", Foreign).With("sharedEventID", "s1").ToEvent();
        JObject identity = new() { ["type"] = "AWSAccount", ["accountId"] = "444455556666" };
        KmsAuditEvent owners = AuditRecords.Call("Decrypt", Foreign).With("userIdentity", identity).With("sharedEventID", "s1").ToEvent();
        KmsAuditEvent alone = AuditRecords.Call("Decrypt", Foreign).With("userIdentity", identity).With("sharedEventID", "s2").ToEvent();
        AuditedKeyPolicy audited = ForKey(owners, own, alone);
        Assert.Equal(alone, Assert.Single(audited.Unusable).Event);
        Assert.Equal([[Foreign], [AuditRecords.Root]], audited.Policy.Statements.Select(static statement => statement.Principal!.Aws));
        Assert.Equal(alone, Assert.Single(ForRole(owners, own, alone).Unusable).Event);
    }

    [Fact]
    public void A_key_that_the_event_does_not_tell_counts_only_where_it_does_not_matter()
    {
        KmsAuditEvent record = AuditRecords.Call("Decrypt", error: "AccessDenied", key: null).ToEvent();
        Assert.Empty(ForKey(record).Keys);
        Assert.Equal([AuditRecords.Root], ForKey(record).Policy.Statements[1].Principal!.Aws);
        Assert.Equal("AuditKeyUnknown", Assert.Throws<DataProtectionException>(
            () => new AuditedKeyPolicyBuilder(new() { Key = KeyArn.Parse(AuditRecords.Key) }).Add(record)).ErrorId);
        Assert.Equal("AuditKeyUnknown", Assert.Throws<DataProtectionException>(() => new AuditedRolePolicyBuilder(new()).Add(record)).ErrorId);
    }

    [Fact]
    public void Keys_of_several_accounts_need_named_administrators()
    {
        KmsAuditEvent[] events =
        [
            AuditRecords.Call("Decrypt").ToEvent(),
            AuditRecords.Call("Decrypt", key: AuditRecords.Key.Replace("111122223333", "444455556666", StringComparison.Ordinal)).ToEvent(),
        ];
        Assert.Equal("KeyAdministratorRequired", Assert.Throws<DataProtectionException>(() => ForKey(events)).ErrorId);
        AuditedKeyPolicy audited = ForKey(new AuditedKeyPolicySettings { KeyAdministrators = [PrincipalArn.Parse(AuditRecords.Root)] }, events);
        Assert.Equal(2, audited.Keys.Count);
    }

    [Fact]
    public void More_workflows_than_a_key_policy_holds_are_refused()
    {
        var builder = new AuditedKeyPolicyBuilder(new());
        for (int i = 0; i < 600; i++)
        {
            builder.Add(AuditRecords.Call("Decrypt", workflow: AuditRecords.Workflow.Replace("web", $"web-{i}", StringComparison.Ordinal)).ToEvent());
        }

        Assert.Equal(("PolicyTooLarge", FailureKind.LimitExceeded), Describe(Assert.Throws<DataProtectionException>(builder.Build)));
    }

    [Fact]
    public void No_use_makes_no_policy()
    {
        Assert.Equal(("NoAuditedUse", FailureKind.InvalidArgument), Describe(Assert.Throws<DataProtectionException>(() => ForKey())));
        Assert.Equal(("NoAuditedUse", FailureKind.InvalidArgument), Describe(Assert.Throws<DataProtectionException>(() => ForRole())));
    }

    private static (string, FailureKind) Describe(DataProtectionException error) => (error.ErrorId, error.Kind);

    private static AuditedKeyPolicy ForKey(params KmsAuditEvent[] events) => ForKey(new AuditedKeyPolicySettings(), events);

    private static AuditedKeyPolicy ForKey(AuditedKeyPolicySettings settings, params KmsAuditEvent[] events)
    {
        var builder = new AuditedKeyPolicyBuilder(settings);
        foreach (KmsAuditEvent record in events)
        {
            builder.Add(record);
        }

        return builder.Build();
    }

    private static AuditedRolePolicy ForRole(params KmsAuditEvent[] events)
    {
        var builder = new AuditedRolePolicyBuilder(new AuditedRolePolicySettings());
        foreach (KmsAuditEvent record in events)
        {
            builder.Add(record);
        }

        return builder.Build();
    }
}
