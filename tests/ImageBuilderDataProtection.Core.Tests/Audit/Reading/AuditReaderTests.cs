using System.Diagnostics;
using System.IO.Compression;
using System.Text;
using CsCheck;
using ImageBuilderDataProtection.Audit;
using ImageBuilderDataProtection.Audit.Reading;
using ImageBuilderDataProtection.Json;
using ImageBuilderDataProtection.Tests.Json;
using Newtonsoft.Json.Linq;

namespace ImageBuilderDataProtection.Tests.Audit.Reading;

public sealed class AuditReaderTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("ibdp-audit-").FullName;
    private readonly List<AuditReadException> _errors = [];

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    public static TheoryData<string, string> Forms => new()
    {
        { "records.json", $"{{\"Records\":[{One("1")},{One("2")}]}}" },
        { "pretty.json", JObject.Parse($"{{\"Records\":[{One("1")},{One("2")}]}}").ToString() },
        { "windows.json", JObject.Parse($"{{\"Records\":[{One("1")},{One("2")}]}}").ToString().Replace("\n", "\r\n", StringComparison.Ordinal) },
        { "more.json", $"{{\"Records\" : [ {One("1")} , {One("2")} ], \"other\": {{\"a\": [\"]}}\\\"\"]}} }}" },
        { "lines.jsonl", $"{One("1")}\n{One("2")}\n" },
        { "lines.ndjson", $"\n\n{One("1")}\r\n{One("2")}" },
        { "bom.json", $"\uFEFF{One("1")}\n{One("2")}" },
        { "array.json", $"[{One("1")},\n{One("2")}]" },
        { "pretty-lines.json", $"{JObject.Parse(One("1"))}\n{JObject.Parse(One("2"))}\n" },
        { "lists.json", $"{{\"Records\":[{One("1")}]}}\n{{\"Records\":[]}}\n{{\"Records\":[{One("2")}]}}" },
    };

    [Theory]
    [MemberData(nameof(Forms))]
    public void Every_form_is_read_plain_and_compressed(string name, string content)
    {
        string plain = Write(name, content);
        Assert.Equal(["1", "2"], Ids(plain));
        Assert.Equal(["1", "2"], Ids(WriteGzip(name + ".gz", content)));
        Assert.Empty(_errors);
        Assert.All(new AuditReader().Read([plain], _errors.Add), record => Assert.Equal(plain, record.SourceFile));
    }

    [Fact]
    public void Only_KMS_records_and_by_default_only_those_of_workflows_are_read()
    {
        string other = One("s3").Replace("kms.amazonaws.com", "s3.amazonaws.com", StringComparison.Ordinal);
        string withoutWorkflow = One("no workflow").Replace("aws:imagebuilder:arn", "App", StringComparison.Ordinal);
        string file = Write("a.json", $"{{\"Records\":[{other},{withoutWorkflow},{One("1")}]}}");
        Assert.Equal(["1"], Ids(file));
        Assert.Equal(["no workflow", "1"], new AuditReader { Filter = new() { AllKmsEvents = true } }.Read([file], _errors.Add).Select(static record => record.EventId));
        Assert.Empty(_errors);
    }

    [Fact]
    public void Refused_calls_without_parameters_are_counted_where_all_but_the_workflow_is_as_asked_for()
    {
        JObject refused = JObject.Parse(One("refused"));
        refused["errorCode"] = "AccessDenied";
        refused["requestParameters"] = null;
        JObject failed = JObject.Parse(One("failed"));
        failed["errorCode"] = "NotFoundException";
        failed["requestParameters"] = null;
        JObject forOther = JObject.Parse(One("for other"));
        forOther["errorCode"] = "AccessDenied";
        forOther["requestParameters"] = new JObject { ["encryptionContext"] = new JObject { ["App"] = "x" } };
        JObject ofNoContext = new(refused) { ["eventID"] = "of no context", ["eventName"] = "ListKeys" };
        string file = Write("a.json", $"{{\"Records\":[{refused},{failed},{forOther},{ofNoContext},{One("1")}]}}");

        Assert.Equal((1, 1), Count(new AuditFilter()));
        Assert.Equal((0, 1), Count(new AuditFilter { DeniedOnly = true }));
        Assert.Equal((1, 1), Count(new AuditFilter { Workflows = [new("*")] }));
        Assert.Equal((0, 1), Count(new AuditFilter { AllKmsEvents = true, Workflows = [new("*:workflow/build/none/*")] }));
        Assert.Equal((1, 0), Count(new AuditFilter { Region = "us-west-2", Times = AuditTimeRange.Between(null, null), EventNames = ["Decrypt"], Principals = [new("*")], InvokedBy = [new("none")] } with { InvokedBy = [], EventIds = ["1"] }));
        Assert.Equal((0, 0), Count(new AuditFilter { Region = "eu-west-1" }));
        Assert.Equal((5, 0), Count(new AuditFilter { AllKmsEvents = true }));
        Assert.Equal((1, 0), Count(new AuditFilter { EventIds = ["refused"] }));

        (int Given, long Refused) Count(AuditFilter filter)
        {
            var reader = new AuditReader { Filter = filter };
            using AuditScan scan = reader.Scan();
            scan.Add(reader.Sources(file, _errors.Add));
            return (scan.TakeAll().Count(), scan.RefusedWithoutParameters);
        }
    }

    [Fact]
    public void A_file_is_read_once_however_often_and_by_whatever_name_it_is_named()
    {
        string folder = Path.Combine(_folder, "trail");
        Directory.CreateDirectory(folder);
        string file = Write("trail/a.json", One("1"));
        Write("trail/b.json", One("2"));
        string link = Path.Combine(_folder, "link.json");
        File.CreateSymbolicLink(link, file);
        File.CreateSymbolicLink(Path.Combine(folder, "c.json"), file);
        string linkedFolder = Path.Combine(_folder, "linked");
        Directory.CreateSymbolicLink(linkedFolder, folder);

        Assert.Equal(["1", "2"], new AuditReader().Read([file, folder, folder, Path.Combine(folder, "..", "trail", "b.json"), link, linkedFolder, Path.Combine(linkedFolder, "b.json")], _errors.Add).Select(static record => record.EventId!));
        Assert.Empty(_errors);
    }

    [Fact]
    public void Digest_files_have_no_records_and_are_told_of_only_where_they_are_all()
    {
        const string Digest = "111122223333_CloudTrail-Digest_us-west-2_trail_us-west-2_20260301T000000Z.json.gz";
        Directory.CreateDirectory(Path.Combine(_folder, "digests"));
        string digest = Write("digests/" + Digest, "{}");
        Write("digests/" + Digest + ".metadata.json", "{}");
        Assert.Empty(Ids(digest));
        Assert.Empty(Ids(digest + ".metadata.json"));
        Assert.Empty(Ids(Path.GetDirectoryName(digest)!));
        Assert.All(_errors, static error => Assert.Equal(AuditReadException.OnlyDigests, error.ErrorId));
        Assert.Equal([digest, digest + ".metadata.json", Path.GetDirectoryName(digest)], _errors.Select(static error => error.File));
    }

    [Fact]
    public void What_CloudTrail_Insights_found_is_no_call()
    {
        string insight = """
            {"eventVersion":"1.07","eventTime":"2026-03-01T10:05:00Z","awsRegion":"us-west-2","eventID":"i","eventType":"AwsCloudTrailInsight","recipientAccountId":"111122223333",
            "sharedEventID":"s","insightDetails":{"state":"Start","eventSource":"kms.amazonaws.com","eventName":"Decrypt","insightType":"ApiCallRateInsight"},"eventCategory":"Insight"}
            """.ReplaceLineEndings("");
        string file = Write("a.json", $"{{\"Records\":[{insight},{One("1")}]}}");
        Assert.Equal(["1"], new AuditReader { Filter = new() { AllKmsEvents = true } }.Read([file], _errors.Add).Select(static record => record.EventId));
        Assert.Empty(_errors);
    }

    [Fact]
    public void What_may_be_about_a_workflow_is_read_by_default()
    {
        JObject hidden = JObject.Parse(One("hidden"));
        hidden["requestParameters"] = KmsAuditEvent.Hidden;
        JObject takenAway = JObject.Parse(One("taken away"));
        takenAway["eventName"] = "ReEncrypt";
        takenAway["requestParameters"] = new JObject
        {
            ["sourceEncryptionContext"] = new JObject { ["aws:imagebuilder:arn"] = "arn:aws:imagebuilder:us-west-2:111122223333:workflow/build/w/1.0.0/1" },
            ["destinationEncryptionContext"] = new JObject { ["App"] = "other" },
        };
        Assert.Equal(["hidden", "taken away"], Ids(Write("a.json", new JArray(hidden, takenAway).ToString())));
        Assert.Empty(_errors);
    }

    [Fact]
    public void A_trail_is_read_in_order_of_time_whatever_the_account_or_region()
    {
        Write("AWSLogs/2/CloudTrail/b/2024/01/01/222222222222_CloudTrail_us-east-1_20240101T0000Z_aaaaaaaaaaaaaaaa.json", One("1"));
        Write("AWSLogs/1/CloudTrail/a/2024/01/01/111111111111_CloudTrail_us-west-2_20240101T0000Z_bbbbbbbbbbbbbbbb.json", One("2"));
        WriteGzip("AWSLogs/1/CloudTrail/a/2024/01/01/111111111111_CloudTrail_us-west-2_20240101T0001Z_aaaaaaaaaaaaaaaa.json.gz", One("3"));
        Write("AWSLogs/1/CloudTrail/a/2024/01/01/.x.json.ibtmp", "torn");
        Write("AWSLogs/notes.txt", "not a trail file");
        Assert.Equal(["1", "2", "3"], Ids(_folder));
        Assert.Empty(_errors);
    }

    [Fact]
    public void A_bad_record_is_told_once_with_its_place_and_the_others_are_read()
    {
        string file = Write("a.jsonl", $"{One("1")}\n{{\"eventSource\":\"kms.amazonaws.com\"}}\n{One("3")}\n{One("4").Replace("true", "01", StringComparison.Ordinal)}\nnoise here\n{One("6")}\n");
        Assert.Equal(["1", "3", "6"], Ids(file));
        Assert.Equal([(2L, 2L), (4L, 4L), (5L, 5L)], _errors.Select(static error => (error.RecordNumber!.Value, error.Line!.Value)));
        Assert.All(_errors, error =>
        {
            Assert.Equal(("InvalidAuditRecord", file), (error.ErrorId, error.File));
            Assert.Contains(file, error.Message, StringComparison.Ordinal);
        });
    }

    [Fact]
    public void A_torn_line_loses_only_itself()
    {
        string torn = One("2");
        string end = "\n" + One("3") + "\n" + One("4");
        for (int length = 1; length < torn.Length; length++)
        {
            _errors.Clear();
            Assert.Equal(["1", "3", "4"], Ids(Write("a.jsonl", One("1") + "\n" + torn[..length] + end)));
            Assert.Equal(2, Assert.Single(_errors).RecordNumber);
        }
    }

    [Theory]
    [InlineData("{\"Records\":[", ",", "]}")]
    [InlineData("[", ",\n", "]")]
    [InlineData("", "\n", "\n")]
    public void Damage_that_leaves_the_next_records_legal_values_of_the_damaged_one_hides_none(string before, string between, string after)
    {
        string whole = One("1");
        string rest = string.Join(between, One("2"), One("3"), One("4"));
        int resources = whole.IndexOf("\"resources\":[", StringComparison.Ordinal) + "\"resources\":[".Length;
        string[] damaged =
        [
            whole[..(resources - 1)],
            whole[..resources] + (between.StartsWith(',') ? "{}" : ""),
            whole[..resources] + (between.StartsWith(',') ? "\"a\"" : " "),
            whole[..(whole.IndexOf("\"readOnly\":", StringComparison.Ordinal) + "\"readOnly\":".Length)],
        ];
        foreach (string record in damaged)
        {
            _errors.Clear();
            Assert.Equal(["2", "3", "4"], Ids(Write("a.json", before + record + between + rest + after)));
            AuditReadException error = Assert.Single(_errors);
            Assert.Equal(("InvalidAuditRecord", 1L, 1L), (error.ErrorId, error.RecordNumber!.Value, error.Line!.Value));
        }
    }

    [Fact]
    public void A_list_under_a_damaged_name_is_read()
    {
        Assert.Equal(["1", "2", "3"], Ids(Write("a.json", $"{{\"Recor\":[{One("1")},{One("2")},{One("3")}]}}")));
        Assert.InRange(_errors.Count, 1, 2);
    }

    [Theory]
    [InlineData("{\"Rec\"ords\":[", "]}")]
    [InlineData("{\"Records\":)", "]}")]
    [InlineData("x\"Records\":[", "]}")]
    [InlineData("x", "]")]
    public void A_list_with_a_damaged_beginning_is_read_and_told_once(string before, string after)
    {
        string[] ids = [.. Enumerable.Range(0, 100).Select(static id => $"{id}")];
        Assert.Equal(ids, Ids(Write("a.json", before + string.Join(',', ids.Select(One)) + after)));
        Assert.Equal(1, Assert.Single(_errors).RecordNumber);
    }

    [Fact]
    public void The_line_of_a_record_found_again_is_that_of_its_bracket()
    {
        string good = JObject.Parse(One("2")).ToString();
        string bad = JObject.Parse(One("3")).ToString().Replace("true", "troe", StringComparison.Ordinal);
        Assert.Equal(["2"], Ids(Write("a.json", $"{{\"Records\":[\nnoise,\n{bad},\n{good}]}}")));
        Assert.Equal([1L, 2L], _errors.Select(static error => error.RecordNumber!.Value));
        Assert.Equal([2L, 3L], _errors.Select(static error => error.Line!.Value));
    }

    public static TheoryData<string, string, string, bool> DamagedForms => new()
    {
        { "{\"Records\":[", ",", "]}", false },
        { "", "\n", "\n", false },
        { "{\n\"Records\": [\n", ",\n", "\n]\n}\n", true },
        { "", "\n", "\n", true },
    };

    [Theory]
    [MemberData(nameof(DamagedForms))]
    public void Damage_to_one_record_costs_no_other_and_is_told(string before, string between, string after, bool isPretty)
    {
        // Longer ids than a damage is: none may make another record of one.
        byte[][] records =
        [
            .. Enumerable.Range(0, 6).Select(static id => One(new string((char)('a' + id), 12)))
                .Select(record => Encoding.UTF8.GetBytes(isPretty ? JObject.Parse(record).ToString() : record)),
        ];
        string[] whole = [.. records.Select(static record => KmsAuditEvent.Parse(Encoding.UTF8.GetString(record)).ToJson())];
        const string Syntax = "{}[]\",:\\ \n0";
        Gen<byte> value = Gen.OneOf(Gen.Byte, Gen.Int[0, Syntax.Length - 1].Select(static index => (byte)Syntax[index]));
        Gen.Select(Gen.Int[0, 5], Gen.Int[0, 10_000], Gen.Int[0, 2], Gen.Int[1, 60], value.Array[1, 8]).Sample(
            (which, place, kind, count, values) =>
            {
                byte[] record = records[which];

                // What is inserted before the first byte is not in the record, and may be legal there: an empty list.
                int at = Math.Max(kind == 2 ? 1 : 0, place * (record.Length - 1) / 10_000);
                byte[] damaged = kind switch
                {
                    0 => [.. record[..at], .. record[Math.Min(at + count, record.Length)..]],
                    1 => [.. record[..at], .. values, .. record[Math.Min(at + values.Length, record.Length)..]],
                    _ => [.. record[..at], .. values, .. record[at..]],
                };
                string file = Path.Combine(_folder, $"{Guid.NewGuid()}.json");
                using (FileStream stream = File.Create(file))
                {
                    stream.Write(Encoding.UTF8.GetBytes(before));
                    for (int i = 0; i < records.Length; i++)
                    {
                        stream.Write(i == which ? damaged : records[i]);
                        stream.Write(Encoding.UTF8.GetBytes(i == records.Length - 1 ? after : between));
                    }
                }

                var errors = new List<AuditReadException>();
                List<string> read = [.. new AuditReader { Filter = new() { AllKmsEvents = true } }.Read([file], errors.Add).Select(static item => item.ToJson())];
                File.Delete(file);

                // Of the damaged record a legal one may be left; all others are there once, as they were and in order.
                IEnumerable<string> others = whole.Where((_, i) => i != which);
                Assert.Equal(others, read.Where(item => others.Contains(item)));
                Assert.InRange(read.Count, records.Length - 1, records.Length);

                // A record that has lost the bytes by which it could match is not parsed, so that not all that is wrong in it is seen. Of
                // one that is cut in two, that may be either half.
                bool maySplit = kind > 0 && values.Contains((byte)'}') && values.Contains((byte)'{');
                Assert.InRange(errors.Count, IsLegal(damaged) || maySplit || !MayMatch(damaged) ? 0 : 1, 8);
            },
            iter: 1500,
            threads: 1);
    }

    [Fact]
    public void A_file_cut_anywhere_gives_what_was_whole_and_one_error()
    {
        string content = $"{{\"Records\":[{One("1")},{One("2")}]}}";
        for (int length = 0; length < content.Length; length++)
        {
            _errors.Clear();
            string[] read = Ids(Write("a.json", content[..length]));
            Assert.Equal(Enumerable.Range(1, read.Length).Select(static id => $"{id}"), read);
            Assert.Equal("AuditFileTruncated", Assert.Single(_errors).ErrorId);
        }
    }

    [Fact]
    public void A_gzip_file_cut_anywhere_is_told_once_also_where_a_record_ends()
    {
        string file = WriteGzip("a.jsonl.gz", $"{One("1")}\n{One("2")}\n");
        byte[] whole = File.ReadAllBytes(file);
        Assert.Equal(["1", "2"], Ids(file));
        Assert.Empty(_errors);
        for (int length = 2; length < whole.Length; length++)
        {
            _errors.Clear();
            File.WriteAllBytes(file, whole[..length]);
            Assert.StartsWith(string.Concat(Ids(file)), "12", StringComparison.Ordinal);
            Assert.Equal("AuditFileTruncated", Assert.Single(_errors).ErrorId);
        }

        // Parts one after the other are one file.
        _errors.Clear();
        File.WriteAllBytes(file, [.. whole, .. whole]);
        Assert.Equal(["1", "2", "1", "2"], Ids(file));
        Assert.Empty(_errors);
    }

    [Fact]
    public void A_truncated_gzip_file_gives_what_could_be_read_and_one_error()
    {
        string[] records = [.. Enumerable.Range(0, 2000).Select(static id => One($"{id} {Guid.NewGuid()}"))];
        string file = WriteGzip("a.jsonl.gz", string.Join('\n', records));
        using (FileStream stream = File.OpenWrite(file))
        {
            stream.SetLength(stream.Length / 2);
        }

        string[] read = Ids(file);
        Assert.InRange(read.Length, 500, 1500);
        AuditReadException error = Assert.Single(_errors);
        Assert.Equal(("AuditFileTruncated", file), (error.ErrorId, error.File));
    }

    [Fact]
    public void A_record_over_the_limit_is_told_and_passed_over_in_bounded_memory()
    {
        string file = Path.Combine(_folder, "a.json");
        using (var writer = new StreamWriter(file))
        {
            writer.Write($"{{\"Records\":[{One("1")},{{\"eventVersion\":\"");
            for (int i = 0; i < 40; i++)
            {
                writer.Write(new string('x', 1024 * 1024));
            }

            writer.Write($"\"}},{One("3")}]}}");
        }

        long before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Equal(["1", "3"], IdsOnThisThread(file));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 20 * 1024 * 1024);
        AuditReadException error = Assert.Single(_errors);
        Assert.Equal(("AuditRecordTooLarge", 2L), (error.ErrorId, error.RecordNumber!.Value));
    }

    [Fact]
    public void Beginnings_of_records_inside_records_are_read_in_bounded_memory()
    {
        string beginnings = string.Concat(Enumerable.Repeat("{\"eventVersion\":[", 30));
        string text = new('x', KmsAuditEvent.MaxRecordBytes - 2048);
        string file = Write("a.json", $"{{\"Records\":[{beginnings}\"{text}\"{string.Concat(Enumerable.Repeat("]}", 30))},{One("2")}]}}");
        long before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Equal(["2"], IdsOnThisThread(file));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 40 * 1024 * 1024);
        Assert.All(_errors, static error => Assert.Equal("InvalidAuditRecord", error.ErrorId));
        Assert.InRange(_errors.Count, 30, 32);
    }

    [Fact]
    public void Missing_and_unreadable_files_are_told_and_the_next_is_read()
    {
        string good = Write("good.json", One("1"));
        string notGzip = Path.Combine(_folder, "bad.json.gz");
        File.WriteAllBytes(notGzip, [0x1f, 0x8b, 8, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
        string[] read = [.. new AuditReader().Read([Path.Combine(_folder, "none.json"), notGzip, Write("empty.json", ""), good], _errors.Add).Select(static record => record.EventId!)];
        Assert.Equal(["1"], read);
        Assert.Equal(["AuditFileUnreadable", "AuditFileTruncated", "AuditFileTruncated"], _errors.Select(static error => error.ErrorId));
        Assert.Equal(FailureKind.NotFound, _errors[0].Kind);
    }

    [Fact]
    public void Reading_can_be_cancelled()
    {
        using var source = new CancellationTokenSource();
        IEnumerator<KmsAuditEvent> records = new AuditReader().Read([Write("a.json", One("1")), Write("b.json", One("2"))], _errors.Add, source.Token).GetEnumerator();
        Assert.True(records.MoveNext());
        source.Cancel();
        Assert.Throws<OperationCanceledException>(() => records.MoveNext());
    }

    [Fact]
    public void A_link_that_leads_round_in_a_circle_is_told_and_not_followed()
    {
        Write("sub/a.json", One("1"));
        string round = Path.Combine(_folder, "sub", "round");
        Directory.CreateSymbolicLink(round, _folder);
        Assert.Equal(["1"], Ids(_folder));
        AuditReadException error = Assert.Single(_errors);
        Assert.Equal(("AuditFileUnreadable", round), (error.ErrorId, error.File));
    }

    [Fact]
    public async Task Only_regular_files_of_a_folder_are_read()
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        string pipe = Path.Combine(_folder, "pipe.json");
        using (var mkfifo = Process.Start("mkfifo", pipe))
        {
            await mkfifo.WaitForExitAsync();
        }

        File.CreateSymbolicLink(Path.Combine(_folder, "to-pipe.json"), pipe);
        File.CreateSymbolicLink(Path.Combine(_folder, "to-file.json"), Write("sub/a.txt", One("1")));
        File.CreateSymbolicLink(Path.Combine(_folder, "to-nothing.json"), Path.Combine(_folder, "none"));
        File.CreateSymbolicLink(Path.Combine(_folder, "to-itself.json"), Path.Combine(_folder, "to-itself.json"));
        Write("z.json", One("2"));
        string[] read = await Task.Run(() => Ids(_folder)).WaitAsync(TimeSpan.FromSeconds(30));
        Assert.Equal(["1", "2"], read);
        Assert.Equal(["to-itself.json", "to-nothing.json"], _errors.Select(static error => Path.GetFileName(error.File)));
        Assert.All(_errors, static error => Assert.Equal("AuditFileUnreadable", error.ErrorId));
    }

    private static bool MayMatch(byte[] record) => record.AsSpan().IndexOf("kms.amazonaws.com"u8) >= 0 || record.AsSpan().IndexOf("\\u"u8) >= 0;

    // What is still a legal record cannot be told from one that was meant, and a comma too many is let pass.
    private static bool IsLegal(byte[] record)
    {
        try
        {
            JObject legal = StrictJson.ParseObject(record.AsSpan().Trim(", \t\r\n"u8), "The record", KmsAuditEvent.MaxRecordBytes);
            return legal["eventSource"]?.Type == JTokenType.String && ((string?)legal["eventSource"] != KmsAuditEvent.KmsEventSource || new KmsAuditEvent(legal).EventName.Length >= 0);
        }
        catch (DataProtectionException)
        {
            return false;
        }
    }

    private static string One(string id)
    {
        JObject record = JObject.Parse(Examples.Decrypt);
        record["eventID"] = id;
        record["userAgent"] = "tricky } ] { [ \" \\ \\\" end";
        return record.ToString(Newtonsoft.Json.Formatting.None);
    }

    private string[] Ids(string path) => [.. new AuditReader().Read([path], _errors.Add).Select(static record => record.EventId!)];

    // For tests of memory, which is told by thread.
    private List<string> IdsOnThisThread(string path)
    {
        var ids = new List<string>();
        foreach (AuditReading reading in new SourceReader(new AuditFilter(), new ScanTally()).Read(AuditFile.At(path), default))
        {
            if (reading.Failure is null)
            {
                ids.Add(reading.Event!.EventId!);
            }
            else
            {
                _errors.Add(reading.Failure);
            }
        }

        return ids;
    }

    private string Write(string name, string content)
    {
        string path = Path.Combine(_folder, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, content, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false));
        return path;
    }

    private string WriteGzip(string name, string content)
    {
        string path = Path.Combine(_folder, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        using var gzip = new GZipStream(File.Create(path), CompressionLevel.Optimal);
        gzip.Write(Encoding.UTF8.GetBytes(content));
        return path;
    }
}
