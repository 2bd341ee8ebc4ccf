using System.Globalization;
using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace ImageBuilderDataProtection.Bench;

/// <summary>
/// A folder of 200 .json.gz files in CloudTrail's layout, five days of two regions, whose records are made up. Of every
/// 200 records in a row one is a KMS call for a workflow, and 10 to 18 more are of KMS for something else. It is made once
/// and told whole by a manifest beside it; a folder without one, or that its manifest does not fit, is made again.
/// </summary>
internal sealed class AuditCorpus
{
    public const int FileCount = 200;

    /// <summary>Goes up when other records are made.</summary>
    private const int Generator = 1;

    private const int Stretch = 200;
    private const int Days = 5;

    private static readonly string[] Regions = ["us-west-2", "eu-central-1"];

    private AuditCorpus(string folder, AuditCorpusFile[] files)
    {
        Folder = folder;
        Files = files;
    }

    public string Folder { get; }

    /// <summary>The files in order of their time.</summary>
    public IReadOnlyList<AuditCorpusFile> Files { get; }

    public long Bytes => Files.Sum(static file => file.Bytes);

    public long CompressedBytes => Files.Sum(static file => file.CompressedBytes);

    public int Records => Files.Sum(static file => file.Records);

    public int KmsRecords => Files.Sum(static file => file.KmsRecords);

    public int Matches => Files.Sum(static file => file.Matches);

    /// <summary>Opens the corpus, and makes it first unless it is whole.</summary>
    /// <param name="parent">The folder that holds it.</param>
    /// <param name="gigabytes">At least how many times 10^9 bytes of JSON it holds.</param>
    /// <param name="seed">Corpora of other seeds have other records.</param>
    public static AuditCorpus Open(string parent, int gigabytes, int seed)
    {
        string folder = Path.Combine(parent, $"v{Generator}-{gigabytes}GB-{seed}");
        string manifest = folder + ".manifest.json";
        if (File.Exists(manifest) && JsonSerializer.Deserialize<AuditCorpusFile[]>(File.ReadAllText(manifest)) is { } known && IsWhole(folder, known))
        {
            return new AuditCorpus(folder, known);
        }

        Directory.CreateDirectory(parent);
        File.Delete(manifest);
        var cast = new AuditCast(new AuditChance(seed));
        long[] sizes = Sizes(gigabytes * 1_000_000_000L, new AuditChance(seed));
        var files = new AuditCorpusFile[FileCount];
        Parallel.For(0, FileCount, new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount }, i => files[i] = Make(folder, i, seed, cast, sizes[i]));

        // Whoever finds a manifest finds all that it names.
        File.WriteAllText(manifest + ".part", JsonSerializer.Serialize(files));
        File.Move(manifest + ".part", manifest, overwrite: true);
        return new AuditCorpus(folder, files);
    }

    /// <summary>The path of a file.</summary>
    public string PathOf(AuditCorpusFile file) => Path.Combine(Folder, file.Path);

    /// <summary>Whole files from all over the corpus, with about so many bytes of JSON.</summary>
    public AuditCorpusFile[] Sample(long bytes)
    {
        var sample = new List<AuditCorpusFile>();

        // No step of a round number, which would meet the same region or hour again and again.
        for (int i = 0; sample.Count == 0 || (sample.Count < Files.Count && sample.Sum(static file => file.Bytes) < bytes); i++)
        {
            sample.Add(Files[i * 37 % Files.Count]);
        }

        return [.. sample];
    }

    private static bool IsWhole(string folder, AuditCorpusFile[] files) =>
        files.Length == FileCount
        && Directory.Exists(folder)
        && Directory.GetFiles(folder, "*", SearchOption.AllDirectories).Length == FileCount
        && files.AsParallel().All(file => File.Exists(Path.Combine(folder, file.Path)) && Sha256(Path.Combine(folder, file.Path)) == file.Sha256);

    private static string Sha256(string path)
    {
        using FileStream stream = File.OpenRead(path);
        return Convert.ToHexString(SHA256.HashData(stream));
    }

    // CloudTrail's files are of very different sizes; the largest here are some twenty times the smallest.
    private static long[] Sizes(long bytes, AuditChance chance)
    {
        double[] weights = [.. Enumerable.Range(0, FileCount).Select(_ => Math.Pow(20, chance.Below(1000) / 1000.0))];
        double sum = weights.Sum();
        return [.. weights.Select(weight => (long)Math.Ceiling(bytes * weight / sum))];
    }

    private static AuditCorpusFile Make(string folder, int index, int seed, AuditCast cast, long size)
    {
        string region = Regions[index % Regions.Length];
        DateTime time = new DateTime(2026, 3, 2, 0, 0, 0, DateTimeKind.Utc).AddMinutes(index * (Days * 24 * 60 / FileCount));
        var chance = new AuditChance(SeedOf(seed, index));
        var records = new AuditRecords(cast, chance, region, time);
        string name = $"{AuditCast.Account}_CloudTrail_{region}_{time.ToString("yyyyMMdd'T'HHmm'Z'", CultureInfo.InvariantCulture)}_{chance.Letters(16)}.json.gz";
        string path = $"AWSLogs/{AuditCast.Account}/CloudTrail/{region}/{time.ToString("yyyy'/'MM'/'dd", CultureInfo.InvariantCulture)}/{name}";
        string target = Path.Combine(folder, path);
        Directory.CreateDirectory(Path.GetDirectoryName(target)!);

        long bytes = 0;
        int count = 0;
        int kms = 0;
        int matches = 0;
        int kmsInStretch = 11 + chance.Below(9);
        using (var file = File.Create(target))
        using (var gzip = new GZipStream(file, CompressionLevel.Optimal))
        {
            Put("{\"Records\":[");
            while (bytes < size)
            {
                // Which records of the stretch are what: the first for a workflow, those up to kmsInStretch of KMS.
                int[] order = [.. Enumerable.Range(0, Stretch)];
                chance.Shuffle(order);
                foreach (int place in order)
                {
                    Put(count == 0 ? "" : ",");
                    Put(place == 0 ? records.ForWorkflow() : place < kmsInStretch ? records.ForKms() : records.ForOther());
                    count++;
                    kms += place < kmsInStretch ? 1 : 0;
                    matches += place == 0 ? 1 : 0;
                }
            }

            Put("]}");

            void Put(string text)
            {
                byte[] content = Encoding.UTF8.GetBytes(text);
                gzip.Write(content);
                bytes += content.Length;
            }
        }

        return new AuditCorpusFile(path, new FileInfo(target).Length, Sha256(target), bytes, count, kms, matches);
    }

    private static int SeedOf(int seed, int index) => unchecked((seed * 1_000_003) + (index * 7919));
}
