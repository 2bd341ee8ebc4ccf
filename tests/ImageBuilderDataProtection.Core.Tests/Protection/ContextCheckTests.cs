using ImageBuilderDataProtection.Kms;
using ImageBuilderDataProtection.Protection;

namespace ImageBuilderDataProtection.Tests.Protection;

public class ContextCheckTests
{
    [Fact]
    public void The_same_pairs_pass() => ContextCheck.RequireEqual(Of(("a", "1"), ("b", "2")), Of(("b", "2"), ("a", "1")));

    [Theory]
    [InlineData("arn", "x/Build", "arn", "x/build", "arn is expected to be \"x/Build\" but the message has \"x/build\" (they differ in case at position 3)")]
    [InlineData("arn", "x/1", "arn", "x/12", "(they differ at position 4)")]
    [InlineData("Arn", "x", "arn", "x", "Arn is expected but the message has arn (case counts)")]
    [InlineData("team", "x", "arn", "x", "team is expected but the message does not have it")]
    public void One_difference_is_named(string expectedKey, string expectedValue, string foundKey, string foundValue, string says)
    {
        var error = Assert.Throws<DataProtectionException>(
            () => ContextCheck.RequireEqual(Of((expectedKey, expectedValue)), Of((foundKey, foundValue))));

        Assert.Equal("EncryptionContextMismatch", error.ErrorId);
        Assert.Contains(says, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_pair_that_was_not_given_is_named()
    {
        var error = Assert.Throws<DataProtectionException>(() => ContextCheck.RequireEqual(Of(("a", "1")), Of(("a", "1"), ("team", "x"))));

        Assert.Contains("the message also has team = \"x\"", error.Message, StringComparison.Ordinal);
    }

    private static EncryptionContext Of(params (string Key, string Value)[] pairs) =>
        EncryptionContext.Create(pairs.Select(static pair => KeyValuePair.Create(pair.Key, pair.Value)));
}
