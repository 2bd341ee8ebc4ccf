using ImageBuilderDataProtection.Kms;
using ImageBuilderDataProtection.Policies;
using ImageBuilderDataProtection.Tests.Json;
using Newtonsoft.Json.Linq;

namespace ImageBuilderDataProtection.Tests.Policies;

public class PolicyDocumentTests
{
    private static readonly PrincipalArn Role = PrincipalArn.Parse("arn:aws:iam::111122223333:role/YourImageBuilderExecutionRole");

    [Fact]
    public void The_generated_key_policy_is_the_pages_but_for_the_administrators_resource()
    {
        KeyPolicy policy = KeyPolicy.ForWorkflows([Role]);
        Assert.Equal(
            Examples.KeyPolicy.Trim().Replace("\"arn:aws:kms:*:111122223333:key/\"", "\"*\"", StringComparison.Ordinal),
            policy.ToJson());
        Assert.Equal(policy.ToJson(), policy.ToString());
    }

    [Fact]
    public void The_generated_role_policy_is_the_pages() =>
        Assert.Equal(Examples.RolePolicy.Trim(), PolicyDocument.ForExecutionRole([KeyArn.Parse("arn:aws:kms:us-west-2:111122223333:key/key_ID")]).ToJson());

    [Fact]
    public void Several_roles_stand_in_a_list_and_their_partition_and_accounts_go_into_the_context_pattern()
    {
        KeyPolicy policy = KeyPolicy.ForWorkflows(
            [PrincipalArn.Parse("arn:aws-cn:iam::111122223333:role/a"), PrincipalArn.Parse("arn:aws-cn:iam::444455556666:role/path/b")],
            [PrincipalArn.Parse("arn:aws-cn:iam::111122223333:user/admin")]);
        var json = JObject.Parse(policy.ToJson());
        Assert.Equal("[\"arn:aws-cn:iam::111122223333:role/a\",\"arn:aws-cn:iam::444455556666:role/path/b\"]", json.SelectToken("Statement[0].Principal.AWS")!.ToString(Newtonsoft.Json.Formatting.None));
        Assert.Equal(
            ["arn:aws-cn:imagebuilder:*:111122223333:workflow/*", "arn:aws-cn:imagebuilder:*:444455556666:workflow/*"],
            policy.Statements[0].Conditions[0].Values);
        Assert.Equal(["arn:aws-cn:iam::111122223333:user/admin"], policy.Statements[1].Principal!.Aws);
    }

    [Theory]
    [InlineData("ExecutionRoleRequired")]
    [InlineData("NotARole", "arn:aws:iam::111122223333:user/u")]
    [InlineData("NotARole", "arn:aws:sts::111122223333:assumed-role/r/session")]
    [InlineData("MixedPartitions", "arn:aws:iam::111122223333:role/a", "arn:aws-cn:iam::111122223333:role/a")]
    [InlineData("KeyAdministratorRequired", "arn:aws:iam::111122223333:role/a", "arn:aws:iam::444455556666:role/a")]
    public void Roles_that_make_no_policy_are_refused(string errorId, params string[] roles)
    {
        DataProtectionException error = Assert.Throws<DataProtectionException>(() => KeyPolicy.ForWorkflows([.. roles.Select(PrincipalArn.Parse)]));
        Assert.Equal(errorId, error.ErrorId);
    }

    [Theory]
    [InlineData("arn:aws:iam::111122223333:role/r", PrincipalKind.Role, "r", "")]
    [InlineData("arn:aws-us-gov:iam::111122223333:role/a/b/r", PrincipalKind.Role, "r", "a/b")]
    [InlineData("arn:aws:iam::111122223333:root", PrincipalKind.AccountRoot, "", "")]
    [InlineData("arn:aws:iam::111122223333:user/u", PrincipalKind.User, "u", "")]
    [InlineData("arn:aws:sts::111122223333:assumed-role/r/s1", PrincipalKind.RoleSession, "r", "")]
    public void Principal_ARNs_are_taken_apart(string text, PrincipalKind kind, string name, string path)
    {
        PrincipalArn arn = PrincipalArn.Parse(text);
        Assert.Equal((kind, name, path, "111122223333", text), (arn.Kind, arn.Name, arn.Path, arn.Account, arn.ToString()));
    }

    [Theory]
    [InlineData("")]
    [InlineData("*")]
    [InlineData("arn:aws:iam::11112222333:role/r")]
    [InlineData("arn:aws:iam::111122223333:role/")]
    [InlineData("arn:aws:iam::111122223333:role/r*")]
    [InlineData("arn:aws:iam::111122223333:root\n")]
    [InlineData("arn:aws:sts::111122223333:role/r")]
    public void What_is_no_principal_ARN_is_refused(string text) =>
        Assert.Equal("InvalidPrincipalArn", Assert.Throws<DataProtectionException>(() => PrincipalArn.Parse(text)).ErrorId);

    [Theory]
    [InlineData("{\"Version\":\"2012-10-17\",\"Statement\":{\"Effect\":\"Allow\",\"Principal\":\"*\",\"Action\":\"kms:*\",\"Resource\":\"*\"}}")]
    [InlineData("{\"Statement\":[{\"Sid\":\"x\",\"Effect\":\"Deny\",\"NotPrincipal\":{\"AWS\":[\"1\"],\"Service\":\"s\"},\"NotAction\":[\"a\"],\"NotResource\":\"r\",\"Condition\":{\"Bool\":{\"k\":true,\"n\":1.50},\"Foo\":{\"z\":[\"1\",2]}},\"New\":{\"deep\":[1,2]}}],\"Id\":\"i\",\"Extra\":null}")]
    public void A_policy_is_written_back_as_it_was_read(string text)
    {
        PolicyDocument policy = PolicyDocument.Parse(text);
        Assert.Equal(text, JToken.Parse(policy.ToJson(), null).ToString(Newtonsoft.Json.Formatting.None).Replace("1.5,", "1.50,", StringComparison.Ordinal).Replace("1.5}", "1.50}", StringComparison.Ordinal));
        Assert.Equal(policy.ToJson(), PolicyDocument.Parse(policy.ToJson()).ToJson());
    }

    [Theory]
    [InlineData("{\n \"Statement\": [\n  {\"Effect\": \"allow\"}]}", 3, 14, "Statement[0].Effect")]
    [InlineData("{\"Statement\": [{}]}", 1, 16, "Statement[0]")]
    [InlineData("{}", 1, 1, "")]
    [InlineData("{\"Statement\": 1}", 1, 15, "Statement")]
    [InlineData("{\"Statement\": [1]}", 1, 16, "Statement[0]")]
    [InlineData("{\"Version\": 1, \"Statement\": []}", 1, 13, "Version")]
    [InlineData("{\"Statement\": {\"Effect\": \"Allow\", \"Action\": [\"a\", 1]}}", 1, 51, "Statement.Action[1]")]
    [InlineData("{\"Statement\": {\"Effect\": \"Allow\", \"Action\": \"a\", \"NotAction\": \"b\"}}", 1, 63, "Statement.NotAction")]
    [InlineData("{\"Statement\": {\"Effect\": \"Allow\", \"Principal\": \"everyone\"}}", 1, 48, "Statement.Principal")]
    [InlineData("{\"Statement\": {\"Effect\": \"Allow\", \"Condition\": {\"Bool\": \"x\"}}}", 1, 57, "Statement.Condition.Bool")]
    [InlineData("{\"Statement\": {\"Effect\": \"Allow\", \"Condition\": {\"Bool\": {\"k\": null}}}}", 1, 63, "Statement.Condition.Bool.k")]
    [InlineData("{\"Statement\": [}", 1, 16, "")]
    public void A_malformed_policy_says_where(string text, int line, int column, string path)
    {
        PolicyFormatException error = Assert.Throws<PolicyFormatException>(() => PolicyDocument.Parse(text));
        Assert.Equal(("MalformedPolicyDocument", line, column, path), (error.ErrorId, error.Line, error.Column, error.Path));
    }

    [Fact]
    public void A_policy_text_has_a_size_limit() =>
        Assert.Equal("JsonTooLarge", Assert.Throws<DataProtectionException>(() => PolicyDocument.Parse(new string(' ', PolicyDocument.MaxBytes + 1))).ErrorId);
}
