using ImageBuilderDataProtection.Kms;

namespace ImageBuilderDataProtection.Tests.Kms;

public class EncryptionContextTests
{
    [Fact]
    public void Pairs_are_in_the_order_of_their_keys_UTF8_bytes()
    {
        // UTF-16 puts U+1F600 (surrogates, D83D...) before U+FF5E; UTF-8 puts it after.
        EncryptionContext context = Of(("\U0001F600", "1"), ("\uFF5E", "2"), ("b", "3"), ("B", "4"), ("é", "5"));

        Assert.Equal(["B", "b", "é", "\uFF5E", "\U0001F600"], context.Keys);
        Assert.Equal(["4", "3", "5", "2", "1"], context.Values);
    }

    [Fact]
    public void Equality_counts_case_and_not_the_order_given()
    {
        Assert.Equal(Of(("a", "1"), ("b", "2")), Of(("b", "2"), ("a", "1")));
        Assert.Equal(Of(("a", "1"), ("b", "2")).GetHashCode(), Of(("b", "2"), ("a", "1")).GetHashCode());
        Assert.NotEqual(Of(("a", "x")), Of(("a", "X")));
        Assert.NotEqual(Of(("a", "x")), Of(("A", "x")));
        Assert.NotEqual(Of(("a", "x")), Of(("a", "x"), ("b", "y")));
    }

    [Fact]
    public void A_key_given_twice_is_refused() =>
        Assert.Equal("InvalidEncryptionContext", Assert.Throws<DataProtectionException>(() => Of(("a", "1"), ("a", "2"))).ErrorId);

    // Not as InlineData: attributes are stored in UTF-8, which has no unpaired surrogates.
    [Fact]
    public void An_unpaired_surrogate_is_refused()
    {
        Assert.Equal("InvalidEncryptionContext", Assert.Throws<DataProtectionException>(() => Of(("\uD83D", "v"))).ErrorId);
        Assert.Equal("InvalidEncryptionContext", Assert.Throws<DataProtectionException>(() => Of(("k", "a\uDE00b"))).ErrorId);
    }

    [Fact]
    public void Reserved_pairs_can_be_taken_out() =>
        Assert.Equal(Of(("aws:imagebuilder:arn", "x")), Of(("aws-crypto-public-key", "k"), ("aws:imagebuilder:arn", "x")).WithoutReserved());

    private static EncryptionContext Of(params (string Key, string Value)[] pairs) =>
        EncryptionContext.Create(pairs.Select(static pair => KeyValuePair.Create(pair.Key, pair.Value)));
}
