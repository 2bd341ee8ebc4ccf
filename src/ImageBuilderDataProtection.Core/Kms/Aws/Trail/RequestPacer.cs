namespace ImageBuilderDataProtection.Kms.Aws.Trail;

/// <summary>Spaces requests out, so that no stretch of time of a given length has more than a given number of them.</summary>
/// <param name="count">How many.</param>
/// <param name="window">In how long a time.</param>
/// <param name="clock">The clock.</param>
internal sealed class RequestPacer(int count, TimeSpan window, TimeProvider clock)
{
    private readonly object _gate = new();
    private readonly long _window = (long)(window.TotalSeconds * clock.TimestampFrequency);

    // The turns of the last requests, the oldest first, some of them still to come.
    private readonly Queue<long> _turns = new(count);

    /// <summary>Waits for the turn of one request.</summary>
    public Task WaitAsync(CancellationToken cancellationToken)
    {
        long now = clock.GetTimestamp();
        long turn;
        lock (_gate)
        {
            turn = _turns.Count < count ? now : Math.Max(now, _turns.Dequeue() + _window);
            _turns.Enqueue(turn);
        }

        return turn == now ? Task.CompletedTask : Task.Delay(clock.GetElapsedTime(now, turn), clock, cancellationToken);
    }
}
