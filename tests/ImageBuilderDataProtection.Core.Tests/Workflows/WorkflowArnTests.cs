using ImageBuilderDataProtection.Workflows;

namespace ImageBuilderDataProtection.Tests.Workflows;

public class WorkflowArnTests
{
    private const string Sample = "arn:aws:imagebuilder:us-west-2:111122223333:workflow/build/sample-encrypted-workflow/1.0.0/*";

    [Fact]
    public void Reads_the_ARN_of_the_AWS_page()
    {
        WorkflowArn arn = WorkflowArn.Parse(Sample);

        Assert.Equal(
            ("aws", "us-west-2", "111122223333", WorkflowType.Build, "sample-encrypted-workflow", "1.0.0", "*"),
            (arn.Partition, arn.Region, arn.Account, arn.Type, arn.Name, arn.Version, arn.Build));
        Assert.Equal(Sample, arn.ToString());
    }

    [Theory]
    [InlineData("arn:aws-cn:imagebuilder:cn-north-1:111122223333:workflow/test/t/1.2.3/1")]
    [InlineData("arn:aws-us-gov:imagebuilder:us-gov-west-1:111122223333:workflow/distribution/share_it/10.20.30/42")]
    public void Reads_other_partitions_types_and_build_numbers(string text) =>
        Assert.Equal(text, WorkflowArn.Parse(text).Value);

    [Theory]
    [InlineData("arn:aws:imagebuilder:us-west-2:111122223333:workflow/Build/x/1.0.0/*", "upper-case")]
    [InlineData("arn:aws:imagebuilder:us-west-2:111122223333:workflow/build/Sample/1.0.0/*", "upper-case")]
    [InlineData("arn:aws:imagebuilder:us-west-2:111122223333:workflow/build/x/1.0.0", "build number")]
    [InlineData("arn:aws:imagebuilder:us-west-2:11112222333:workflow/build/x/1.0.0/*", "must read")]
    [InlineData("arn:aws:imagebuilder:*:111122223333:workflow/build/x/1.0.0/*", "must read")]
    [InlineData("arn:aws:imagebuilder:us-west-2:111122223333:workflow/build/x/1.0.0/*\n", "must read")]
    [InlineData("arn:aws:imagebuilder:us-west-2:111122223333:component/x/1.0.0/1", "must read")]
    [InlineData("", "must read")]
    public void Refuses_what_is_no_workflow_ARN_and_says_why(string text, string why)
    {
        var error = Assert.Throws<DataProtectionException>(() => WorkflowArn.Parse(text));

        Assert.Equal("InvalidWorkflowArn", error.ErrorId);
        Assert.Contains(why, error.Message, StringComparison.Ordinal);
        Assert.False(WorkflowArn.TryParse(text, out _));
    }
}
