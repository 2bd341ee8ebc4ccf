namespace ImageBuilderDataProtection.Audit.Reports;

/// <summary>
/// Counts calls by something that anyone may choose, such as the workflow's name, in bounded memory. When there are too many
/// different keys, the half with the fewest calls is counted together from then on, so that a flood of names cannot drive
/// out those that matter.
/// </summary>
/// <param name="limit">How many keys are counted apart.</param>
/// <param name="order">The order of keys with equally many calls.</param>
internal sealed class TopTallies<TKey, TTally>(int limit, IComparer<TKey> order)
    where TKey : notnull
    where TTally : CallTally, new()
{
    private readonly Dictionary<TKey, TTally> _tallies = [];

    /// <summary>Calls whose keys are not counted apart.</summary>
    public CallTally Others { get; } = new();

    /// <summary>How many keys are counted apart.</summary>
    public int Count => _tallies.Count;

    /// <summary>Whether every key is counted apart.</summary>
    public bool IsComplete => Others.Total == 0;

    /// <summary>By how much a count may be short at most: such a key may have been among the others before.</summary>
    public long Shortfall { get; private set; }

    /// <summary>Counts a call.</summary>
    /// <returns>The tally of its key.</returns>
    public TTally Add(TKey key, CallOutcome outcome, DateTime time)
    {
        if (!_tallies.TryGetValue(key, out TTally? tally))
        {
            if (_tallies.Count == limit)
            {
                CountFewestTogether();
            }

            tally = new TTally();
            _tallies.Add(key, tally);
        }

        tally.Add(outcome, time);
        return tally;
    }

    /// <summary>The keys with the most calls first.</summary>
    public KeyValuePair<TKey, TTally>[] ByCount() =>
        [.. _tallies.OrderByDescending(static pair => pair.Value.Total).ThenBy(static pair => pair.Key, order)];

    private void CountFewestTogether()
    {
        KeyValuePair<TKey, TTally>[] fewest = ByCount()[(limit / 2)..];
        Shortfall += fewest[0].Value.Total;
        foreach ((TKey key, TTally tally) in fewest)
        {
            Others.Add(tally);
            _tallies.Remove(key);
        }
    }
}
