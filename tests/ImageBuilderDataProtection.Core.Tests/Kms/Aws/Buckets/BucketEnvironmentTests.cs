using ImageBuilderDataProtection.Audit;
using ImageBuilderDataProtection.Kms.Aws;
using ImageBuilderDataProtection.Kms.Aws.Buckets;

namespace ImageBuilderDataProtection.Tests.Kms.Aws.Buckets;

/// <summary>What the environment says of Amazon S3.</summary>
[Collection(AwsEnvironmentTestGroup.Name)]
public sealed class BucketEnvironmentTests : IDisposable
{
    private static readonly string[] Variables = ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_S3"];

    public BucketEnvironmentTests()
    {
        Environment.SetEnvironmentVariable("AWS_ACCESS_KEY_ID", "AKIAEXAMPLEKEY000000");
        Environment.SetEnvironmentVariable("AWS_SECRET_ACCESS_KEY", "secret");
    }

    public void Dispose()
    {
        foreach (string name in Variables)
        {
            Environment.SetEnvironmentVariable(name, null);
        }
    }

    [Fact]
    public void The_endpoint_is_that_of_S3_before_that_of_all_and_a_region_need_not_be_told()
    {
        using var bucket = new S3Stub { Region = "us-east-1" };
        bucket.Add("a.json");
        Environment.SetEnvironmentVariable("AWS_ENDPOINT_URL", "http://127.0.0.1:9");
        Environment.SetEnvironmentVariable("AWS_ENDPOINT_URL_S3", bucket.Url);
        LogBucket found = new AwsConnections().ConnectToLogBucket(new AwsConnectionSettings(), S3Uri.Parse($"s3://{S3Stub.Bucket}"));
        Assert.Equal($"s3://{S3Stub.Bucket}/a.json", found.Sources(AuditTimeRange.All, null, static error => throw error).Single().Name);
        Assert.All(bucket.Requests, static request => Assert.Equal((S3Stub.Bucket, "us-east-1"), (request.Bucket, request.Region)));

        Environment.SetEnvironmentVariable("AWS_ENDPOINT_URL_S3", "http://s3.example.com");
        DataProtectionException error = Assert.Throws<DataProtectionException>(
            static () => new AwsConnections().ConnectToLogBucket(new AwsConnectionSettings(), S3Uri.Parse($"s3://{S3Stub.Bucket}")));
        Assert.Equal("InsecureEndpoint", error.ErrorId);
    }
}
