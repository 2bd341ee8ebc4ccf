using ImageBuilderDataProtection.Audit;
using ImageBuilderDataProtection.Audit.Reading;

namespace ImageBuilderDataProtection.Kms.Aws.Buckets;

/// <summary>
/// Finds the log files of a bucket that a time and a region leave, listing no more than they leave: what is listed begins at the
/// first day, where the layout is CloudTrail's, and ends at the last. What is held is a page of each region of one account.
/// </summary>
internal sealed class LogSearch
{
    /// <summary>How many regions of an account are merged by time; it has fewer.</summary>
    private const int MaxMergedRegions = 64;

    private readonly BucketClient _client;
    private readonly DeliveryTimes _times;
    private readonly string? _region;
    private readonly BucketListing _listing;
    private readonly Action<AuditReadException> _onError;
    private bool _isComplete = true;

    /// <summary>A search.</summary>
    /// <param name="client">The bucket.</param>
    /// <param name="times">When they were delivered.</param>
    /// <param name="region">The region; null for all.</param>
    /// <param name="onError">Is told of each prefix that may not be listed, and of one that has .zip files.</param>
    /// <param name="cancellationToken">Stops the search.</param>
    public LogSearch(BucketClient client, DeliveryTimes times, string? region, Action<AuditReadException> onError, CancellationToken cancellationToken)
    {
        _client = client;
        _times = times;
        _region = region;
        _onError = onError;
        _listing = new BucketListing(client, OnDenied, cancellationToken);

        void OnDenied(string prefix, DataProtectionException failure)
        {
            _isComplete = false;
            onError(new AuditReadException(failure.ErrorId, failure.Kind, failure.Message, client.Uri.NameOf(prefix), innerException: failure));
        }
    }

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
        if (!isAny && _isComplete && _listing.First(new BucketQuery(prefix) { MaxKeys = 1 }) is { Objects.Count: 0, Prefixes.Count: 0 })
        {
            throw new DataProtectionException(
                "PrefixNotFound", FailureKind.NotFound, $"There is nothing under \"{_client.Uri.NameOf(prefix)}\"; correct the prefix in -S3Uri.");
        }
    }

    private IEnumerable<BucketObject> Walk(LogPrefix prefix) => prefix.Level switch
    {
        LogLevel.Services => Walk(prefix.OfTrail),
        LogLevel.Regions => _region is null ? WalkRegions(prefix) : WalkDays(prefix.Below(_region)),
        LogLevel.Days => WalkDays(prefix),
        _ => WalkFolder(prefix),
    };

    private IEnumerable<BucketObject> WalkFolder(LogPrefix prefix)
    {
        var archives = new Archives();
        foreach (BucketPage page in _listing.Pages(new BucketQuery(prefix.Value) { IsShallow = true }))
        {
            foreach (BucketObject item in page.Objects.Where(archives.PassOver).Where(IsWanted))
            {
                yield return item;
            }

            foreach (BucketObject item in page.Prefixes.Select(LogPrefix.Parse).Where(prefix.MayHaveLogs).SelectMany(Walk))
            {
                yield return item;
            }
        }

        Tell(archives);
    }

    // What stands beside the regions is not CloudTrail's; it is looked at all the same, after them.
    private IEnumerable<BucketObject> WalkRegions(LogPrefix prefix)
    {
        var regions = new List<LogPrefix>();
        var archives = new Archives();
        foreach (BucketPage page in _listing.Pages(new BucketQuery(prefix.Value) { IsShallow = true }))
        {
            foreach (BucketObject item in page.Objects.Where(archives.PassOver).Where(IsWanted))
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

        Tell(archives);
        foreach (BucketObject item in Merge(regions.Select(WalkDays)))
        {
            yield return item;
        }
    }

    private IEnumerable<BucketObject> WalkDays(LogPrefix prefix) =>
        _region is null || _region == prefix.Region ? _listing.Objects(prefix.RegionPrefix, prefix.Value, _times.Days).Where(IsWanted) : [];

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

    private void Tell(Archives archives)
    {
        if (archives.First is { } first)
        {
            _onError(AuditReadException.ArchiveInBucket(_client.Uri.NameOf(first), archives.Count - 1));
        }
    }

    private bool IsWanted(BucketObject item) =>
        TrailFiles.IsTrailFile(item.FileName)
        && (LogFileName.TryParse(item.FileName) is not { } name || ((_region is null || name.Region == _region) && _times.Contains(name.Delivered)));

    /// <summary>
    /// The .zip files directly under a prefix, which a folder's reader takes. CloudTrail delivers none, so that they are not looked for where
    /// the layout is its own.
    /// </summary>
    private sealed class Archives
    {
        public string? First { get; private set; }

        public long Count { get; private set; }

        /// <summary>Counts an object that is one; true for every other.</summary>
        public bool PassOver(BucketObject item)
        {
            if (!TrailFiles.IsArchive(item.FileName))
            {
                return true;
            }

            First ??= item.Key;
            Count++;
            return false;
        }
    }
}
