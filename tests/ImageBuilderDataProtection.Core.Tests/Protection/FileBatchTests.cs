using ImageBuilderDataProtection.Protection;

namespace ImageBuilderDataProtection.Tests.Protection;

/// <summary>Work that ends in any order is taken in the order in which it was given, and is bounded.</summary>
public sealed class FileBatchTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    [Fact]
    public void What_ends_last_is_taken_first_when_it_was_given_first()
    {
        using var batch = new FileBatch<int>(4, CancellationToken.None);
        TaskCompletionSource<int>[] sources = Start(batch, 4);
        sources[3].SetResult(3);
        sources[1].SetException(new DataProtectionException("Failed", FailureKind.Unavailable, "It failed."));
        Assert.True(batch.WaitUntil(static batch => batch.Done == 2, Patience));
        Assert.False(batch.IsOldestDone);
        Assert.Equal("file0", batch.Oldest);
        sources[2].SetResult(2);
        sources[0].SetResult(0);
        Assert.True(batch.WaitUntil(static batch => batch.Done == 4, Patience));

        var taken = new List<string>();
        while (batch.IsOldestDone)
        {
            (string input, Task<int> work) = batch.Take();
            taken.Add($"{input} {work.IsFaulted}");
        }

        Assert.Equal(["file0 False", "file1 True", "file2 False", "file3 False"], taken);
        Assert.True(batch.IsEmpty);
        Assert.Null(batch.Oldest);
    }

    [Fact]
    public void There_is_room_for_the_limit_at_work_and_a_window_to_be_taken()
    {
        const int Limit = 3;
        using var batch = new FileBatch<int>(Limit, CancellationToken.None);
        TaskCompletionSource<int>[] first = Start(batch, 1);
        int given = 1;
        while (batch.HasRoom)
        {
            TaskCompletionSource<int>[] more = Start(batch, Limit - 1, given);
            given += more.Length;
            Assert.False(batch.HasRoom);
            Array.ForEach(more, static source => source.SetResult(0));
            Assert.True(batch.WaitUntil(batch => batch.Done == given - 1, Patience));
        }

        // The first holds up the rest, until it is taken.
        Assert.InRange(given, Limit * FileBatch<int>.Window, (Limit * FileBatch<int>.Window) + Limit - 1);
        first[0].SetResult(0);
        Assert.True(batch.WaitUntil(static batch => batch.IsOldestDone, Patience));
        while (batch.IsOldestDone)
        {
            _ = batch.Take();
        }

        Assert.True(batch.HasRoom);
    }

    [Fact]
    public void A_file_is_in_use_until_the_work_on_it_is_done()
    {
        using var batch = new FileBatch<int>(2, CancellationToken.None);
        var source = new TaskCompletionSource<int>();
        batch.Start("a/input", "a/b/../output", _ => source.Task);
        Assert.True(batch.IsUsing(Path.GetFullPath("a/input")));
        Assert.True(batch.IsUsing("a/output"));
        Assert.False(batch.IsUsing("a/other"));
        source.SetResult(0);
        Assert.True(batch.WaitUntil(static batch => !batch.IsUsing("a/output"), Patience));
        Assert.False(batch.IsUsing("a/input"));
        Assert.False(batch.IsEmpty);
    }

    [Fact]
    public async Task Ending_a_batch_cancels_the_work_and_waits_for_it()
    {
        using var stop = new CancellationTokenSource();
        var batch = new FileBatch<int>(2, stop.Token);
        var events = new System.Collections.Concurrent.ConcurrentQueue<string>();
        var begun = new TaskCompletionSource();
        var finish = new TaskCompletionSource();
        batch.Start("a", target: null, async token =>
        {
            var cancelled = new TaskCompletionSource();
            using CancellationTokenRegistration registration = token.Register(cancelled.SetResult);
            begun.SetResult();
            await cancelled.Task;
            events.Enqueue("cancelled");
            await finish.Task;
            events.Enqueue("finished");
            return 0;
        });
        await begun.Task;
        await stop.CancelAsync();
        Task disposing = Task.Run(() =>
        {
            batch.Dispose();
            events.Enqueue("disposed");
        });
        finish.SetResult();
        await disposing;
        Assert.Equal(["cancelled", "finished", "disposed"], events);
        batch.Dispose();
    }

    [Fact]
    public void Work_that_was_given_after_the_stop_is_not_begun()
    {
        using var stop = new CancellationTokenSource();
        using var batch = new FileBatch<int>(1, stop.Token);
        stop.Cancel();
        bool begun = false;
        batch.Start("a", target: null, _ =>
        {
            begun = true;
            return Task.FromResult(0);
        });
        Assert.True(batch.WaitUntil(static batch => batch.IsOldestDone, Patience));
        Assert.True(batch.Take().Work.IsCanceled);
        Assert.False(begun);
    }

    private static TaskCompletionSource<int>[] Start(FileBatch<int> batch, int count, int from = 0)
    {
        TaskCompletionSource<int>[] sources = [.. Enumerable.Range(0, count).Select(static _ => new TaskCompletionSource<int>())];
        for (int i = 0; i < count; i++)
        {
            Task<int> work = sources[i].Task;
            batch.Start($"file{from + i}", $"target{from + i}", _ => work);
        }

        return sources;
    }
}
