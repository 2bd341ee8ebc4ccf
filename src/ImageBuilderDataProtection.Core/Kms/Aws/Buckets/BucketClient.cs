using System.Net;
using Amazon.Runtime;
using Amazon.Runtime.Internal;
using Amazon.S3;
using Amazon.S3.Model;

namespace ImageBuilderDataProtection.Kms.Aws.Buckets;

/// <summary>
/// The requests about one bucket, each within the time limit of a call. The bucket's region is found when it is not the one asked
/// first ("Making requests" in the Amazon S3 User Guide), and kept in the session.
/// </summary>
/// <param name="session">The session.</param>
/// <param name="interaction">What the command allows.</param>
/// <param name="uri">The bucket.</param>
internal sealed class BucketClient(AwsSession session, AwsInteraction interaction, S3Uri uri)
{
    private const string RegionHeader = "x-amz-bucket-region";

    /// <summary>The bucket.</summary>
    public S3Uri Uri => uri;

    /// <summary>How long the next bytes of an object may take.</summary>
    public TimeSpan Timeout => interaction.Timeout;

    /// <summary>Lists one page ("ListObjectsV2" in the Amazon S3 API Reference).</summary>
    /// <param name="query">What is listed.</param>
    /// <param name="token">The token of the page; null for the first.</param>
    /// <param name="cancellationToken">Stops the call.</param>
    /// <exception cref="DataProtectionException">It cannot be listed; the error id is AWS's code or one of the network.</exception>
    public async Task<BucketPage> ListAsync(BucketQuery query, string? token, CancellationToken cancellationToken)
    {
        string call = $"ListObjectsV2 of {uri.NameOf(query.Prefix)}";
        var request = new ListObjectsV2Request
        {
            BucketName = uri.Bucket,
            Prefix = query.Prefix,
            Delimiter = query.IsShallow ? "/" : null,
            StartAfter = query.StartAfter,
            MaxKeys = query.MaxKeys,
            ContinuationToken = token,

            // Keys may have characters that XML cannot.
            Encoding = EncodingType.Url,
        };
        ListObjectsV2Response answer = await CallAsync(call, (s3, stop) => s3.ListObjectsV2Async(request, stop), cancellationToken);

        // Every answer says whether there is more; one that does not is none. A page that leads to itself would be read without end.
        if (answer.IsTruncated is not { } isTruncated || (isTruncated && (string.IsNullOrEmpty(answer.NextContinuationToken) || answer.NextContinuationToken == token)))
        {
            throw AwsErrors.UnexpectedResponse(call);
        }

        // Nor is one with other keys than those asked for, and a walk would have no end that follows it.
        Func<string, string> read = answer.Encoding == EncodingType.Url ? static text => WebUtility.UrlDecode(text) : static text => text;
        return new BucketPage(
            [.. (answer.S3Objects ?? []).Select(item => new BucketObject(Key(item.Key), item.Size ?? 0))],
            [.. (answer.CommonPrefixes ?? []).Select(prefix => Key(prefix) is var key && key.Length > query.Prefix.Length ? key : throw AwsErrors.UnexpectedResponse(call))],
            isTruncated ? answer.NextContinuationToken : null);

        string Key(string? text) => text is not null && read(text) is { Length: <= S3Uri.MaxKeyBytes } key && key.StartsWith(query.Prefix, StringComparison.Ordinal)
            ? key
            : throw AwsErrors.UnexpectedResponse(call);
    }

    /// <summary>Asks for an object; its content is not read yet ("GetObject" in the Amazon S3 API Reference).</summary>
    /// <exception cref="DataProtectionException">It cannot be had; the error id is AWS's code or one of the network.</exception>
    public Task<GetObjectResponse> GetAsync(string key, CancellationToken cancellationToken) => CallAsync(
        $"GetObject of {uri.NameOf(key)}", (s3, stop) => s3.GetObjectAsync(new GetObjectRequest { BucketName = uri.Bucket, Key = key }, stop), cancellationToken);

    private Task<T> CallAsync<T>(string call, Func<IAmazonS3, CancellationToken, Task<T>> send, CancellationToken cancellationToken) =>
        AwsCall.RunAsync(session, interaction, call, stop => SendAsync(send, stop), cancellationToken);

    private async Task<T> SendAsync<T>(Func<IAmazonS3, CancellationToken, Task<T>> send, CancellationToken cancellationToken)
    {
        string region = session.RegionOfBucket(uri.Bucket) ?? uri.Region ?? session.Region;
        try
        {
            return await send(session.S3(region), cancellationToken);
        }
        catch (AmazonS3Exception error) when (IsElsewhere(error))
        {
            if (await FindRegionAsync(error, region, cancellationToken) is not { } found || found == region)
            {
                throw;
            }

            T answer = await send(session.S3(found), cancellationToken);
            session.NoteRegionOfBucket(uri.Bucket, found);
            return answer;
        }
    }

    // Regions answer a request that is another's in three ways: 301, 307, or 400 for the signature's region.
    private static bool IsElsewhere(AmazonServiceException error) =>
        error.StatusCode is HttpStatusCode.MovedPermanently or HttpStatusCode.TemporaryRedirect
        || error.ErrorCode is "AuthorizationHeaderMalformed" or "IllegalLocationConstraintException" or "PermanentRedirect";

    private async Task<string?> FindRegionAsync(AmazonServiceException error, string region, CancellationToken cancellationToken)
    {
        if (RegionIn(error) is { } told)
        {
            return told;
        }

        try
        {
            return (await session.S3(region).HeadBucketAsync(new HeadBucketRequest { BucketName = uri.Bucket }, cancellationToken)).BucketRegion is { } answered
                && AwsRegions.IsRegion(answered) ? answered : null;
        }
        catch (AmazonS3Exception refusal)
        {
            // HeadBucket tells it even to those whom it refuses.
            return RegionIn(refusal);
        }
    }

    // The name becomes part of a host name, so it must be like one.
    private static string? RegionIn(AmazonServiceException error) =>
        error.InnerException is HttpErrorResponseException { Response: { } response } && response.IsHeaderPresent(RegionHeader)
        && response.GetHeaderValue(RegionHeader) is { } region && AwsRegions.IsRegion(region) ? region : null;
}
