using System.Management.Automation;
using System.Text.Json.Nodes;

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
    [InlineData("New-IBWorkflowKeyPolicy arn:aws:iam::111122223333:role/A -WorkflowArn arn:aws:imagebuilder:*:111122223333:workflow/", "InvalidWorkflowArnPattern")]
    [InlineData("New-IBWorkflowKeyPolicy arn:aws:iam::111122223333:role/A -WorkflowArn arn:aws-cn:imagebuilder:*:111122223333:workflow/*", "MixedPartitions")]
    [InlineData("New-IBWorkflowKeyPolicy arn:aws:iam::111122223333:role/A -KeyUser nobody", "InvalidPrincipalArn")]
    [InlineData("New-IBWorkflowKeyPolicy arn:aws:iam::111122223333:role/A -Sid \u4E2D", "InvalidSid")]
    [InlineData("New-IBWorkflowRolePolicy arn:aws:kms:us-west-2:111122223333:alias/ExampleKMSKey", "InvalidKeyArn")]
    [InlineData("New-IBWorkflowRolePolicy arn:aws:kms:us-west-2:111122223333:key/k -Sid 'Allow access'", "InvalidSid")]
    public void What_is_wrong_is_one_error(string script, string id)
    {
        ErrorRecord error = engine.Run(script).Error();
        Assert.Equal(id, error.FullyQualifiedErrorId.Split(',')[0]);
        Assert.Equal(ErrorCategory.InvalidArgument, error.CategoryInfo.Category);
    }

    [Fact]
    public void Every_setting_reaches_the_key_policy()
    {
        PSObject policy = engine.Run($$"""
            New-IBWorkflowKeyPolicy {{Role}} -KeyUser arn:aws:iam::111122223333:role/Writers -KeyAdministratorArn arn:aws:iam::111122223333:role/Admin `
                -AdministrativeActionsOnly -WorkflowArn arn:aws:imagebuilder:*:111122223333:workflow/build/* -ViaImageBuilder -NoOtherEncryptionContext -Sid 'For builds'
            """).Only();
        string[] lines = [.. engine.Run(
            "param($policy) $policy.Statements | ForEach-Object { \"$($_.Sid)|$($_.Principal.Aws)|$($_.Action.Values)|$($_.Conditions | ForEach-Object { \"$($_.Operator) $($_.Key)=$($_.Values)\" })\" }",
            ("policy", policy)).Output.Select(static line => line.ToString())];
        Assert.Equal(
            [
                $"For builds|{Role}|kms:Decrypt kms:GenerateDataKey|" +
                    "StringLike kms:EncryptionContext:aws:imagebuilder:arn=arn:aws:imagebuilder:*:111122223333:workflow/build/* " +
                    "StringLike kms:ViaService=imagebuilder.*.amazonaws.com ForAllValues:StringEquals kms:EncryptionContextKeys=aws:imagebuilder:arn aws-crypto-public-key",
                "Allow access for key users|arn:aws:iam::111122223333:role/Writers|kms:Decrypt kms:Encrypt kms:GenerateDataKey|" +
                    "StringLike kms:EncryptionContext:aws:imagebuilder:arn=arn:aws:imagebuilder:*:111122223333:workflow/build/* " +
                    "ForAllValues:StringEquals kms:EncryptionContextKeys=aws:imagebuilder:arn aws-crypto-public-key",
                "Allow key users to describe the key|arn:aws:iam::111122223333:role/Writers|kms:DescribeKey|",
                "Allow access for key administrators|arn:aws:iam::111122223333:role/Admin|kms:Create* kms:Describe* kms:Enable* kms:List* kms:Put* kms:Update* " +
                    "kms:Revoke* kms:Disable* kms:Get* kms:Delete* kms:TagResource kms:UntagResource kms:ScheduleKeyDeletion kms:CancelKeyDeletion kms:RotateKeyOnDemand|",
            ],
            lines);
    }

    [Fact]
    public void A_role_policy_comes_as_a_document_or_as_its_statement()
    {
        string[] texts = [.. engine.Run($$"""
            $settings = @{ KeyArn = '{{Key}}'; WorkflowArn = 'arn:aws:imagebuilder:us-west-2:111122223333:workflow/build/*'; ViaImageBuilder = $true; NoOtherEncryptionContext = $true; Sid = 'ForBuilds' }
            $statement = New-IBWorkflowRolePolicy @settings -StatementOnly
            $statement.ToJson(); "$statement"; [string] (New-IBWorkflowRolePolicy @settings)
            """).NoErrors().Output.Select(static text => (string)text.BaseObject)];
        Assert.Equal(texts[0], texts[1]);
        JsonNode statement = JsonNode.Parse(texts[2])!["Statement"]![0]!;
        Assert.Equal(JsonNode.Parse(texts[0])!.ToString(), statement.ToString());
        Assert.Equal("ForBuilds", (string?)statement["Sid"]);
        Assert.Equal("imagebuilder.*.amazonaws.com", (string?)statement["Condition"]!["StringLike"]!["kms:ViaService"]);
    }

    [Fact]
    public void A_statement_is_shown_as_JSON()
    {
        string text = engine.Show($"New-IBWorkflowRolePolicy {Key} -StatementOnly");
        Assert.Contains("\"Sid\": \"Allow access to the workflow key\",", text, StringComparison.Ordinal);
        Assert.All(text.Split('\n'), static line => Assert.True(line.Length <= 80, line));
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
