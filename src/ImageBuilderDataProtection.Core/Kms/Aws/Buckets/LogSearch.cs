using System.Runtime.CompilerServices;
using ImageBuilderDataProtection.Audit;
using ImageBuilderDataProtection.Audit.Reading;

namespace ImageBuilderDataProtection.Kms.Aws.Buckets;

/// <summary>
/// Finds the log files of a bucket that a time and a region leave, listing no more than they leave: what is listed begins at the
/// first day, where the layout is CloudTrail's, and ends at the last. What is held is a page of each region of one account.
/// </summary>
/// <param name="client">The bucket.</param>
/// <param name="times">When they were delivered.</param>
/// <param name="region">The region; null for all.</param>
/// <param name="onError">Is told of each prefix that may not be listed.</param>
/// <param name="cancellationToken">Stops the search.</param>
internal sealed class LogSearch(
    BucketClient client, DeliveryTimes times, string? region, Action<AuditReadException> onError, CancellationToken cancellationToken)
{
    /// <summary>How many regions of an account are merged by time; it has fewer.</summary>
    private const int MaxMergedRegions = 64;

    private bool _isComplete = true;

    /// <summary>The log files under a prefix.</summary>
    /// <exception cref="DataProtectionException">The bucket cannot be listed; <c>PrefixNotFound</c>: there is nothing under the prefix.</exception>
    public IEnumerable<BucketObject> Find(string prefix)
    {
        bool isAny = false;
        foreach (BucketObject item in Walk(LogPrefix.Parse(prefix)))
        {
            isAny = true;
            yield return item;
        }

        // Nothing for the time and region asked for is an answer; nothing at all is a wrong prefix.
        if (!isAny && _isComplete && Page(new BucketQuery(prefix) { MaxKeys = 1 }, null) is { Objects.Count: 0, Prefixes.Count: 0 })
        {
            throw new DataProtectionException(
                "PrefixNotFound", FailureKind.NotFound, $"There is nothing under \"{client.Uri.NameOf(prefix)}\"; correct the prefix in -S3Uri.");
        }
    }

    private IEnumerable<BucketObject> Walk(LogPrefix prefix) => prefix.Level switch
    {
        LogLevel.Services => Walk(prefix.OfTrail),
        LogLevel.Regions => region is null ? WalkRegions(prefix) : WalkDays(prefix.Below(region)),
        LogLevel.Days => WalkDays(prefix),
        _ => WalkFolder(prefix),
    };

    private IEnumerable<BucketObject> WalkFolder(LogPrefix prefix)
    {
        foreach (BucketPage page in Pages(new BucketQuery(prefix.Value) { IsShallow = true }))
        {
            foreach (BucketObject item in page.Objects.Where(IsWanted))
            {
                yield return item;
            }

            foreach (BucketObject item in page.Prefixes.Select(LogPrefix.Parse).Where(prefix.MayHaveLogs).SelectMany(Walk))
            {
                yield return item;
            }
        }
    }

    // What stands beside the regions is not CloudTrail's; it is looked at all the same, after them.
    private IEnumerable<BucketObject> WalkRegions(LogPrefix prefix)
    {
        var regions = new List<LogPrefix>();
        foreach (BucketPage page in Pages(new BucketQuery(prefix.Value) { IsShallow = true }))
        {
            foreach (BucketObject item in page.Objects.Where(IsWanted))
            {
                yield return item;
            }

            foreach (LogPrefix below in page.Prefixes.Select(LogPrefix.Parse))
            {
                if (below.Level == LogLevel.Days && regions.Count < MaxMergedRegions)
                {
                    regions.Add(below);
                    continue;
                }

                foreach (BucketObject item in Walk(below))
                {
                    yield return item;
                }
            }
        }

        foreach (BucketObject item in Merge(regions.Select(WalkDays)))
        {
            yield return item;
        }
    }

    private IEnumerable<BucketObject> WalkDays(LogPrefix prefix)
    {
        if (region is not null && prefix.Region != region)
        {
            yield break;
        }

        string root = prefix.RegionPrefix;
        string narrow = root + times.CommonFolder();
        string listed = narrow.StartsWith(prefix.Value, StringComparison.Ordinal) ? narrow : prefix.Value;
        string? start = times.First is { } first ? root + DeliveryTimes.FolderOf(first) : null;

        // '0' is the character after the slash: everything in the last day's folder comes before.
        string? end = times.Last is { } last ? $"{root}{DeliveryTimes.FolderOf(last)[..^1]}0" : null;
        bool isOutside = IsBefore(end, listed) || (start is not null && !start.StartsWith(listed, StringComparison.Ordinal) && IsBefore(listed, start));
        if (isOutside)
        {
            yield break;
        }

        foreach (BucketPage page in Pages(new BucketQuery(listed) { StartAfter = start }))
        {
            foreach (BucketObject item in page.Objects)
            {
                if (IsBefore(end, item.Key))
                {
                    yield break;
                }

                if (IsWanted(item))
                {
                    yield return item;
                }
            }
        }
    }

    // Each region's come in the order of their names, which is that of their time.
    private static IEnumerable<BucketObject> Merge(IEnumerable<IEnumerable<BucketObject>> regions)
    {
        var next = new PriorityQueue<IEnumerator<BucketObject>, (DateTime Delivered, string Key)>();
        try
        {
            foreach (IEnumerable<BucketObject> items in regions)
            {
                Enqueue(items.GetEnumerator());
            }

            while (next.TryDequeue(out IEnumerator<BucketObject>? items, out _))
            {
                yield return items.Current;
                Enqueue(items);
            }
        }
        finally
        {
            while (next.TryDequeue(out IEnumerator<BucketObject>? items, out _))
            {
                items.Dispose();
            }
        }

        void Enqueue(IEnumerator<BucketObject> items)
        {
            if (items.MoveNext())
            {
                next.Enqueue(items, (LogFileName.TryParse(items.Current.FileName)?.Delivered ?? DateTime.MinValue, items.Current.Key));
            }
            else
            {
                items.Dispose();
            }
        }
    }

    private bool IsWanted(BucketObject item) =>
        TrailFiles.IsTrailFile(item.FileName)
        && (LogFileName.TryParse(item.FileName) is not { } name || ((region is null || name.Region == region) && times.Contains(name.Delivered)));

    private IEnumerable<BucketPage> Pages(BucketQuery query)
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

    // A policy may allow some prefixes and not others.
    private BucketPage? Page(BucketQuery query, string? token)
    {
        try
        {
            return client.ListAsync(query, token, cancellationToken).GetAwaiter().GetResult();
        }
        catch (DataProtectionException failure) when (failure.Kind == FailureKind.PermissionDenied && failure.ErrorId is "AccessDenied")
        {
            _isComplete = false;
            onError(new AuditReadException(failure.ErrorId, failure.Kind, failure.Message, client.Uri.NameOf(query.Prefix), innerException: failure));
            return null;
        }
    }

    private static bool IsBefore(string? a, string b) => a is not null && string.CompareOrdinal(a, b) < 0;
}
