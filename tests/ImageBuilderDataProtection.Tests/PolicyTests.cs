using System.Management.Automation;

namespace ImageBuilderDataProtection.ModuleTests;

public sealed class PolicyTests(Engine engine) : IClassFixture<Engine>
{
    private const string Role = "arn:aws:iam::111122223333:role/YourImageBuilderExecutionRole";
    private const string Key = "arn:aws:kms:us-west-2:111122223333:key/key_ID";

    [Fact]
    public void A_key_policys_text_is_its_JSON()
    {
        ScriptResult result = engine.Run($"$policy = New-IBWorkflowKeyPolicy {Role}; \"$policy\"; $policy.ToJson(); [string] $policy").NoErrors();
        Assert.Single(result.Output.Select(static text => (string)text.BaseObject).Distinct());
        Assert.Contains("\"kms:EncryptionContext:aws:imagebuilder:arn\": \"arn:aws:imagebuilder:*:111122223333:workflow/*\"", result.Output[0].ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Roles_from_the_pipeline_go_into_one_policy()
    {
        PSObject policy = engine.Run(
            $"'{Role}', [pscustomobject]@{{ Arn = '{Role}2' }} | New-IBWorkflowKeyPolicy -KeyAdministratorArn arn:aws:iam::111122223333:user/Admin").Only();
        string json = policy.BaseObject.ToString()!;
        Assert.Contains($"\"{Role}\",", json, StringComparison.Ordinal);
        Assert.Contains($"\"{Role}2\"", json, StringComparison.Ordinal);
        Assert.Contains("\"arn:aws:iam::111122223333:user/Admin\"", json, StringComparison.Ordinal);
    }

    [Fact]
    public void A_role_policy_names_its_keys()
    {
        string json = engine.Run($"New-IBWorkflowRolePolicy {Key}").Only().BaseObject.ToString()!;
        Assert.Contains($"\"Resource\": \"{Key}\"", json, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("New-IBWorkflowKeyPolicy nonsense", "InvalidPrincipalArn")]
    [InlineData("New-IBWorkflowKeyPolicy arn:aws:iam::111122223333:root", "NotARole")]
    [InlineData("New-IBWorkflowKeyPolicy arn:aws:iam::111122223333:role/A, arn:aws:iam::444455556666:role/B", "KeyAdministratorRequired")]
    [InlineData("New-IBWorkflowRolePolicy arn:aws:kms:us-west-2:111122223333:alias/ExampleKMSKey", "InvalidKeyArn")]
    public void What_is_wrong_is_one_error(string script, string id)
    {
        ErrorRecord error = engine.Run(script).Error();
        Assert.Equal(id, error.FullyQualifiedErrorId.Split(',')[0]);
        Assert.Equal(ErrorCategory.InvalidArgument, error.CategoryInfo.Category);
    }

    [Fact]
    public void Its_view_shows_every_statement_at_80_columns()
    {
        string text = engine.Show($"New-IBWorkflowKeyPolicy {Role}");
        Assert.Equal(
            "Allow 111122223333:role/YourImageBuilderExecutionRole: kms:Decrypt, kms:GenerateDataKey, conditionally Allow 111122223333:root: kms:*",
            string.Join(' ', text[text.IndexOf("Allow", StringComparison.Ordinal)..].Split([' ', '\n'], StringSplitOptions.RemoveEmptyEntries)));
        Assert.All(text.Split('\n'), static line => Assert.True(line.Length <= 80, line));
    }
}
