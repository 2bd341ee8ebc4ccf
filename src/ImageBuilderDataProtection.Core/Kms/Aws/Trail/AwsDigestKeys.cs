using System.Collections.Concurrent;
using System.Security.Cryptography;
using ImageBuilderDataProtection.Audit;
using ImageBuilderDataProtection.Audit.Integrity;
using Newtonsoft.Json.Linq;

namespace ImageBuilderDataProtection.Kms.Aws.Trail;

/// <summary>
/// CloudTrail's own public keys, asked for in the region of the digest files ("ListPublicKeys" in the AWS CloudTrail API Reference). They
/// are the same for every account; the caller needs <c>cloudtrail:ListPublicKeys</c>.
/// </summary>
public sealed class AwsDigestKeys : IDigestKeySource
{
    /// <summary>How many keys one answer may have, over all its pages. CloudTrail makes one every few weeks.</summary>
    public const int MaxKeys = 10_000;

    private readonly AwsSession _session;
    private readonly AwsInteraction _interaction;
    private readonly ConcurrentDictionary<(string Region, DateTime Start, DateTime End), DigestPublicKeys> _known = new();

    internal AwsDigestKeys(AwsSession session, AwsInteraction interaction)
    {
        _session = session;
        _interaction = interaction;
    }

    /// <summary>The endpoint that is asked in place of the regions' own; null for those.</summary>
    internal string? EndpointUrl => _session.Trail(_session.Region).Config.ServiceURL is { Length: > 0 } url ? url : null;

    /// <inheritdoc />
    /// <exception cref="DataProtectionException">
    /// <c>PublicKeysUnavailable</c>: CloudTrail refuses in this region, or this cannot be one; or an error of the credentials or the network.
    /// </exception>
    public DigestPublicKeys Find(string region, DateTime start, DateTime end, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(region);

        // The region comes from the name of a file, and becomes part of a host name.
        if (!AwsRegions.IsRegion(region))
        {
            throw new DataProtectionException(IDigestKeySource.KeysUnavailable, FailureKind.InvalidData, $"\"{region}\" in their names is no region.");
        }

        // Whole days, so that the chains of a region ask for the same.
        (string, DateTime, DateTime) what = (region, start.Date, end.Date.Shift(TimeSpan.FromDays(1)));
        return _known.TryGetValue(what, out DigestPublicKeys? keys) ? keys : _known[what] = FindAsync(what, cancellationToken).GetAwaiter().GetResult();
    }

    private async Task<DigestPublicKeys> FindAsync((string Region, DateTime Start, DateTime End) what, CancellationToken cancellationToken)
    {
        string call = $"ListPublicKeys in {what.Region}";
        var keys = new List<JObject>();
        try
        {
            for (var request = new ListPublicKeysRequest(what.Start, what.End); request is not null;)
            {
                ListPublicKeysRequest page = request;
                ListPublicKeysResponse answer = await AwsCall.RunAsync(
                    _session, _interaction, call, stop => _session.Trail(what.Region).ListPublicKeysAsync(page, stop), cancellationToken);
                keys.AddRange(answer.Keys);

                // A page that leads to itself would be read without end.
                request = answer.NextToken is null ? null
                    : answer.NextToken != page.NextToken && keys.Count <= MaxKeys ? page.Next(answer.NextToken)
                    : throw AwsErrors.UnexpectedResponse(call);
            }

            return new DigestPublicKeys(keys.Select(DigestPublicKeys.ParseListed));
        }
        catch (KmsException refusal)
        {
            throw new DataProtectionException(IDigestKeySource.KeysUnavailable, refusal.Kind, refusal.Message, refusal);
        }
        catch (Exception error) when (error is FormatException or CryptographicException)
        {
            throw AwsErrors.UnexpectedResponse(call, error);
        }
    }
}
