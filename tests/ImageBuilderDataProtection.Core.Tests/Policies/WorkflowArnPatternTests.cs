using System.Text.RegularExpressions;
using CsCheck;
using ImageBuilderDataProtection.Policies;
using ImageBuilderDataProtection.Workflows;

namespace ImageBuilderDataProtection.Tests.Policies;

public class WorkflowArnPatternTests
{
    private const string Workflow = "arn:aws:imagebuilder:us-west-2:111122223333:workflow/build/sample-encrypted-workflow/1.0.0/*";

    private static readonly string[] Alphabets = ["a", "b", "ab", ""];

    [Theory]
    [InlineData("arn:aws:imagebuilder:*:111122223333:workflow/*")]
    [InlineData("arn:aws:imagebuilder:us-west-2:111122223333:workflow/build/*")]
    [InlineData("arn:aws:imagebuilder:us-west-?:111122223333:workflow/*/sample-*/1.*")]
    [InlineData(Workflow)]
    [InlineData("arn:*")]
    [InlineData("*")]
    [InlineData("*/*")]
    public void A_pattern_matches_the_workflow(string pattern) => Assert.True(WorkflowArnPattern.Parse(pattern).IsMatch(WorkflowArn.Parse(Workflow)));

    [Theory]
    [InlineData("arn:aws:imagebuilder:*:111122223333:Workflow/*", "upper-case")]
    [InlineData("arn:aws:imagebuilder:*:111122223333:workflow/", "ends too early")]
    [InlineData("arn:aws:imagebuilder:*:111122223333:workflow/build", "ends too early")]
    [InlineData("arn:aws:imagebuilder:*:11112222333:workflow/*", "it must be able to match")]
    [InlineData("arn:aws:imagebuilder:*:111122223333:workflow/deploy/*", "it must be able to match")]
    [InlineData("arn:aws:imagebuilder:*:111122223333:image/*", "it must be able to match")]
    [InlineData("arn:aws:imagebuilder::111122223333:workflow/*", "it must be able to match")]
    [InlineData("aws:imagebuilder:*", "it must be able to match")]
    [InlineData("", "it ends too early")]
    public void What_matches_no_workflow_is_refused_with_the_reason(string pattern, string reason)
    {
        DataProtectionException error = Assert.Throws<DataProtectionException>(() => WorkflowArnPattern.Parse(pattern));
        Assert.Equal("InvalidWorkflowArnPattern", error.ErrorId);
        Assert.Contains(reason, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("arn:aws:imagebuilder:*:111122223333:workflow/*", true, false)]
    [InlineData("arn:aws:imagebuilder:*:*:workflow/*", true, true)]
    [InlineData("arn:aws:imagebuilder:*:11112222????:workflow/*", true, true)]
    [InlineData("arn:aws:imagebuilder:*:444455556666:workflow/*", false, true)]
    [InlineData("arn:aws:imagebuilder:*111122223333:workflow/*", true, false)]
    [InlineData("arn:aws:imagebuilder:*333:workflow/*", true, true)]
    public void It_is_known_whose_workflows_a_pattern_matches(string pattern, bool own, bool others)
    {
        var parsed = WorkflowArnPattern.Parse(pattern);
        Assert.Equal(own, parsed.MatchesAccount("111122223333"));
        Assert.Equal(others, parsed.MatchesOtherAccountThan(["111122223333"]));
    }

    [Fact]
    public void Of_several_accounts_all_are_known()
    {
        var pattern = WorkflowArnPattern.Parse("arn:aws:imagebuilder:*:11112222333?:workflow/*");
        string[] all = [.. Enumerable.Range(0, 10).Select(static digit => $"11112222333{digit}")];
        Assert.False(pattern.MatchesOtherAccountThan(all));
        Assert.True(pattern.MatchesOtherAccountThan(all[..9]));
    }

    [Theory]
    [InlineData("arn:aws:imagebuilder:*:111122223333:workflow/*", "aws", true)]
    [InlineData("arn:aws:imagebuilder:*:111122223333:workflow/*", "aws-cn", false)]
    [InlineData("arn:aws-cn:imagebuilder:*:111122223333:workflow/*", "aws-cn", true)]
    [InlineData("arn:aws*:imagebuilder:*:111122223333:workflow/*", "aws-us-gov", true)]
    public void It_is_known_of_which_partition_a_pattern_is(string pattern, string partition, bool matches) =>
        Assert.Equal(matches, WorkflowArnPattern.Parse(pattern).MatchesPartition(partition));

    /// <summary>
    /// Two shapes overlap just when some text is of both; over a small alphabet all texts can be tried that are no longer than
    /// both shapes together.
    /// </summary>
    [Fact]
    public void Shapes_overlap_when_a_text_is_of_both()
    {
        string[] texts = [.. Texts(6)];
        Gen<(string Characters, bool Repeats)[]> shape = Gen.Select(Gen.Int[0, 3].Select(static choice => Alphabets[choice]), Gen.Bool).Array[0, 3];
        Gen.Select(shape, shape).Sample((one, other) =>
        {
            Regex first = ToRegex(one);
            Regex second = ToRegex(other);
            bool expected = texts.Any(text => first.IsMatch(text) && second.IsMatch(text));
            return ToShape(one).Overlaps(ToShape(other)) == expected && ToShape(other).Overlaps(ToShape(one)) == expected;
        }, iter: 20_000);
    }

    private static IEnumerable<string> Texts(int length) =>
        length == 0 ? [""] : Texts(length - 1).SelectMany(static text => new[] { text, text + "a", text + "b" }).Distinct();

    private static Regex ToRegex((string Characters, bool Repeats)[] elements) =>
        new(@"\A" + string.Concat(elements.Select(static element => (element.Characters.Length == 0 ? "[^ab]" : $"[{element.Characters}]") + (element.Repeats ? "*" : ""))) + @"\z");

    private static TextShape ToShape((string Characters, bool Repeats)[] elements) => elements.Aggregate(
        TextShape.Empty, static (shape, element) => element.Repeats ? shape.ThenAnyOf(element.Characters) : shape.ThenOneOf(element.Characters));

    [Theory]
    [InlineData("*", null)]
    [InlineData("*/web-??/*", null)]
    [InlineData("arn:aws-cn:imagebuilder:*:111122223333:workflow/test/*", null)]
    [InlineData("*:workflow/build/web/*", "arn:aws:imagebuilder:us-west-2:111122223333:workflow/*/2.*")]
    public void A_sample_is_a_workflow_that_the_patterns_match(string pattern, string? other)
    {
        WorkflowArnPattern? second = other is null ? null : WorkflowArnPattern.Parse(other);
        string? sample = WorkflowArnPattern.FindSample(TextShape.Of(WildcardPattern.From(pattern)), second);
        var arn = WorkflowArn.Parse(sample!);
        Assert.True(WorkflowArnPattern.Parse(pattern).IsMatch(arn));
        Assert.True(second?.IsMatch(arn) ?? true);
    }

    [Theory]
    [InlineData("*:workflow/build/*", "*:workflow/test/*")]
    [InlineData("nothing*", null)]
    public void Without_a_common_workflow_there_is_no_sample(string pattern, string? other) =>
        Assert.Null(WorkflowArnPattern.FindSample(TextShape.Of(WildcardPattern.From(pattern)), other is null ? null : WorkflowArnPattern.Parse(other)));
}
