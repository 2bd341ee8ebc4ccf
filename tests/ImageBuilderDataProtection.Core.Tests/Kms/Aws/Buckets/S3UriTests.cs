using ImageBuilderDataProtection.Kms.Aws.Buckets;

namespace ImageBuilderDataProtection.Tests.Kms.Aws.Buckets;

public sealed class S3UriTests
{
    [Theory]
    [InlineData("s3://amzn-s3-demo-bucket", "amzn-s3-demo-bucket", "")]
    [InlineData("s3://amzn-s3-demo-bucket/", "amzn-s3-demo-bucket", "")]
    [InlineData("S3://logs.example.com/AWSLogs/111122223333/", "logs.example.com", "AWSLogs/111122223333/")]
    [InlineData("s3://b-1/a b/+ü//x.json.gz", "b-1", "a b/+ü//x.json.gz")]
    [InlineData("s3://my-access-point-hrzrlukc5m36ft7okagglf3gmwluquse1b-s3alias/x", "my-access-point-hrzrlukc5m36ft7okagglf3gmwluquse1b-s3alias", "x")]
    public void A_bucket_and_a_prefix_are_told_apart(string text, string bucket, string path)
    {
        var uri = S3Uri.Parse(text);
        Assert.Equal((bucket, path, null), (uri.Bucket, uri.Path, uri.Region));
        Assert.Equal($"s3://{bucket}/{path}", uri.ToString());
        Assert.Equal($"s3://{bucket}/key", uri.NameOf("key"));
    }

    [Theory]
    [InlineData("/")]
    [InlineData(":")]
    public void An_access_point_is_named_by_its_ARN_too(string separator)
    {
        var uri = S3Uri.Parse($"s3://arn:aws-us-gov:s3:us-gov-west-1:111122223333:accesspoint{separator}audit/AWSLogs/");
        Assert.Equal(($"arn:aws-us-gov:s3:us-gov-west-1:111122223333:accesspoint{separator}audit", "AWSLogs/", "us-gov-west-1"), (uri.Bucket, uri.Path, uri.Region));
        Assert.Equal("", S3Uri.Parse($"s3://arn:aws:s3:us-west-2:111122223333:accesspoint{separator}audit").Path);
    }

    [Theory]
    [InlineData("", "does not begin with s3://")]
    [InlineData("amzn-s3-demo-bucket/x", "does not begin with s3://")]
    [InlineData("https://amzn-s3-demo-bucket.s3.amazonaws.com/x", "does not begin with s3://")]
    [InlineData("s3:/amzn-s3-demo-bucket", "does not begin with s3://")]
    [InlineData("s3://", "bucket's name")]
    [InlineData("s3:///x", "bucket's name")]
    [InlineData("s3://ab", "bucket's name")]
    [InlineData("s3://Upper/x", "bucket's name")]
    [InlineData("s3://under_score/x", "bucket's name")]
    [InlineData("s3://-start/x", "bucket's name")]
    [InlineData("s3://end-/x", "bucket's name")]
    [InlineData("s3://two..dots/x", "bucket's name")]
    [InlineData("s3://127.0.0.1/x", "bucket's name")]
    [InlineData("s3://user@host/x", "bucket's name")]
    [InlineData("s3://host:80/x", "bucket's name")]
    [InlineData("s3://arn:aws:s3:::amzn-s3-demo-bucket/x", "bucket's name")]
    [InlineData("s3://arn:aws:s3::111122223333:accesspoint/global.mrap/x", "bucket's name")]
    [InlineData("s3://arn:aws:s3:us-west-2:111122223333:accesspoint/audit_x", "bucket's name")]
    [InlineData("s3://line\nfeed/x", "bucket's name")]
    public void What_cannot_be_is_refused_with_one_error(string text, string why)
    {
        DataProtectionException error = Assert.Throws<DataProtectionException>(() => S3Uri.Parse(text));
        Assert.Equal(("InvalidS3Uri", FailureKind.InvalidArgument), (error.ErrorId, error.Kind));
        Assert.Contains(why, error.Message, StringComparison.Ordinal);
        Assert.EndsWith("it must read s3://bucket/prefix.", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_limits_are_kept()
    {
        Assert.Equal(63, S3Uri.Parse($"s3://{new string('a', 63)}/").Bucket.Length);
        Assert.Throws<DataProtectionException>(() => S3Uri.Parse($"s3://{new string('a', 64)}/"));
        Assert.Equal(512, S3Uri.Parse($"s3://abc/{new string('ü', S3Uri.MaxKeyBytes / 2)}").Path.Length);
        DataProtectionException error = Assert.Throws<DataProtectionException>(() => S3Uri.Parse($"s3://abc/{new string('ü', (S3Uri.MaxKeyBytes / 2) + 1)}"));
        Assert.Contains("at most 1,024 bytes", error.Message, StringComparison.Ordinal);
        Assert.InRange(error.Message.Length, 1, 200);
    }
}
