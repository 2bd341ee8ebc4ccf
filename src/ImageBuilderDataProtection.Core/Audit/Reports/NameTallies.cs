namespace ImageBuilderDataProtection.Audit.Reports;

/// <summary>Calls by name: of a workflow, a principal, a key.</summary>
internal sealed class NameTallies
{
    private readonly TopTallies<string, CallTally> _named = new(ReportLimits.Names, StringComparer.Ordinal);

    /// <summary>Calls that name none.</summary>
    public CallTally Unnamed { get; } = new();

    /// <summary>Calls whose names are not counted apart.</summary>
    public CallTally Others => _named.Others;

    /// <summary>By how much a count may be short at most.</summary>
    public long Shortfall => _named.Shortfall;

    /// <summary>How many names are counted apart.</summary>
    public int Count => _named.Count;

    /// <summary>Whether there were more names than are counted apart.</summary>
    public bool IsOverLimit => !_named.IsComplete;

    /// <summary>Counts a call.</summary>
    /// <param name="name">The name; null or empty when the record has none.</param>
    /// <param name="outcome">What became of the call.</param>
    /// <param name="time">When it was, UTC.</param>
    public void Add(string? name, CallOutcome outcome, DateTime time)
    {
        if (string.IsNullOrEmpty(name))
        {
            Unnamed.Add(outcome, time);
        }
        else
        {
            _named.Add(name, outcome, time);
        }
    }

    /// <summary>The names with the most calls first.</summary>
    public KeyValuePair<string, CallTally>[] ByCount() => _named.ByCount();
}
