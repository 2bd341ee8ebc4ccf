using ImageBuilderDataProtection.Kms;

namespace ImageBuilderDataProtection.Tests.Kms;

public class KeyIdentifierTests
{
    private const string Id = "1234abcd-12ab-34cd-56ef-1234567890ab";

    [Theory]
    [InlineData($"arn:aws:kms:us-west-2:111122223333:key/{Id}", KeyIdentifierKind.KeyArn, Id)]
    [InlineData(Id, KeyIdentifierKind.KeyId, Id)]
    [InlineData("mrk-1234abcd12ab34cd56ef1234567890ab", KeyIdentifierKind.KeyId, "mrk-1234abcd12ab34cd56ef1234567890ab")]
    [InlineData("arn:aws:kms:us-west-2:111122223333:alias/team/ExampleAlias", KeyIdentifierKind.AliasArn, "alias/team/ExampleAlias")]
    [InlineData("alias/ExampleKMSKey", KeyIdentifierKind.AliasName, "alias/ExampleKMSKey")]
    public void Reads_the_four_kinds(string text, KeyIdentifierKind kind, string resource)
    {
        KeyIdentifier key = KeyIdentifier.Parse(text);

        Assert.Equal((kind, resource, text), (key.Kind, key.Resource, key.ToString()));
        Assert.Equal(text.StartsWith("arn:", StringComparison.Ordinal) ? "us-west-2" : null, key.Region);
        Assert.Equal(text.StartsWith("arn:", StringComparison.Ordinal) ? "111122223333" : null, key.Account);
    }

    [Theory]
    [InlineData("")]
    [InlineData("alias/")]
    [InlineData("arn:aws:kms:us-west-2:111122223333:key/")]
    [InlineData("arn:aws:kms:us-west-2:111122223333:grant/x")]
    [InlineData("arn:aws:s3:::bucket")]
    [InlineData("two words")]
    [InlineData("alias/line\nbreak")]
    public void Refuses_what_names_no_key(string text) =>
        Assert.Equal("InvalidKeyId", Assert.Throws<DataProtectionException>(() => KeyIdentifier.Parse(text)).ErrorId);

    [Fact]
    public void A_key_ARN_is_not_read_from_an_alias_ARN()
    {
        var error = Assert.Throws<DataProtectionException>(() => KeyArn.Parse("arn:aws:kms:us-west-2:111122223333:alias/x"));

        Assert.Contains("is an alias ARN", error.Message, StringComparison.Ordinal);
    }
}
