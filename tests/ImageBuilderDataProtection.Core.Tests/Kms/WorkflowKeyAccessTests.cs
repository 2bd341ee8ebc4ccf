using ImageBuilderDataProtection.Audit;
using ImageBuilderDataProtection.Audit.Reading;
using ImageBuilderDataProtection.Kms;
using ImageBuilderDataProtection.Kms.Local;
using ImageBuilderDataProtection.Messages;
using ImageBuilderDataProtection.Policies;
using ImageBuilderDataProtection.Policies.Access;
using ImageBuilderDataProtection.Protection;
using ImageBuilderDataProtection.Workflows;

namespace ImageBuilderDataProtection.Tests.Kms;

public sealed class WorkflowKeyAccessTests : IDisposable
{
    private const string Account = "111122223333";
    private const string Administrators =
        """{"Sid":"Admins","Effect":"Allow","Principal":{"AWS":"arn:aws:iam::111122223333:role/Admin"},"Action":"kms:*","Resource":"*"}""";

    private const string Delegation =
        """{"Sid":"IAM","Effect":"Allow","Principal":{"AWS":"arn:aws:iam::111122223333:root"},"Action":"kms:*","Resource":"*"}""";

    private static readonly PrincipalArn Role = PrincipalArn.Parse("arn:aws:iam::111122223333:role/Builds");
    private static readonly PrincipalArn Other = PrincipalArn.Parse("arn:aws:iam::111122223333:role/Other");
    private static readonly WorkflowArn Web = WorkflowArn.Parse("arn:aws:imagebuilder:us-west-2:111122223333:workflow/build/web/1.0.0/*");
    private static readonly WorkflowArn App = WorkflowArn.Parse("arn:aws:imagebuilder:us-west-2:111122223333:workflow/build/app/1.0.0/*");

    private readonly TemporaryFolder _folder = new();
    private readonly LocalKmsStore _store;
    private readonly IKms _admin;
    private readonly IKms _role;

    public WorkflowKeyAccessTests()
    {
        _store = LocalKmsStore.Open(Path.Combine(_folder.FullPath, "kms"));
        _admin = _store.ForCaller(LocalCaller.AccountRoot(Account), "us-west-2");
        _role = _store.ForCaller(LocalCaller.AssumeRole(Role, "build"), "us-west-2");
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_grant_opens_and_a_revoke_closes_and_the_policy_is_the_first_text_again()
    {
        string first = $"{{ \"Version\" : \"2012-10-17\",\n \"Statement\" : {Delegation} }}\n";
        KeyArn key = await CreateKeyAsync(first);
        string file = await ProtectAsync(_admin, key, Web);
        await Assert.ThrowsAsync<KmsException>(() => OpenAsync(file, Web));

        KeyPolicy granted = await RunAsync(key, new GrantRequest { Roles = [Role] });
        Assert.Equal(2, granted.Statements.Count);
        await OpenAsync(file, Web);

        await RunAsync(key, new RevokeRequest { Roles = [Role] });
        Assert.Equal(first, await PolicyAsync(key));
        await Assert.ThrowsAsync<KmsException>(() => OpenAsync(file, Web));
    }

    [Fact]
    public async Task Nothing_to_change_puts_nothing()
    {
        KeyArn key = await CreateKeyAsync(PolicyOf(Delegation));
        await RunAsync(key, new GrantRequest { Roles = [Role, Other] });
        string granted = await PolicyAsync(key);
        int puts = Puts();
        Assert.Equal(KeyPolicy.Parse(granted).ToJson(), (await RunAsync(key, new GrantRequest { Roles = [Other, Role] })).ToJson());
        Assert.Equal(puts, Puts());

        await RunAsync(key, new RevokeRequest { Roles = [Role, Other] });
        await RunAsync(key, new RevokeRequest { Roles = [Role] });
        Assert.Equal(puts + 1, Puts());
    }

    [Fact]
    public async Task A_policy_too_long_with_its_white_space_is_put_without()
    {
        string wide = PolicyOf(Delegation).Replace(",", "," + new string(' ', 6_500), StringComparison.Ordinal);
        KeyArn key = await CreateKeyAsync(wide);
        await RunAsync(key, new GrantRequest { Roles = [Role] });
        string put = await PolicyAsync(key);
        Assert.InRange(put.Length, 1, KeyPolicy.MaxKeyPolicyBytes / 10);
        Assert.Equal(["IAM", "Allow encrypted workflows for Builds"], KeyPolicy.Parse(put).Statements.Select(static statement => statement.Sid));
    }

    [Fact]
    public async Task The_last_statement_is_never_taken_out()
    {
        KeyArn key = await CreateKeyAsync(PolicyOf(Delegation));
        IKms kms = InterposedKms.Around(_admin, static _ => { });
        ((InterposedKms)(object)kms).KeyPolicy = PolicyOf(new WorkflowGrant { Workflows = [WorkflowArnPattern.AllOf("aws", Account)] }.ToKeyStatement("Only", [Role]).ToString());
        DataProtectionException error = await Assert.ThrowsAsync<DataProtectionException>(() =>
            new WorkflowKeyAccess(kms).PlanAsync(key, new RevokeRequest { Roles = [Role], Force = true }, default));
        Assert.Equal("NoStatementLeft", error.ErrorId);
    }

    [Fact]
    public async Task Errors_stop_it_unless_it_is_forced()
    {
        const string AsPrinted = """{"Sid":"Admins","Effect":"Allow","Principal":{"AWS":"arn:aws:iam::111122223333:role/Admin"},"Action":"kms:*","Resource":"arn:aws:kms:*:111122223333:key/"}""";
        string first = PolicyOf(AsPrinted, Delegation);
        KeyArn key = await CreateKeyAsync(first);
        var grant = new GrantRequest { Roles = [Role] };
        DataProtectionException error = await Assert.ThrowsAsync<DataProtectionException>(() => PlanAsync(key, grant));
        Assert.Equal("PolicyHasErrors", error.ErrorId);
        Assert.Contains("would have an error, ResourceMatchesNoKey (Key policy, Statement[0].Resource): ", error.Message, StringComparison.Ordinal);
        Assert.EndsWith("; use -Force to write it all the same.", error.Message, StringComparison.Ordinal);
        Assert.Equal(first, await PolicyAsync(key));

        await RunAsync(key, grant with { Force = true });
        var revoke = new RevokeRequest { Roles = [Role] };
        Assert.Equal("PolicyHasErrors", (await Assert.ThrowsAsync<DataProtectionException>(() => PlanAsync(key, revoke))).ErrorId);
        await RunAsync(key, revoke with { Force = true });
        Assert.Equal(first, await PolicyAsync(key));
    }

    [Fact]
    public async Task A_role_policy_that_still_allows_what_is_revoked_is_no_error()
    {
        KeyArn key = await CreateKeyAsync(PolicyOf(Administrators, Delegation));
        await RunAsync(key, new GrantRequest { Roles = [Role] });
        Assert.True((await PlanAsync(key, new RevokeRequest { Roles = [Role], RolePolicies = [PolicyDocument.ForExecutionRole([key])] })).Change.IsChange);
    }

    [Fact]
    public async Task Another_partition_is_refused()
    {
        KeyArn key = await CreateKeyAsync(PolicyOf(Delegation));
        foreach (KeyAccessRequest request in new KeyAccessRequest[]
        {
            new GrantRequest { Roles = [PrincipalArn.Parse("arn:aws-cn:iam::111122223333:role/R")] },
            new GrantRequest { Roles = [Role], Workflows = [WorkflowArnPattern.Parse("arn:aws-cn:imagebuilder:*")] },
        })
        {
            DataProtectionException error = await Assert.ThrowsAsync<DataProtectionException>(() => RunAsync(key, request));
            Assert.Equal("MixedPartitions", error.ErrorId);
        }
    }

    [Fact]
    public async Task What_becomes_unreadable_is_told_for_files_and_events_of_this_key()
    {
        KeyArn key = await CreateKeyAsync(PolicyOf(Administrators, Delegation));
        KeyArn otherKey = await CreateKeyAsync(PolicyOf(Delegation));
        await RunAsync(key, new GrantRequest { Roles = [Role], Workflows = [WorkflowArnPattern.Parse(Web.Value)] });
        await RunAsync(key, new GrantRequest { Roles = [Role], Workflows = [WorkflowArnPattern.Parse(App.Value)] });
        string web = await ProtectAsync(_admin, key, Web);
        string app = await ProtectAsync(_admin, key, App);
        string elsewhere = await ProtectAsync(_admin, otherKey, Web);
        await OpenAsync(web, Web);

        var uses = new WorkflowUses();
        foreach (string file in new[] { web, app, elsewhere })
        {
            uses.Add((await ProtectedFile.ReadAsync(file, default)).Describe());
        }

        foreach (KmsAuditEvent auditEvent in Trail())
        {
            uses.Add(auditEvent);
        }

        Assert.Equal(3 + 3, uses.All.Count);
        Assert.Equal(Trail().Last(record => record.EventName == "Decrypt").EventTime, uses.All.Single(use => use.Path is null && use.Context[EncryptionContext.WorkflowArnKey] == Web.Value && use.KeyArns[0] == key.Value).LastUsed);

        var revoke = new RevokeRequest { Roles = [Role], Workflows = [WorkflowArnPattern.Parse(Web.Value)], Uses = uses.All };
        KeyAccessPlan plan = await PlanAsync(key, revoke);
        Assert.Equal([(Web.Value, web), (Web.Value, null)], plan.Affected.Select(static workflow => (workflow.WorkflowArn!, workflow.Path)));
        Assert.All(plan.Affected, static workflow => Assert.True(workflow.DependsOnRolePolicy));
        Assert.Contains("by \"IAM\" of the key policy, if the role's own policies let it", Assert.Single(plan.Warnings), StringComparison.Ordinal);
        Assert.Contains($"no longer open this workflow:\n  {Web}, unless the role's own policies let it\n    {web}\n    used ", Assert.Single(plan.DescribeAffected()), StringComparison.Ordinal);

        PolicyDocument none = PolicyDocument.Parse("""{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"s3:*","Resource":"*"}}""");
        plan = await PlanAsync(key, revoke with { RolePolicies = [none] });
        Assert.Equal(2, plan.Affected.Count);
        Assert.All(plan.Affected, static workflow => Assert.False(workflow.DependsOnRolePolicy));
        Assert.All(plan.Affected, static workflow => Assert.Contains("the role's own policies do not let", workflow.Reason, StringComparison.Ordinal));
        Assert.Empty(plan.Warnings);

        plan = await PlanAsync(key, revoke with { RolePolicies = [PolicyDocument.ForExecutionRole([key])] });
        Assert.Empty(plan.Affected);
        Assert.Contains("can still use the key", Assert.Single(plan.Warnings), StringComparison.Ordinal);

        plan = await PlanAsync(key, revoke with { Workflows = null });
        Assert.Equal([web, app], plan.Affected.Select(static workflow => workflow.Path).OfType<string>());
        Assert.Equal([App.Value, Web.Value], plan.Affected.Where(static workflow => workflow.Path is null).Select(static workflow => workflow.WorkflowArn));
    }

    [Fact]
    public async Task A_statement_that_still_allows_is_named()
    {
        const string Wide = """{"Sid":"Wide","Effect":"Allow","Principal":{"AWS":"arn:aws:iam::111122223333:role/Builds"},"Action":"kms:Decrypt","Resource":"*"}""";
        KeyArn key = await CreateKeyAsync(PolicyOf(Delegation, Wide));
        await RunAsync(key, new GrantRequest { Roles = [Role] });
        string file = await ProtectAsync(_admin, key, Web);
        var uses = new WorkflowUses();
        uses.Add((await ProtectedFile.ReadAsync(file, default)).Describe());
        KeyAccessPlan plan = await PlanAsync(key, new RevokeRequest { Roles = [Role], Uses = uses.All });
        Assert.Empty(plan.Affected);
        Assert.Equal(2, plan.Warnings.Count);
        Assert.Contains("can still use the key", plan.Warnings[0], StringComparison.Ordinal);
        Assert.Contains("by \"Wide\" of the key policy", plan.Warnings[0], StringComparison.Ordinal);
        DataProtectionException failure = Assert.Single(plan.Failures);
        Assert.Equal("AccessRemains", failure.ErrorId);
        Assert.Contains("since \"Wide\" of the key policy", failure.Message, StringComparison.Ordinal);
        Assert.Empty((await PlanAsync(key, new RevokeRequest { Roles = [Other] })).Failures);
    }

    [Theory]
    [InlineData("\"kms:CreateGrant\"", "{}")]
    [InlineData("[\"kms:PutKeyPolicy\",\"kms:GetKeyPolicy\"]", "{}")]
    [InlineData("\"kms:Decrypt\"", """{"Bool":{"aws:MultiFactorAuthPresent":"true"}}""")]
    public async Task Another_way_in_is_told_of_too(string action, string condition)
    {
        string other = $$"""{"Sid":"Other","Effect":"Allow","Principal":{"AWS":"arn:aws:iam::111122223333:role/Builds"},"Action":{{action}},"Resource":"*","Condition":{{condition}}}""";
        string harmless = other.Replace(action, "\"kms:DescribeKey\"", StringComparison.Ordinal);
        foreach ((string statement, int warnings) in new[] { (other, 1), (harmless, 0) })
        {
            KeyArn key = await CreateKeyAsync(PolicyOf(Delegation, statement));
            await RunAsync(key, new GrantRequest { Roles = [Role], Force = true });
            KeyAccessPlan plan = await PlanAsync(key, new RevokeRequest { Roles = [Role], Force = true, RolePolicies = [] });
            Assert.Equal(warnings, plan.Warnings.Count(static warning => warning.StartsWith("\"Other\" of the key policy names the role", StringComparison.Ordinal)));
        }
    }

    [Theory]
    [InlineData("""{"StringEquals":{"kms:EncryptionContext:aws:imagebuilder:arn":"arn:aws:imagebuilder:us-west-2:111122223333:workflow/build/web/1.0.0/*"}}""")]
    [InlineData("""{"StringLike":{"kms:EncryptionContext:aws:imagebuilder:arn":"*:workflow/build/web/*"},"StringEquals":{"kms:ViaService":"imagebuilder.us-west-2.amazonaws.com"}}""")]
    [InlineData("""{"StringLike":{"kms:EncryptionContext:aws:imagebuilder:arn":"*/web/*"},"ForAllValues:StringEquals":{"kms:EncryptionContextKeys":["aws:imagebuilder:arn"]}}""")]
    [InlineData("""{"StringLike":{"kms:EncryptionContext:aws:imagebuilder:arn":"*/web/*"},"Null":{"kms:EncryptionContext:aws-crypto-public-key":"false"}}""")]
    [InlineData("""{"StringLike":{"kms:EncryptionContext:aws:imagebuilder:arn":"*/web/*"},"StringEquals":{"kms:EncryptionContext:stage":"prod"}}""")]
    [InlineData("""{"ArnLike":{"kms:EncryptionContext:aws:imagebuilder:arn":"arn:aws:imagebuilder:*:*:workflow/build/web/*"}}""")]
    public async Task Whatever_narrows_a_statement_it_is_met_when_it_still_lets_the_role_open_something(string condition)
    {
        string narrow = $$"""{"Sid":"Narrow","Effect":"Allow","Principal":{"AWS":"{{Role}}"},"Action":["kms:Decrypt","kms:DescribeKey"],"Resource":"*","Condition":{{condition}}}""";
        KeyArn key = await CreateKeyAsync(PolicyOf(Delegation, narrow));
        KeyAccessPlan plan = await PlanAsync(key, new RevokeRequest { Roles = [Role] });
        Assert.False(plan.Change.IsChange);
        Assert.Contains("can still use the key", plan.Warnings[0], StringComparison.Ordinal);
        Assert.Contains("by \"Narrow\" of the key policy", plan.Warnings[0], StringComparison.Ordinal);
        Assert.Contains("\"Narrow\"", Assert.Single(plan.Failures).Message, StringComparison.Ordinal);
        Assert.Single((await PlanAsync(key, new RevokeRequest { Roles = [Role], Workflows = [WorkflowArnPattern.Parse("arn:aws:imagebuilder:us-west-2:*:workflow/*/1.0.0/*")] })).Failures);
        Assert.Empty((await PlanAsync(key, new RevokeRequest { Roles = [Role], Workflows = [WorkflowArnPattern.Parse(App.Value)] })).Failures);

        string withoutOthers = narrow.Replace(",\"kms:DescribeKey\"", "", StringComparison.Ordinal);
        key = await CreateKeyAsync(PolicyOf(Delegation, withoutOthers));
        plan = await PlanAsync(key, new RevokeRequest { Roles = [Role] });
        Assert.Contains("Narrow", Assert.Single(plan.Change.Removed), StringComparison.Ordinal);
        Assert.Empty(plan.Failures);
        Assert.DoesNotContain("can still use", Assert.Single(plan.Warnings), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Everyone_and_a_role_of_another_account_are_named_directly_and_an_account_is_not()
    {
        const string Everyone = """{"Sid":"Everyone","Effect":"Allow","Principal":"*","Action":"kms:*","Resource":"*","Condition":{"StringEquals":{"kms:CallerAccount":"111122223333"}}}""";
        KeyArn key = await CreateKeyAsync(PolicyOf(Delegation, Everyone));
        Assert.Contains("\"Everyone\"", Assert.Single((await PlanAsync(key, new RevokeRequest { Roles = [Role] })).Failures).Message, StringComparison.Ordinal);
        Assert.Empty((await PlanAsync(key, new RevokeRequest { Roles = [Role], ViaImageBuilder = true })).Failures);

        const string Foreign = "arn:aws:iam::444455556666:role/R";
        key = await CreateKeyAsync(PolicyOf(Delegation, $$"""{"Sid":"Foreign","Effect":"Allow","Principal":{"AWS":"{{Foreign}}"},"Action":"kms:*","Resource":"*"}"""));
        Assert.Contains("\"Foreign\"", Assert.Single((await PlanAsync(key, new RevokeRequest { Roles = [PrincipalArn.Parse(Foreign)] })).Failures).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Rows_are_put_together_by_key_role_and_patterns()
    {
        WorkflowArnPattern web = WorkflowArnPattern.Parse(Web.Value);
        WorkflowArnPattern app = WorkflowArnPattern.Parse(App.Value);
        var rows = new RevokeRows();
        rows.Add("k", [Role], [web]);
        rows.Add("k", [Other], [app, web]);
        rows.Add("k", [Role], [app]);
        rows.Add("l", [Role], [web]);
        rows.Add("l", [Role], null);
        rows.Add("l", [Role], [app]);
        Assert.Equal(
            [("k", $"{Role} {Other}: {App} {Web}"), ("l", $"{Role}: all")],
            rows.All.Select(static one => (one.Key, $"{string.Join(' ', one.Request.Roles)}: {(one.Request.Workflows is null ? "all" : string.Join(' ', one.Request.Workflows))}")));
    }

    [Fact]
    public async Task Without_delegation_it_is_certain()
    {
        KeyArn key = await CreateKeyAsync(PolicyOf(Administrators, Delegation));
        string granted = KeyPolicyEdit.Grant(PolicyOf(Administrators), Role, new WorkflowGrant { Workflows = [WorkflowArnPattern.AllOf("aws", Account)], ViaImageBuilder = true });
        await _admin.PutKeyPolicyAsync(key, granted, bypassPolicyLockoutSafetyCheck: true, default);
        var use = new WorkflowUse { KeyArns = [key.Value, "arn:aws:kms:eu-west-1:111122223333:key/k"], Context = EncryptionContext.Empty.With(EncryptionContext.WorkflowArnKey, Web.Value), Path = "web" };
        IKms administrator = _store.ForCaller(LocalCaller.AssumeRole(PrincipalArn.Parse("arn:aws:iam::111122223333:role/Admin"), "admin"), "us-west-2");
        KeyAccessPlan plan = await new WorkflowKeyAccess(administrator).PlanAsync(key, new RevokeRequest { Roles = [Role], Uses = [use] }, default);
        AffectedWorkflow affected = Assert.Single(plan.Affected);
        Assert.False(affected.DependsOnRolePolicy);
        Assert.Equal("No remaining statement of the key policy lets the role open it. The file has 1 other key, which may still open it.", affected.Reason);
        Assert.Empty(plan.Warnings);
    }

    [Fact]
    public async Task A_long_list_is_cut_short_and_says_so()
    {
        KeyArn key = await CreateKeyAsync(PolicyOf(Delegation));
        await RunAsync(key, new GrantRequest { Roles = [Role] });
        WorkflowUse[] uses = [.. Enumerable.Range(0, KeyAccessPlan.MaxListed + 3).Select(number => new WorkflowUse
        {
            KeyArns = [key.Value],
            Context = EncryptionContext.Empty.With(EncryptionContext.WorkflowArnKey, Web.Value),
            Path = $"file-{number}",
        })];
        KeyAccessPlan plan = await PlanAsync(key, new RevokeRequest { Roles = [Role], Uses = uses });
        Assert.Equal(uses.Length, plan.Affected.Count);
        Assert.StartsWith($"The role {Role} can then no longer open this workflow:\n  {Web}, unless the role's own policies let it\n    file-0\n", Assert.Single(plan.DescribeAffected()), StringComparison.Ordinal);
        Assert.EndsWith("\n    file-19\n  and 3 more", Assert.Single(plan.DescribeAffected()), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_role_of_another_account_is_told_what_it_also_needs()
    {
        KeyArn key = await CreateKeyAsync(PolicyOf(Delegation));
        KeyAccessPlan plan = await PlanAsync(key, new GrantRequest { Roles = [PrincipalArn.Parse("arn:aws:iam::444455556666:role/R")] });
        Assert.Contains("of another account than the key", Assert.Single(plan.Warnings), StringComparison.Ordinal);
        Assert.Contains("arn:aws:imagebuilder:*:444455556666:workflow/*", plan.Change.Added[0], StringComparison.Ordinal);
        Assert.Empty((await PlanAsync(key, new GrantRequest { Roles = [Role] })).Warnings);
    }

    [Fact]
    public async Task A_grant_that_someone_else_overwrites_is_made_again_on_what_they_put()
    {
        KeyArn key = await CreateKeyAsync(PolicyOf(Delegation));
        string theirs = KeyPolicyEdit.Grant(await PolicyAsync(key), Other, new WorkflowGrant { Workflows = [WorkflowArnPattern.AllOf("aws", Account)] });
        bool overwritten = false;
        KeyPolicy policy = await RunAsync(key, new GrantRequest { Roles = [Role] }, InterposedKms.Around(_admin, call =>
        {
            if (call == "PutKeyPolicy" && !overwritten)
            {
                overwritten = true;
                Put(key, theirs);
            }
        }));
        Assert.Equal(KeyPolicyEdit.Grant(theirs, Role, new WorkflowGrant { Workflows = [WorkflowArnPattern.AllOf("aws", Account)] }), await PolicyAsync(key));
        Assert.Equal(3, policy.Statements.Count);
    }

    [Fact]
    public async Task A_grant_made_out_before_someone_else_changed_the_policy_keeps_their_change()
    {
        KeyArn key = await CreateKeyAsync(PolicyOf(Delegation));
        var access = new WorkflowKeyAccess(_admin);
        KeyAccessPlan plan = await access.PlanAsync(key, new GrantRequest { Roles = [Role] }, default);
        await RunAsync(key, new GrantRequest { Roles = [Other] });
        Assert.Equal(3, (await access.ApplyAsync(plan, default)).Statements.Count);
    }

    [Fact]
    public async Task Grants_at_the_same_time_damage_nothing_and_made_once_more_are_all_there()
    {
        string first = PolicyOf(Delegation);
        KeyArn key = await CreateKeyAsync(first);
        PrincipalArn[] roles = [.. Enumerable.Range(1, 6).Select(static number => PrincipalArn.Parse($"arn:aws:iam::111122223333:role/Role{number}"))];
        await Task.WhenAll(roles.Select(role => Task.Run(async () =>
        {
            try
            {
                Assert.NotEmpty(KeyPolicyEdit.PatternsOf(await RunAsync(key, new GrantRequest { Roles = [role] }), role));
            }
            catch (DataProtectionException error)
            {
                Assert.Equal("KeyPolicyNotKept", error.ErrorId);
            }
        })));
        foreach (PrincipalArn role in roles)
        {
            await RunAsync(key, new GrantRequest { Roles = [role] });
        }

        Assert.Equal(roles.Length + 1, KeyPolicy.Parse(await PolicyAsync(key)).Statements.Count);
        await RunAsync(key, new RevokeRequest { Roles = roles });
        Assert.Equal(first, await PolicyAsync(key));
    }

    [Fact]
    public async Task A_revoke_made_out_before_someone_else_changed_the_policy_is_not_made()
    {
        KeyArn key = await CreateKeyAsync(PolicyOf(Delegation));
        await RunAsync(key, new GrantRequest { Roles = [Role] });
        var access = new WorkflowKeyAccess(_admin);
        KeyAccessPlan plan = await access.PlanAsync(key, new RevokeRequest { Roles = [Role] }, default);
        await RunAsync(key, new GrantRequest { Roles = [Other] });
        string now = await PolicyAsync(key);
        DataProtectionException error = await Assert.ThrowsAsync<DataProtectionException>(() => access.ApplyAsync(plan, default));
        Assert.Equal("KeyPolicyChanged", error.ErrorId);
        Assert.Equal(now, await PolicyAsync(key));
    }

    [Fact]
    public async Task A_policy_that_is_put_back_again_and_again_is_an_error_after_a_few_attempts()
    {
        string first = PolicyOf(Delegation);
        KeyArn key = await CreateKeyAsync(first);
        int puts = 0;
        IKms kms = InterposedKms.Around(_admin, call =>
        {
            if (call == "PutKeyPolicy")
            {
                Put(key, $"{first}{new string(' ', ++puts)}");
            }
        });
        DataProtectionException error = await Assert.ThrowsAsync<DataProtectionException>(() => RunAsync(key, new GrantRequest { Roles = [Role] }, kms));
        Assert.Equal("KeyPolicyNotKept", error.ErrorId);
        Assert.Equal(WorkflowKeyAccess.MaxAttempts, puts);
    }

    [Fact]
    public async Task KMS_may_show_the_old_policy_for_a_while()
    {
        string first = PolicyOf(Delegation);
        KeyArn key = await CreateKeyAsync(first);
        string? put = null;
        int reads = 0;
        IKms kms = InterposedKms.Around(_admin, call =>
        {
            if (call == "PutKeyPolicy")
            {
                put = PolicyAsync(key).Result;
                Put(key, first);
            }
            else if (call == "GetKeyPolicy" && put is not null && ++reads == 2)
            {
                Put(key, put);
            }
        });
        KeyPolicy policy = await RunAsync(key, new GrantRequest { Roles = [Role] }, kms);
        Assert.Equal(2, policy.Statements.Count);
        Assert.Equal(3, reads);
        Assert.Single(((InterposedKms)(object)kms).Calls, static call => call == "PutKeyPolicy");
    }

    private async Task<KeyArn> CreateKeyAsync(string policy) => (await _admin.CreateKeyAsync(policy, null, false, default)).Key.Arn;

    private Task<KeyAccessPlan> PlanAsync(KeyArn key, KeyAccessRequest request) => new WorkflowKeyAccess(_admin).PlanAsync(key, request, default);

    private async Task<KeyPolicy> RunAsync(KeyArn key, KeyAccessRequest request, IKms? kms = null)
    {
        var access = new WorkflowKeyAccess(kms ?? _admin);
        return await access.ApplyAsync(await access.PlanAsync(key, request, default), default);
    }

    private async Task<string> PolicyAsync(KeyArn key) => (await _admin.GetKeyPolicyAsync(key, default)).Policy;

    private void Put(KeyArn key, string policy) => _admin.PutKeyPolicyAsync(key, policy, false, default).GetAwaiter().GetResult();

    private async Task<string> ProtectAsync(IKms kms, KeyArn key, WorkflowArn workflow)
    {
        string source = Path.Combine(_folder.FullPath, "workflow.yml");
        await File.WriteAllTextAsync(source, "name: workflow\n");
        string target = Path.Combine(_folder.FullPath, $"{Guid.NewGuid()}.encrypted");
        await new WorkflowProtector(kms).ProtectFileAsync(source, target, new ProtectionSettings { WorkflowArn = workflow, Keys = [key] }, replace: false, default);
        return target;
    }

    private Task<WorkflowDocument> OpenAsync(string file, WorkflowArn workflow) => new WorkflowProtector(_role).OpenFileAsync(
        file, target: null, new OpeningSettings { WorkflowArn = workflow.Value, Keys = [], CommitmentPolicy = CommitmentPolicy.RequireEncryptRequireDecrypt }, keepContent: false, replace: false, default);

    private List<KmsAuditEvent> Trail() =>
        [.. new AuditReader { Filter = new() { AllKmsEvents = true } }.Read([_store.TrailFolder], static error => throw error, default)];

    private int Puts() => Trail().Count(static record => record.EventName == "PutKeyPolicy");

    private static string PolicyOf(params string[] statements) => $"{{\"Version\":\"2012-10-17\",\"Statement\":[{string.Join(',', statements)}]}}";
}
