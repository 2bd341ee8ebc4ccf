using ImageBuilderDataProtection.Kms.Aws.Trail;

namespace ImageBuilderDataProtection.Tests.Kms.Aws.Trail;

public sealed class RequestPacerTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    private readonly ManualClock _clock = new();

    [Fact]
    public async Task No_second_has_more_than_two_requests()
    {
        var pacer = new RequestPacer(2, Second, _clock);
        Task[] turns = [.. Enumerable.Range(0, 6).Select(_ => pacer.WaitAsync(default))];
        Assert.Equal([true, true, false, false, false, false], turns.Select(static turn => turn.IsCompleted));

        _clock.Advance(TimeSpan.FromMilliseconds(999));
        Assert.Equal(2, turns.Count(static turn => turn.IsCompleted));
        _clock.Advance(TimeSpan.FromMilliseconds(1));
        await Task.WhenAll(turns[..4]);
        Assert.Equal([false, false], turns[4..].Select(static turn => turn.IsCompleted));
        _clock.Advance(Second);
        await Task.WhenAll(turns);
    }

    [Fact]
    public async Task A_window_slides_and_does_not_begin_with_the_full_second()
    {
        var pacer = new RequestPacer(2, Second, _clock);
        await pacer.WaitAsync(default);
        _clock.Advance(TimeSpan.FromMilliseconds(900));
        await pacer.WaitAsync(default);
        _clock.Advance(TimeSpan.FromMilliseconds(200));
        await pacer.WaitAsync(default);
        Task fourth = pacer.WaitAsync(default);
        _clock.Advance(TimeSpan.FromMilliseconds(799));
        Assert.False(fourth.IsCompleted);
        _clock.Advance(TimeSpan.FromMilliseconds(1));
        await fourth;
    }

    [Fact]
    public async Task Whoever_comes_seldom_never_waits()
    {
        var pacer = new RequestPacer(2, Second, _clock);
        for (int i = 0; i < 10; i++)
        {
            Assert.True(pacer.WaitAsync(default).IsCompletedSuccessfully);
            _clock.Advance(TimeSpan.FromMilliseconds(500));
        }

        await pacer.WaitAsync(default);
    }

    [Fact]
    public async Task Waiting_can_be_cancelled()
    {
        var pacer = new RequestPacer(1, Second, _clock);
        await pacer.WaitAsync(default);
        using var stop = new CancellationTokenSource();
        Task waiting = pacer.WaitAsync(stop.Token);
        Assert.False(waiting.IsCompleted);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
    }
}
