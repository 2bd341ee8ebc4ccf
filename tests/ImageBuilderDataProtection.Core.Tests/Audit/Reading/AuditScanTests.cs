using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text;
using ImageBuilderDataProtection.Audit;
using ImageBuilderDataProtection.Audit.Reading;
using ImageBuilderDataProtection.Tests.Json;
using Newtonsoft.Json;
using Newtonsoft.Json.Linq;

namespace ImageBuilderDataProtection.Tests.Audit.Reading;

public sealed class AuditScanTests
{
    private static readonly TimeSpan Long = TimeSpan.FromSeconds(30);

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    public void Events_come_in_the_order_of_the_sources_however_many_are_read_at_a_time(int parallelism)
    {
        using var scan = new AuditScan(new AuditFilter(), parallelism, default);
        MemorySource[] sources = [.. Enumerable.Range(0, 40).Select(static number => new MemorySource($"s{number:00}", records: number % 7 * 40))];
        scan.Add(sources[..20]);
        scan.Add(_ => sources[20..]);
        scan.Complete();
        List<AuditReading> readings = Drain(scan);
        Assert.Equal(
            sources.SelectMany(static source => Enumerable.Range(0, source.Records).Select(record => $"{source.Name}/{record}")),
            readings.Select(static reading => $"{reading.Event!.SourceFile}/{reading.Event.EventId}"));
        Assert.Equal(new AuditScanProgress(40, sources.Sum(static source => source.Length), sources.Sum(static source => source.Length)), scan.Progress);
        Assert.All(sources, static source => Assert.True(source.IsClosed));
    }

    [Fact]
    public void Failures_to_list_and_to_open_come_in_their_place_and_the_rest_is_read()
    {
        using var scan = new AuditScan(new AuditFilter(), 3, default);
        scan.Add(List);
        scan.Add([new MemorySource("last", 1)]);
        scan.Complete();
        Assert.Equal(
            ["a", "AuditFileUnreadable", "NoSuchBucket", "b", "ListingFailed", "last"],
            Drain(scan).Select(static reading => reading.Event?.SourceFile ?? reading.Failure!.ErrorId));

        static IEnumerable<IAuditSource> List(Action<AuditReadException> onError)
        {
            yield return new MemorySource("a", 1);
            yield return new MemorySource("broken", 1) { IsBroken = true };
            onError(AuditReadException.OfListing(new DataProtectionException("NoSuchBucket", FailureKind.NotFound, "There is no such bucket.")));
            yield return new MemorySource("b", 1);
            throw new DataProtectionException("ListingFailed", FailureKind.Unavailable, "The listing failed.");
        }
    }

    [Fact]
    public void When_nothing_is_taken_reading_pauses()
    {
        int opened = 0;
        using var scan = new AuditScan(new AuditFilter(), 2, default);
        scan.Add(_ => Enumerable.Range(0, 1000).Select(number => new MemorySource($"{number}", 2000, () => Interlocked.Increment(ref opened))));
        scan.Complete();
        Assert.True(scan.TryTake(Long, out _));
        long before;
        do
        {
            before = scan.Progress.Bytes;
            Thread.Sleep(300);
        }
        while (scan.Progress.Bytes > before);

        // Two are at work, and what is ahead of them is bounded.
        Assert.InRange(opened, 1, 10);
    }

    [Fact]
    public void What_pauses_rests()
    {
        var workers = new ConcurrentBag<Thread>();
        using var scan = new AuditScan(new AuditFilter(), 4, default);
        scan.Add([.. Enumerable.Range(0, 4).Select(number => new MemorySource($"{number}", 2000, () => workers.Add(Thread.CurrentThread)))]);
        SpinWait.SpinUntil(() => workers.Count == 4, Long);

        // At rest they are when none of many looks in a row finds one at work; how soon that is, the machine decides.
        int rested = 0;
        for (var watch = Stopwatch.StartNew(); rested < 200 && watch.Elapsed < Long; Thread.Sleep(1))
        {
            rested = workers.All(static worker => worker.ThreadState.HasFlag(System.Threading.ThreadState.WaitSleepJoin)) ? rested + 1 : 0;
        }

        Assert.Equal((4, 200), (workers.Count, rested));
    }

    [Fact]
    public async Task A_pipe_that_nobody_writes_to_does_not_hold_the_scan()
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        using var folder = new TemporaryFolder();
        string pipe = folder["pipe"];
        using (var mkfifo = Process.Start("mkfifo", pipe))
        {
            await mkfifo.WaitForExitAsync();
        }

        var scan = new AuditScan(new AuditFilter(), 2, default);
        scan.Add([AuditFile.At(pipe)]);
        Assert.False(scan.TryTake(TimeSpan.FromMilliseconds(50), out _));
        await Task.Run(scan.Dispose).WaitAsync(Long);

        // Lets the thread that was left go on.
        await using FileStream writer = await Task.Run(() => new FileStream(pipe, FileMode.Open, FileAccess.Write, FileShare.ReadWrite)).WaitAsync(Long);
    }

    [Fact]
    public void A_scan_may_be_disposed_twice()
    {
        var scan = new AuditScan(new AuditFilter(), 2, default);
        scan.Dispose();
        scan.Dispose();
    }

    [Fact]
    public void A_scan_that_is_given_up_stops_and_closes_what_it_reads()
    {
        MemorySource[] sources = [.. Enumerable.Range(0, 50).Select(static number => new MemorySource($"{number}", 3000))];
        var scan = new AuditScan(new AuditFilter(), 4, default);
        scan.Add(sources);
        Assert.True(scan.TryTake(Long, out _));
        scan.Dispose();
        Assert.Contains(sources, static source => !source.IsOpened);
        Assert.All(sources.Where(static source => source.IsOpened), static source => Assert.True(source.IsClosed));
    }

    [Fact]
    public void A_scan_that_is_cancelled_says_so()
    {
        using var stop = new CancellationTokenSource();
        using var scan = new AuditScan(new AuditFilter(), 2, stop.Token);
        scan.Add([new MemorySource("a", 5)]);
        Assert.True(scan.TryTake(Long, out _));
        stop.Cancel();
        Assert.Throws<OperationCanceledException>(() => scan.TryTake(Long, out _));
    }

    [Fact]
    public void What_nobody_foresaw_is_not_swallowed()
    {
        using var scan = new AuditScan(new AuditFilter(), 2, default);
        scan.Add(static _ => throw new InvalidTimeZoneException("unforeseen"));
        Assert.Throws<InvalidTimeZoneException>(() => scan.TryTake(Long, out _));
    }

    private static List<AuditReading> Drain(AuditScan scan)
    {
        var readings = new List<AuditReading>();
        while (!scan.IsDone)
        {
            if (scan.TryTake(Long, out AuditReading reading))
            {
                readings.Add(reading);
            }
        }

        return readings;
    }

    private sealed class MemorySource(string name, int records, Action? onOpen = null) : IAuditSource
    {
        // A source holds thousands of records that differ in this only.
        private static readonly string[] AroundEventId =
            JObject.Parse(Examples.Decrypt).ToString(Formatting.None).Split((string)JObject.Parse(Examples.Decrypt)["eventID"]!);

        private readonly Lazy<byte[]> _content = new(() => Encoding.UTF8.GetBytes($"{{\"Records\":[{string.Join(',', Enumerable.Range(0, records).Select(One))}]}}"));

        public string Name => name;

        public int Records => records;

        public long Length => _content.Value.Length;

        public bool IsBroken { get; init; }

        public bool IsOpened { get; private set; }

        public bool IsClosed { get; private set; }

        public Stream Open(CancellationToken cancellationToken)
        {
            onOpen?.Invoke();
            IsOpened = true;
            return IsBroken ? throw new IOException("It is broken.") : new Content(_content.Value, () => IsClosed = true);
        }

        private static string One(int id) => string.Join($"{id}", AroundEventId);

        private sealed class Content(byte[] bytes, Action onClose) : MemoryStream(bytes)
        {
            protected override void Dispose(bool disposing)
            {
                onClose();
                base.Dispose(disposing);
            }
        }
    }
}
