using System.Text.RegularExpressions;
using CsCheck;
using ImageBuilderDataProtection.Audit;

namespace ImageBuilderDataProtection.Tests.Audit;

public sealed class AuditPatternTests
{
    [Theory]
    [InlineData("*", "", true)]
    [InlineData("**", "", true)]
    [InlineData("?", "", false)]
    [InlineData("", "", true)]
    [InlineData("", "a", false)]
    [InlineData("*", null, false)]
    [InlineData(@"*\b", @"a\b", true)]
    [InlineData(@"a\*", @"a\b", true)]
    [InlineData("arn:*:workflow/BUILD/?/*", "arn:aws:workflow/build/x/1.0.0/*", true)]
    [InlineData("build", "a build", false)]
    [InlineData("[ab]", "a", false)]
    [InlineData("a*", "a\nb", true)]
    public void Wildcards_stand_for_characters_and_all_else_for_itself(string pattern, string? text, bool expected) =>
        Assert.Equal(expected, new AuditPattern(pattern).IsMatch(text));

    [Fact]
    public void It_matches_what_a_regular_expression_of_the_same_meaning_does() =>
        Gen.Select(Gen.Char["ab*?\\"].Array[0, 8].Select(static letters => new string(letters)), Gen.Char["abAB*\\"].Array[0, 12].Select(static letters => new string(letters))).Sample(static (pattern, text) =>
        {
            string regex = @"\A" + Regex.Escape(pattern).Replace(@"\*", ".*", StringComparison.Ordinal).Replace(@"\?", ".", StringComparison.Ordinal) + @"\z";
            Assert.Equal(Regex.IsMatch(text, regex, RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.Singleline), new AuditPattern(pattern).IsMatch(text));
        });

    [Fact]
    public void A_set_matches_what_one_of_its_patterns_does_however_often_it_is_asked() =>
        Gen.Select(Gen.Char["abAB*?"].Array[0, 4].Select(static letters => new AuditPattern(new string(letters))).Array[0, 5], Gen.Char["abAB*"].Array[0, 4].Select(static letters => new string(letters)).Array[1, 20]).Sample(static (patterns, texts) =>
        {
            var set = new AuditPatternSet(patterns);
            foreach (string? text in (string?[])[.. texts, null, .. texts])
            {
                Assert.Equal(patterns.Any(pattern => pattern.IsMatch(text)), set.IsMatch(text));
            }
        });
}
