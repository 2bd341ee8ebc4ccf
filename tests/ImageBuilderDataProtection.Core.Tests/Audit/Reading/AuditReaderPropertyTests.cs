using System.IO.Compression;
using System.Text;
using CsCheck;
using ImageBuilderDataProtection.Audit;
using ImageBuilderDataProtection.Audit.Reading;
using ImageBuilderDataProtection.Audit.Reading.Blocks;
using ImageBuilderDataProtection.Kms;

namespace ImageBuilderDataProtection.Tests.Audit.Reading;

/// <summary>What the reader finds without parsing is what a full parser finds, however the JSON is written.</summary>
public sealed class AuditReaderPropertyTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("ibdp-audit-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Reading_finds_what_a_full_parser_finds() => Gen.Int.Sample(
        seed =>
        {
            var random = new Random(seed);
            AuditFilter filter = Filter(random);
            (string text, string[] records) = Trail(random);
            int refused = 0;
            string[] expected = [.. records.Select(record => filter.Select(Encoding.UTF8.GetBytes(record), sourceFile: null, () => refused++)).OfType<KmsAuditEvent>().Select(static record => record.ToJson())];
            string file = Write(text, isPacked: random.Next(2) == 0);
            var errors = new List<AuditReadException>();
            var reader = new AuditReader { Filter = filter, Parallelism = random.Next(1, 4) };
            string[] found = [.. reader.Read([file], errors.Add).Select(static record => record.ToJson())];
            using AuditScan scan = reader.Scan();
            scan.Add(reader.Sources(file, errors.Add));
            Assert.Equal(found.Length, scan.TakeAll().Count());
            Assert.Equal(refused, scan.RefusedWithoutParameters);
            File.Delete(file);
            Assert.Empty(errors);
            Assert.Equal(expected, found);
        },
        iter: 2000,
        threads: 1);

    [Fact]
    public void The_outline_of_a_record_is_where_it_ends_whatever_the_width_of_vectors() => Gen.Int.Sample(
        seed =>
        {
            var random = new Random(seed);
            var writer = new WrittenRecord(random);
            byte[] record = Encoding.UTF8.GetBytes(writer.Write(1));
            byte[] text = [.. record, .. Encoding.UTF8.GetBytes(random.Next(2) == 0 ? "" : "]}\n" + writer.Write(2))];
            var expected = RecordOutline.Find<Block128>(text, isInList: true);
            Assert.Equal((OutlineFinding.Whole, record.Length), (expected.Finding, expected.Length));
            Assert.Equal(expected, Block256.IsAccelerated ? RecordOutline.Find<Block256>(text, isInList: true) : expected);
            Assert.Equal(expected, Block512.IsAccelerated ? RecordOutline.Find<Block512>(text, isInList: true) : expected);
            Assert.Equal(OutlineFinding.Unfinished, RecordOutline.Find(record.AsSpan(0, random.Next(1, record.Length)), isInList: true).Finding);
        },
        iter: 2000);

    [Fact]
    public void A_leap_ends_at_the_same_place_whatever_the_width_of_vectors() => Gen.Int.Sample(
        seed =>
        {
            var random = new Random(seed);
            byte[] text = Encoding.UTF8.GetBytes(string.Join(',', Enumerable.Range(0, 6).Select(number => new WrittenRecord(random).Write(number))));
            if (!text.AsSpan().StartsWith(RecordNeedles.RecordStart))
            {
                return;
            }

            RecordLeap expected = RecordLeap.Over<Block128>(text);
            Assert.Equal(expected, Block256.IsAccelerated ? RecordLeap.Over<Block256>(text) : expected);
            Assert.Equal(expected, Block512.IsAccelerated ? RecordLeap.Over<Block512>(text) : expected);
        },
        iter: 2000);

    [Fact]
    public void Every_byte_is_told_the_same_by_every_width_of_vectors()
    {
        const string Legal = "\t\n\r \"{}[]:,+-.0123456789Eaeflnrstu";
        for (int value = 0; value < 256; value++)
        {
            byte[] bytes = new byte[65];
            bytes[value % 64] = (byte)value;
            ulong[] expected = Answers<Block128>(bytes);
            Assert.Equal(expected, Block256.IsAccelerated ? Answers<Block256>(bytes) : expected);
            Assert.Equal(expected, Block512.IsAccelerated ? Answers<Block512>(bytes) : expected);
            Assert.Equal(Legal.Contains((char)value, StringComparison.Ordinal), (Block128.Load(in bytes[0]).Legal() >> (value % 64) & 1) == 1);
        }

        static ulong[] Answers<TBlock>(byte[] bytes)
            where TBlock : struct, IByteBlock<TBlock>
        {
            var block = TBlock.Load(in bytes[0]);
            return [block.Equal((byte)'k'), block.EqualButBit5((byte)'{'), block.NotAscii(), block.NotPrintable(), block.Legal(), block.Notable(TBlock.Load(in bytes[1]))];
        }
    }

    [Fact]
    public void Every_pair_of_bytes_that_ends_a_leap_is_told_by_every_width_of_vectors()
    {
        string[] pairs = ["km", "tV", "\\u"];
        byte[] bytes = new byte[65];
        for (int pair = 0; pair < 65536; pair++)
        {
            int at = pair % 64;
            bytes.AsSpan().Fill((byte)' ');
            (bytes[at], bytes[at + 1]) = ((byte)(pair >> 8), (byte)pair);
            ulong expected = Notable<Block128>(bytes);
            Assert.Equal(expected, Block256.IsAccelerated ? Notable<Block256>(bytes) : expected);
            Assert.Equal(expected, Block512.IsAccelerated ? Notable<Block512>(bytes) : expected);

            bool isTold = (expected >> at & 1) == 1;
            bool isOdd = bytes[at] is < 0x20 or > 0x7f;
            bool isAlike = pairs.Any(text => bytes[at] == text[0] && (bytes[at + 1] & 0xcf) == (text[1] & 0xcf));
            Assert.Equal(isOdd || isAlike, isTold);
        }

        static ulong Notable<TBlock>(byte[] bytes)
            where TBlock : struct, IByteBlock<TBlock> =>
            TBlock.Load(in bytes[0]).Notable(TBlock.Load(in bytes[1]));
    }

    private static AuditFilter Filter(Random random)
    {
        var filter = new AuditFilter { AllKmsEvents = random.Next(3) == 0 };
        filter = random.Next(4) == 0 ? filter with { Workflows = [.. Enumerable.Range(1, random.Next(1, 3)).Select(number => Pattern(random, WrittenRecord.Workflow(number)))] } : filter;
        filter = random.Next(4) == 0 && WrittenRecord.Pick(random, "operation") is var name && name.All(char.IsAsciiLetter) ? filter with { EventNames = [name.ToUpperInvariant()] } : filter;
        filter = random.Next(5) == 0 ? filter with { Region = WrittenRecord.Pick(random, "region") } : filter;
        filter = random.Next(4) == 0 ? filter with { Principals = [Pattern(random, $"arn:aws:iam::111122223333:role/{WrittenRecord.Pick(random, "role")}")] } : filter;
        filter = random.Next(5) == 0 ? filter with { InvokedBy = [Pattern(random, WrittenRecord.Pick(random, "service"))] } : filter;
        filter = random.Next(5) == 0 ? filter with { DeniedOnly = true } : filter;
        filter = random.Next(6) == 0 ? filter with { RequestIds = ["R1", "x", .. Others(random)] } : filter;
        filter = random.Next(6) == 0 ? filter with { EventIds = ["e2", "E3", .. Others(random)] } : filter;
        filter = random.Next(6) == 0 ? filter with { Times = AuditTimeRange.Between(new DateTime(2026, 1, 2, 0, 0, 0, DateTimeKind.Utc), null) } : filter;
        filter = random.Next(5) == 0 ? filter with { Key = KeyIdentifier.Parse("1234abcd-12ab-34cd-56ef-1234567890ab") } : filter;

        // Of many, not each is looked for in the bytes.
        return random.Next(4) > 0 ? filter : filter with
        {
            Workflows = [.. filter.Workflows, .. filter.Workflows.SelectMany(_ => Others(random)).Select(static text => new AuditPattern(text))],
            Principals = [.. filter.Principals, .. filter.Principals.SelectMany(_ => Others(random)).Select(static text => new AuditPattern(text))],
        };
    }

    private static IEnumerable<string> Others(Random random) => Enumerable.Range(0, random.Next(2) * 40).Select(static number => $"other-{number}");

    // The text with wildcards in place of some of it, in any case.
    private static AuditPattern Pattern(Random random, string text)
    {
        if (random.Next(5) == 0)
        {
            return new AuditPattern(random.Next(2) == 0 ? "(NONE)" : "(Hidden)");
        }

        int start = random.Next(text.Length);
        int end = random.Next(start, text.Length);
        string pattern = random.Next(3) switch
        {
            0 => text,
            1 => text[..start] + "*" + text[end..],
            _ => "*" + text[start..end] + (end < text.Length ? "?" : "") + "*",
        };
        return new AuditPattern(random.Next(2) == 0 ? pattern : pattern.ToUpperInvariant());
    }

    private static (string Text, string[] Records) Trail(Random random)
    {
        // Written in one way, or each in its own; some longer than what is read at a time.
        WrittenRecord? same = random.Next(2) == 0 ? new WrittenRecord(random) : null;
        string[] records = [.. Enumerable.Range(0, random.Next(12)).Select(number => (same ?? new WrittenRecord(random)).Write(number))];
        if (random.Next(20) == 0 && records.Length > 0)
        {
            records[^1] = records[^1].Replace("\"1.08\"", $"\"{new string('x', 300_000)}\"", StringComparison.Ordinal);
        }

        var between = new WrittenRecord(random);
        string list = $"[{between.Space()}{string.Join($"{between.Space()},{between.Space()}", records)}{between.Space()}]";
        string text = random.Next(4) switch
        {
            0 => $"{{{between.Space()}\"Records\"{between.Space()}:{between.Space()}{list}{between.Space()}}}",
            1 => $"{{\"version\": {{\"a\": [1]}},{between.Space()}\"Records\":{list},\"next\":null}}",
            2 => list,
            _ => string.Join('\n', records) + (records.Length == 0 ? "[]" : ""),
        };
        return (text, records);
    }

    private string Write(string text, bool isPacked)
    {
        string path = Path.Combine(_folder, $"{Guid.NewGuid()}.json{(isPacked ? ".gz" : "")}");
        using FileStream file = File.Create(path);
        using Stream stream = isPacked ? new GZipStream(file, CompressionLevel.Fastest) : file;
        stream.Write(Encoding.UTF8.GetBytes(text));
        return path;
    }
}
