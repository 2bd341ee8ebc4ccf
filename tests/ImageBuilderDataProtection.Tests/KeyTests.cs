using System.Management.Automation;

namespace ImageBuilderDataProtection.ModuleTests;

public sealed class KeyTests(Engine engine) : IClassFixture<Engine>, IDisposable
{
    private readonly Scenario _scenario = new(engine);

    public void Dispose() => _scenario.Dispose();

    [Fact]
    public void A_key_has_policy_alias_and_rotation()
    {
        PSObject key = _scenario.Run("New-IBWorkflowKeyPolicy $role | New-IBWorkflowKey -Alias builds -Description 'For builds' -RotationPeriodInDays 90 @kms").Only();
        PSObject described = _scenario.Run("Get-IBWorkflowKey alias/builds @kms").Only();
        foreach (string name in new[] { "Arn", "KeyId", "Region", "Account", "State", "Description", "RotationPeriodInDays", "CurrentKeyMaterialId" })
        {
            Assert.Equal(key.Properties[name].Value, described.Properties[name].Value);
        }

        Assert.Equal("For builds", described.Properties["Description"].Value);
        Assert.Equal(90, described.Properties["RotationPeriodInDays"].Value);
        Assert.Equal(["alias/builds"], (IReadOnlyList<string>)described.Properties["Aliases"].Value);
        Assert.Equal(key.Properties["Policy"].Value.ToString(), described.Properties["Policy"].Value.ToString());
    }

    [Fact]
    public void Rotation_can_be_left_off_and_a_policy_given_as_text()
    {
        PSObject key = _scenario.Run("New-IBWorkflowKey -Policy (New-IBWorkflowKeyPolicy $role).ToJson() -NoRotation @kms").Only();
        Assert.Equal(false, key.Properties["RotationEnabled"].Value);
        Assert.Equal("111122223333", key.Properties["Account"].Value);
        Assert.Empty((IReadOnlyList<string>)key.Properties["Aliases"].Value);
    }

    [Fact]
    public void The_account_comes_from_the_policy_the_role_or_the_only_one_there()
    {
        Assert.Equal("111122223333", _scenario.Run("(New-IBWorkflowKey @kms).Account").Only().BaseObject);
        Assert.Equal(
            "444455556666",
            _scenario.Run("(New-IBWorkflowKeyPolicy arn:aws:iam::444455556666:role/R | New-IBWorkflowKey @kms).Account").Only().BaseObject);
        ScriptResult unknown = _scenario.Run("New-IBWorkflowKey @kms");
        Assert.StartsWith("AccountUnknown,", unknown.Error().FullyQualifiedErrorId, StringComparison.Ordinal);
    }

    [Fact]
    public void A_taken_alias_is_refused_before_a_key_is_made()
    {
        ScriptResult result = _scenario.Run("New-IBWorkflowKeyPolicy $role | New-IBWorkflowKey -Alias ExampleKMSKey @kms");
        ProtectTests.AssertError(result.Error(), "AlreadyExistsException", ErrorCategory.ResourceExists, "ExampleKMSKey");
        Assert.Matches("The alias alias/ExampleKMSKey is taken by the key arn:aws:kms:us-west-2:111122223333:key/[0-9a-f-]{36}, so no key was made", result.Error().ToString());
        Assert.Single(_scenario.Trail(), static call => call == "CreateKey");
    }

    [Fact]
    public void A_policy_that_comes_line_by_line_is_one_policy()
    {
        Assert.Equal(2, _scenario.Run("((New-IBWorkflowKeyPolicy $role).ToJson() -split '\n' | New-IBWorkflowKey -Alias lines @kms).Policy.Statements.Count").Only().BaseObject);
        ProtectTests.AssertError(_scenario.Run("'{', '  \"Version\":' | New-IBWorkflowKey @kms").Error(), "MalformedPolicyDocument", ErrorCategory.InvalidData, "{\n  \"Version\":");
    }

    [Theory]
    [InlineData("Get-IBWorkflowKey ExampleKMSKey @kms")]
    [InlineData("Protect-IBWorkflow \"$folder/build.yml\" -WorkflowArn $workflow @kms -KeyId ExampleKMSKey")]
    [InlineData("Grant-IBWorkflowKeyAccess ExampleKMSKey $role @kms")]
    public void An_alias_named_without_its_prefix_gets_a_hint(string script)
    {
        ErrorRecord error = _scenario.Run(script).Error();
        Assert.EndsWith("key/ExampleKMSKey' does not exist. If ExampleKMSKey is an alias, name it alias/ExampleKMSKey.", error.ToString(), StringComparison.Ordinal);
        Assert.EndsWith("' does not exist", error.Exception.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("11111111-2222-3333-4444-555555555555")]
    [InlineData("mrk-11111111222233334444555555555555")]
    [InlineData("alias/none")]
    public void What_cannot_be_an_alias_without_its_prefix_gets_none(string key) =>
        Assert.DoesNotContain("is an alias", _scenario.Run($"Get-IBWorkflowKey {key} @kms").Error().ToString(), StringComparison.Ordinal);

    [Theory]
    [InlineData("New-IBWorkflowKey -Policy '{' @kms", ErrorCategory.InvalidData)]
    [InlineData("New-IBWorkflowKeyPolicy $role | New-IBWorkflowKey -Alias 'no alias' @kms", ErrorCategory.InvalidArgument)]
    [InlineData("Get-IBWorkflowKey alias/none @kms", ErrorCategory.ObjectNotFound)]
    [InlineData("Get-IBWorkflowKey alias/ExampleKMSKey @kms -RoleArn $role", ErrorCategory.PermissionDenied)]
    public void What_is_wrong_is_one_error(string script, ErrorCategory category) =>
        Assert.Equal(category, _scenario.Run(script).Error().CategoryInfo.Category);

    [Fact]
    public void WhatIf_makes_no_key()
    {
        string[] before = _scenario.Folder.Files;
        ScriptResult result = _scenario.Run("New-IBWorkflowKeyPolicy $role | New-IBWorkflowKey -Alias other @kms -WhatIf").NoErrors();
        Assert.Contains("What if:", result.HostText, StringComparison.Ordinal);
        Assert.Equal(before, _scenario.Folder.Files);
    }

    [Fact]
    public void Keys_are_described_by_pipeline_and_one_bad_name_stops_no_other()
    {
        ScriptResult result = _scenario.Run("'alias/none', 'alias/ExampleKMSKey' | Get-IBWorkflowKey @kms");
        ProtectTests.AssertError(result.Error(), "NotFoundException", ErrorCategory.ObjectNotFound, "alias/none");
        string arn = (string)Assert.Single(result.Output).Properties["Arn"].Value;
        Assert.Equal(
            arn,
            _scenario.Run("Get-IBWorkflowKey alias/ExampleKMSKey @kms | Get-IBWorkflowKey -LocalKms $kms.LocalKms -Region us-west-2")
                .Only().Properties["Arn"].Value);
        Assert.Equal(arn, _scenario.Run($"Get-IBWorkflowKey {arn} -LocalKms $kms.LocalKms").Only().Properties["Arn"].Value);
    }

    [Fact]
    public void Its_view_fits_80_columns()
    {
        string[] lines = _scenario.Show("Get-IBWorkflowKey alias/ExampleKMSKey @kms").TrimEnd().Split('\n');
        Assert.Equal("   Region: us-west-2, account 111122223333", lines[1]);
        Assert.Equal("Alias                     KeyId                                State    Rotates", lines[3]);
        Assert.Matches(@"\AExampleKMSKey             [0-9a-f-]{36} Enabled  365 d\z", lines[5].TrimEnd());
        Assert.Equal(6, lines.Length);
    }
}
