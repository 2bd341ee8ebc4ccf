namespace ImageBuilderDataProtection.Audit.Integrity;

/// <summary>Stretches of time. Those that touch are one. They may be added in any order, and are put in order when they are asked for.</summary>
internal sealed class TimeStretches
{
    private readonly List<TimeStretch> _stretches = [];
    private bool _isInOrder = true;

    /// <summary>The first; null when there is none.</summary>
    public TimeStretch? First => InOrder() is [var first, ..] ? first : null;

    /// <summary>The last; null when there is none.</summary>
    public TimeStretch? Last => InOrder() is [.., var last] ? last : null;

    /// <summary>The stretches of several.</summary>
    public static TimeStretches Union(params ReadOnlySpan<TimeStretches> all)
    {
        var union = new TimeStretches();
        foreach (TimeStretches stretches in all)
        {
            foreach (TimeStretch stretch in stretches._stretches)
            {
                union.Add(stretch);
            }
        }

        return union;
    }

    /// <summary>Adds a stretch; one that ends before it starts is none.</summary>
    public void Add(TimeStretch stretch)
    {
        if (stretch.Until < stretch.Since)
        {
            return;
        }

        // Of a chain, each goes on where the one before ends.
        if (_stretches is [.., var last] && stretch.Since >= last.Since && stretch.Since <= last.Until)
        {
            _stretches[^1] = last with { Until = Later(last.Until, stretch.Until) };
            return;
        }

        _isInOrder &= _stretches is not [.., var before] || stretch.Since > before.Until;
        _stretches.Add(stretch);
    }

    /// <summary>The last one that has a moment of a time; null when none has.</summary>
    public TimeStretch? FindLast(TimeStretch time)
    {
        List<TimeStretch> stretches = InOrder();
        int low = 0;
        int high = stretches.Count;
        while (low < high)
        {
            int middle = (low + high) / 2;
            (low, high) = stretches[middle].Since <= time.Until ? (middle + 1, high) : (low, middle);
        }

        return low > 0 && stretches[low - 1].Until >= time.Since ? stretches[low - 1] : null;
    }

    /// <summary>The parts of a time that none has.</summary>
    public IEnumerable<TimeStretch> Holes(TimeStretch time)
    {
        DateTime reached = time.Since;
        foreach (TimeStretch stretch in InOrder())
        {
            if (reached >= time.Until)
            {
                yield break;
            }

            if (stretch.Since > reached)
            {
                yield return new TimeStretch(reached, stretch.Since < time.Until ? stretch.Since : time.Until);
            }

            reached = Later(reached, stretch.Until);
        }

        if (reached < time.Until)
        {
            yield return time with { Since = reached };
        }
    }

    private List<TimeStretch> InOrder()
    {
        if (!_isInOrder)
        {
            TimeStretch[] stretches = [.. _stretches.OrderBy(static stretch => stretch.Since)];
            _stretches.Clear();
            _isInOrder = true;
            foreach (TimeStretch stretch in stretches)
            {
                Add(stretch);
            }
        }

        return _stretches;
    }

    private static DateTime Later(DateTime a, DateTime b) => a > b ? a : b;
}
