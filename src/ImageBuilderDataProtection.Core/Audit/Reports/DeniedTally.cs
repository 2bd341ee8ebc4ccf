namespace ImageBuilderDataProtection.Audit.Reports;

/// <summary>How often an attempt was denied, and what AWS said the last time.</summary>
internal sealed class DeniedTally : CallTally
{
    private DateTime _said = DateTime.MinValue;

    /// <summary>AWS's words at the last time.</summary>
    public string? Message { get; private set; }

    /// <summary>Takes AWS's words up, if they are the last.</summary>
    public void Say(string? message, DateTime time)
    {
        // Of two at the same second either might be the last; the order in which they came must not decide.
        if (time > _said || (time == _said && string.CompareOrdinal(message, Message) > 0))
        {
            _said = time;
            Message = message;
        }
    }
}
