namespace ImageBuilderDataProtection.Audit.Reports;

/// <summary>
/// Counts calls by time, without knowing when the first or the last will be: by the minute at first, and by longer steps as
/// soon as there are too many.
/// </summary>
internal sealed class Timeline
{
    private int _step;
    private Dictionary<long, CallTally> _slots = [];

    /// <summary>Counts a call.</summary>
    public void Add(CallOutcome outcome, DateTime time)
    {
        TallyOf(time).Add(outcome, time);
        while (_slots.Count > ReportLimits.TimeSlots && _step < TimeStep.Counting.Count - 1)
        {
            _step++;
            Dictionary<long, CallTally> finer = _slots;
            _slots = [];
            foreach (CallTally tally in finer.Values)
            {
                TallyOf(tally.First).Add(tally);
            }
        }
    }

    /// <summary>
    /// The counts by a step, from the first call to the last; null where there was none. The step must not be shorter than
    /// what they were counted by: <see cref="TimeStep.Choose"/> for <see cref="ReportLimits.Bars"/> chooses none that is.
    /// </summary>
    public CallTally?[] By(TimeStep step)
    {
        var counts = new SortedDictionary<long, CallTally>();
        foreach (CallTally tally in _slots.Values)
        {
            long number = step.NumberOf(tally.First);
            if (!counts.TryGetValue(number, out CallTally? count))
            {
                counts.Add(number, count = new CallTally());
            }

            count.Add(tally);
        }

        if (counts.Count == 0)
        {
            return [];
        }

        long first = counts.Keys.First();
        return [.. Enumerable.Range(0, (int)(counts.Keys.Last() - first) + 1).Select(offset => counts.GetValueOrDefault(first + offset))];
    }

    private CallTally TallyOf(DateTime time)
    {
        long number = TimeStep.Counting[_step].NumberOf(time);
        if (!_slots.TryGetValue(number, out CallTally? tally))
        {
            _slots.Add(number, tally = new CallTally());
        }

        return tally;
    }
}
