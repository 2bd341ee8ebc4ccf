using System.Globalization;
using ImageBuilderDataProtection.Audit;
using ImageBuilderDataProtection.Audit.Reading;

namespace ImageBuilderDataProtection.Bench;

/// <summary>
/// Finding the few KMS records for workflows in years of CloudTrail files: against the limit, which is decompressing them and
/// doing nothing else, and against what people use instead.
/// </summary>
internal static class AuditBenchmark
{
    private const int Rounds = 5;
    private const int ShortTurns = 3;

    /// <summary>How many corpora, and so how many times the bytes, for the time of a larger one.</summary>
    private const int Times = 4;

    /// <summary>How many calls are asked for at once, against one.</summary>
    private const int Ids = 1000;

    private const long JqBytes = 100_000_000;
    private const long PowerShellBytes = 20_000_000;
    private const double MaxMegabytes = 200;
    private const double MaxGrowth = 1.1;

    /// <summary>Runs it with what was said on the command line; null when that makes no sense.</summary>
    public static int? Run(ReadOnlySpan<string> arguments)
    {
        int gigabytes = 1;
        string folder = Path.Combine(Path.GetTempPath(), "ibdp-bench-audit");
        for (; arguments is [string option, string value, ..]; arguments = arguments[2..])
        {
            if (option == "--folder")
            {
                folder = Path.GetFullPath(value);
            }
            else if (option != "--gigabytes" || !int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out gigabytes) || gigabytes is < 1 or > 100)
            {
                return null;
            }
        }

        if (!arguments.IsEmpty)
        {
            return null;
        }

        Run(folder, gigabytes);
        return 0;
    }

    /// <summary>What a fresh process of this program does, for its memory: reads folders as ours does.</summary>
    public static void Scan(string parallelism, string[] folders) =>
        Programs.Answer(AuditTurn.Of(() => Count(folders, int.Parse(parallelism, CultureInfo.InvariantCulture))));

    /// <summary>Likewise with DuckDB.</summary>
    public static void ScanWithDuckDb(string parallelism, string way, string folder) =>
        Programs.Answer(AuditTurn.Of(() => DuckDbPeer.Count(way, folder, int.Parse(parallelism, CultureInfo.InvariantCulture))));

    private static void Run(string folder, int gigabytes)
    {
        int cores = Environment.ProcessorCount;
        AuditCorpus[] corpora = [.. Enumerable.Range(1, Times).Select(seed => AuditCorpus.Open(folder, gigabytes, seed))];
        AuditCorpus corpus = corpora[0];
        string[] one = [corpus.Folder];
        string[] all = [.. corpora.Select(static corpus => corpus.Folder)];
        AuditCorpusFile[] jqFiles = corpus.Sample(JqBytes);
        AuditCorpusFile[] shellFiles = corpus.Sample(PowerShellBytes);
        string[] files = [.. corpus.Files.Select(corpus.PathOf)];
        string[] filesForJq = [.. jqFiles.Select(corpus.PathOf)];
        using PowerShellPeer? shell = PowerShellPeer.IsInstalled ? new PowerShellPeer(shellFiles.Select(corpus.PathOf)) : null;
        Describe(corpus, all, cores);

        // A round that does not count: code is compiled, files are in memory, and the fastest way to ask DuckDB is found.
        BareInflate.Count(files, cores);
        Count(one, cores);
        string[] ids = [.. Read(one, cores).Take(Ids).Select(static record => record.RequestId!)];
        string way = DuckDbPeer.Ways.Keys.MinBy(way => AuditTurn.Of(() => DuckDbPeer.Count(way, corpus.Folder, cores)).Seconds)!;

        var inflate = new AuditContestant("bare GZipStream", cores, corpus.Bytes, corpus.Bytes);
        var ours = new AuditContestant("ours", cores, corpus.Bytes, corpus.Matches);
        var larger = new AuditContestant($"ours, {Times} corpora", cores, corpora.Sum(static corpus => corpus.Bytes), corpora.Sum(static corpus => corpus.Matches));
        var duckDb = new AuditContestant($"{DuckDbPeer.Name}, {way}", cores, corpus.Bytes, corpus.Matches);
        var oneId = new AuditContestant("ours, one request id", cores, corpus.Bytes, 1);
        var manyIds = new AuditContestant($"ours, {Ids:N0} request ids", cores, corpus.Bytes, Ids);
        var oneCore = new AuditContestant("ours", 1, corpus.Bytes, corpus.Matches);
        var jq = new AuditContestant(JqPeer.Name, 1, jqFiles.Sum(static file => file.Bytes), jqFiles.Sum(static file => file.Matches));
        var powerShell = new AuditContestant(PowerShellPeer.Name, 1, shellFiles.Sum(static file => file.Bytes), shellFiles.Sum(static file => file.Matches));
        for (int round = 0; round < Rounds; round++)
        {
            // Turns of a second say less each, so there are more of them.
            for (int turn = 0; turn < ShortTurns; turn++)
            {
                inflate.Take(AuditTurn.Of(() => BareInflate.Count(files, cores)));
                ours.Take(AuditTurn.Of(() => Count(one, cores)));
                oneCore.Take(AuditTurn.Of(() => Count(one, 1)));
                oneId.Take(AuditTurn.Of(() => Count(one, cores, ids[..1])));
                manyIds.Take(AuditTurn.Of(() => Count(one, cores, ids)));
            }

            larger.Take(AuditTurn.Of(() => Count(all, cores)));
            duckDb.Take(AuditTurn.Of(() => DuckDbPeer.Count(way, corpus.Folder, cores)));
            if (JqPeer.IsInstalled)
            {
                jq.Take(JqPeer.Count(filesForJq));
            }

            if (shell is not null)
            {
                powerShell.Take(shell.Count());
            }
        }

        ours.Remember(Programs.RunSelf(["audit-scan", Text(cores), .. one]));
        larger.Remember(Programs.RunSelf(["audit-scan", Text(cores), .. all]));
        duckDb.Remember(Programs.RunSelf("audit-duckdb", Text(cores), way, corpus.Folder));

        Console.WriteLine("                                         cores        MB   seconds   CPU s      MB/s   peak MB");
        foreach (AuditContestant contestant in (AuditContestant[])[inflate, ours, larger, oneId, manyIds, duckDb, oneCore, jq, powerShell])
        {
            Print(contestant);
        }

        Console.WriteLine();
        Extrapolate(jq, corpus);
        Extrapolate(powerShell, corpus);
        Console.WriteLine();
        Console.WriteLine("                                     figure  by CPU      goal");
        Goal("ours / bare GZipStream", ours, inflate, 0.8);
        Goal("ours / DuckDB", ours, duckDb, 8);
        Goal("ours / jq, one core", oneCore, jq, 30);
        Goal("ours / ConvertFrom-Json, one core", oneCore, powerShell, null);
        Goal($"{Ids:N0} request ids / one", manyIds, oneId, null);
        Limit("peak memory, MB", ours.PeakMegabytes, null, MaxMegabytes);
        Limit($"peak memory, {Times} corpora, MB", larger.PeakMegabytes, null, MaxMegabytes);
        Limit($"time a byte, {Times} corpora / one", ours.Rate / larger.Rate, ours.CpuRate / larger.CpuRate, MaxGrowth);
    }

    private static void Describe(AuditCorpus corpus, string[] folders, int cores)
    {
        double shareOfKms = 100.0 * corpus.KmsRecords / corpus.Records;
        Console.WriteLine($"Finding the KMS records for workflows in {corpus.Files.Count} .json.gz files as CloudTrail writes them, on {cores} cores: {corpus.Bytes / 1e6:N0} MB of JSON,");
        Console.WriteLine($"compressed {(double)corpus.Bytes / corpus.CompressedBytes:F1} to 1; {corpus.Records:N0} records, of which {shareOfKms:F1} % are of KMS");
        Console.WriteLine($"({corpus.Files.Min(ShareOfKms):F1} to {corpus.Files.Max(ShareOfKms):F1} % in each file) and {corpus.Matches:N0}, {100.0 * corpus.Matches / corpus.Records:F2} %, match. The corpora are in");
        Console.WriteLine(string.Join('\n', folders));
        Console.WriteLine($"Medians of {Rounds} rounds taken in turns; every contestant finds every match, or this fails. One process of jq reads whole files of");
        Console.WriteLine($"about {JqBytes / 1e6:N0} MB of the same corpus, with zcat on the same core, and PowerShell, where there is one, files of about {PowerShellBytes / 1e6:N0} MB that are");
        Console.WriteLine("decompressed before; their rates are compared with ours on one core. Peaks are of fresh processes. CPU s is the time of all cores");
        Console.WriteLine("together: where it is far below cores x seconds, others kept the machine busy. A goal is reached by the clock and by CPU.");
        Console.WriteLine();
        if (!JqPeer.IsInstalled || !PowerShellPeer.IsInstalled)
        {
            Console.WriteLine($"Not installed, and so not measured: {(JqPeer.IsInstalled ? "" : "jq ")}{(PowerShellPeer.IsInstalled ? "" : "pwsh")}");
            Console.WriteLine();
        }

        static double ShareOfKms(AuditCorpusFile file) => 100.0 * file.KmsRecords / file.Records;
    }

    /// <summary>Ours: all matching records as objects.</summary>
    private static long Count(IReadOnlyList<string> folders, int parallelism, params string[] requestIds)
    {
        long count = 0;
        foreach (KmsAuditEvent record in Read(folders, parallelism, requestIds))
        {
            count += record.WorkflowArn is null ? 0 : 1;
        }

        return count;
    }

    private static IEnumerable<KmsAuditEvent> Read(IReadOnlyList<string> folders, int parallelism, params string[] requestIds) =>
        new AuditReader { Parallelism = parallelism, Filter = new() { RequestIds = requestIds } }.Read(folders, static error => throw error);

    private static void Print(AuditContestant contestant)
    {
        if (contestant.HasTurns)
        {
            string peak = double.IsNaN(contestant.PeakMegabytes) ? "" : $"{contestant.PeakMegabytes,10:F0}";
            Console.WriteLine($"{contestant.Name,-42}{contestant.Cores,4}{contestant.Megabytes,10:N0}{contestant.Seconds,10:F2}{contestant.CpuSeconds,8:F2}{contestant.Rate,10:N0}{peak}");
        }
    }

    private static void Extrapolate(AuditContestant contestant, AuditCorpus corpus)
    {
        if (contestant.HasTurns)
        {
            Console.WriteLine($"At its rate {contestant.Name} would take {corpus.Bytes / 1e6 / contestant.Rate:N0} s for the whole corpus (extrapolated).");
        }
    }

    /// <summary>How many times as fast as a peer. On a busy machine the clock flatters whoever was disturbed less, so it has to hold by both.</summary>
    private static void Goal(string what, AuditContestant ours, AuditContestant peer, double? atLeast)
    {
        if (!peer.HasTurns)
        {
            Console.WriteLine($"{what,-34}  not measured");
            return;
        }

        double byClock = ours.Rate / peer.Rate;
        double byCpu = ours.CpuRate / peer.CpuRate;
        string verdict = atLeast is null ? "" : Math.Min(byClock, byCpu) >= atLeast ? "reached" : "not reached";
        Print(what, byClock, byCpu, atLeast is null ? "none" : $"> {atLeast}", verdict);
    }

    private static void Limit(string what, double figure, double? byCpu, double atMost) =>
        Print(what, figure, byCpu, $"< {atMost}", Math.Max(figure, byCpu ?? figure) <= atMost ? "reached" : "not reached");

    private static void Print(string what, double figure, double? byCpu, string goal, string verdict) =>
        Console.WriteLine($"{what,-34}{figure,9:F2}{byCpu,8:F2}{goal,10}   {verdict}".TrimEnd());

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
