using ImageBuilderDataProtection.Kms;

namespace ImageBuilderDataProtection.Policies.Lint;

/// <summary>Tells which Resource elements can be about a key.</summary>
internal static class KeyResources
{
    private const string Digits = "0123456789";
    private const string Letters = "abcdefghijklmnopqrstuvwxyz";
    private const string KeyIdCharacters = Letters + "ABCDEFGHIJKLMNOPQRSTUVWXYZ" + Digits + "_-";

    private static readonly TextShape AnyKeyArn = TextShape.Empty
        .Then("arn:aws").ThenAnyOf(Letters + "-").Then(":kms:").ThenOneOf(Letters).ThenAnyOf(Letters + "-").ThenOneOf(Digits).ThenAnyOf(Digits)
        .Then(":").ThenOneOf(Digits, 12).Then(":key/").ThenOneOf(KeyIdCharacters).ThenAnyOf(KeyIdCharacters);

    /// <summary>A key that stands for any, where a request needs one.</summary>
    public static string Any(RequestPrincipal principal) =>
        KeyArn.Create(principal.Partition, "us-east-1", principal.Account, "00000000-0000-0000-0000-000000000000").Value;

    /// <summary>Whether the Resource or NotResource of a statement matches the key; when it is not known, whether it can match any.</summary>
    public static bool Concerns(LintedStatement statement, KeyArn? key)
    {
        if (statement.Statement.Resource is not { Values.Count: > 0 } resource)
        {
            return false;
        }

        return resource.IsNegated != resource.Values.Any(value => Matches(value, statement.Policy.Kind, key));
    }

    /// <summary>Whether one value of a Resource matches the key; when it is not known, whether it can match any. A policy variable can be anything.</summary>
    public static bool Matches(string value, PolicyKind kind, KeyArn? key)
    {
        // Which key an identity policy is meant for is not said; of a key policy it is clear.
        string pattern = WildcardPattern.From(value.Contains("${", StringComparison.Ordinal) ? "*" : value);
        return key is not null && kind == PolicyKind.KeyPolicy ? WildcardPattern.IsMatch(pattern, key.Value) : TextShape.Of(pattern).Overlaps(AnyKeyArn);
    }
}
