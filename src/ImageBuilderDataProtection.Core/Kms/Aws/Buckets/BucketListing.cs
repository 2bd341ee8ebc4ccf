namespace ImageBuilderDataProtection.Kms.Aws.Buckets;

/// <summary>Lists parts of a bucket, page by page as they are taken.</summary>
/// <param name="client">The bucket.</param>
/// <param name="onDenied">Is told of each prefix that may not be listed, and why: a policy may allow some prefixes and not others.</param>
/// <param name="cancellationToken">Stops the listing.</param>
internal sealed class BucketListing(BucketClient client, Action<string, DataProtectionException> onDenied, CancellationToken cancellationToken)
{
    /// <summary>The pages of a listing.</summary>
    /// <exception cref="DataProtectionException">The bucket cannot be listed.</exception>
    public IEnumerable<BucketPage> Pages(BucketQuery query)
    {
        string? token = null;
        do
        {
            if (Page(query, token) is not { } page)
            {
                yield break;
            }

            yield return page;
            token = page.Next;
        }
        while (token is not null);
    }

    /// <summary>The first page of a listing; null when it may not be listed.</summary>
    /// <exception cref="DataProtectionException">The bucket cannot be listed.</exception>
    public BucketPage? First(BucketQuery query) => Page(query, token: null);

    /// <summary>What stands directly under a prefix with something below it.</summary>
    /// <exception cref="DataProtectionException">The bucket cannot be listed.</exception>
    public IEnumerable<string> Folders(string prefix) => Pages(new BucketQuery(prefix) { IsShallow = true }).SelectMany(static page => page.Prefixes);

    /// <summary>The objects of some days, in the order of their keys; not much more is listed.</summary>
    /// <param name="root">The prefix that has the years.</param>
    /// <param name="within">A prefix at or under it, to which the listing keeps.</param>
    /// <param name="days">The days.</param>
    /// <exception cref="DataProtectionException">The bucket cannot be listed.</exception>
    public IEnumerable<BucketObject> Objects(string root, string within, DayRange days)
    {
        string narrow = root + days.CommonFolder();
        string listed = narrow.StartsWith(within, StringComparison.Ordinal) ? narrow : within;
        string? start = days.First is { } first ? root + DayRange.FolderOf(first) : null;

        // '0' is the character after the slash: everything in the last day's folder comes before.
        string? end = days.Last is { } last ? $"{root}{DayRange.FolderOf(last)[..^1]}0" : null;
        if (IsBefore(end, listed) || (start is not null && !start.StartsWith(listed, StringComparison.Ordinal) && IsBefore(listed, start)))
        {
            yield break;
        }

        foreach (BucketObject item in Pages(new BucketQuery(listed) { StartAfter = start }).SelectMany(static page => page.Objects))
        {
            if (IsBefore(end, item.Key))
            {
                yield break;
            }

            yield return item;
        }
    }

    private BucketPage? Page(BucketQuery query, string? token)
    {
        try
        {
            return client.ListAsync(query, token, cancellationToken).GetAwaiter().GetResult();
        }
        catch (DataProtectionException failure) when (failure.ErrorId == "AccessDenied")
        {
            onDenied(query.Prefix, failure);
            return null;
        }
    }

    private static bool IsBefore(string? a, string b) => a is not null && string.CompareOrdinal(a, b) < 0;
}
