using System.IO.Compression;
using System.Text;
using ImageBuilderDataProtection.Audit;
using ImageBuilderDataProtection.Audit.Reading;
using ImageBuilderDataProtection.Files;
using ImageBuilderDataProtection.Tests.Json;
using Newtonsoft.Json;
using Newtonsoft.Json.Linq;

namespace ImageBuilderDataProtection.Tests.Audit.Reading;

/// <summary>What records are read from, in all its forms and all its damage.</summary>
public sealed class AuditSourceTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("ibdp-audit-").FullName;
    private readonly List<AuditReadException> _errors = [];

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void An_answer_of_LookupEvents_is_read_as_the_command_line_prints_it()
    {
        var events = new JArray(One("1"), One("2")).Select(static record => new JObject
        {
            ["EventId"] = record["eventID"],
            ["EventName"] = "Decrypt",
            ["Resources"] = new JArray(new JObject { ["ResourceType"] = "AWS::KMS::Key" }),
            ["CloudTrailEvent"] = record.ToString(Formatting.None),
        });
        var answer = new JObject { ["Events"] = new JArray(events), ["NextToken"] = "more" };
        Assert.Equal(["1", "2"], Ids(Write("lookup.json", answer.ToString())));
        Assert.Equal(["1", "2"], Ids(WriteGzip("lookup.json.gz", answer.ToString(Formatting.None))));
        Assert.Equal(["1", "2"], Ids(Write("array.json", answer["Events"]!.ToString())));
        Assert.Equal(["1", "2"], Ids(Write("lines.jsonl", string.Join('\n', events.Select(static item => item.ToString(Formatting.None))))));
        Assert.Empty(_errors);
    }

    [Fact]
    public void An_answer_of_CloudTrail_Lake_is_read_by_its_column_with_the_record()
    {
        JArray Row(string name, JToken value) => [new JObject { ["eventTime"] = "2026-01-01 00:00:00.000" }, new JObject { [name] = value }];
        var answer = new JObject
        {
            ["QueryStatus"] = "FINISHED",
            ["QueryStatistics"] = new JObject { ["ResultsCount"] = 3, ["Events"] = new JArray() },
            ["QueryResultRows"] = new JArray(Row("eventJson", One("1").ToString(Formatting.None)), Row("eventjson", One("2").ToString(Formatting.Indented)), Row("arn", One("3").ToString(Formatting.None))),
            ["NextToken"] = null,
        };
        Assert.Equal(["1", "2"], Ids(Write("lake.json", answer.ToString())));
        AuditReadException error = Assert.Single(_errors);
        Assert.Equal(("InvalidAuditRecord", 3L), (error.ErrorId, error.RecordNumber));
        Assert.Contains("eventJson", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Rows_without_the_column_are_told_once_whatever_is_wanted(bool allKmsEvents)
    {
        JArray Row(string id) => [new JObject { ["eventID"] = id }, new JObject { ["eventName"] = "Decrypt" }, new JObject { ["requestParameters"] = "{encryptionContext={}}" }];
        string content = new JObject { ["QueryStatus"] = "FINISHED", ["QueryResultRows"] = new JArray(Row("1"), Row("2"), Row("3")) }.ToString(Formatting.None);
        var reader = new AuditReader { Filter = new AuditFilter { AllKmsEvents = allKmsEvents } };
        foreach (string file in new[] { Write("lake.json", content), WriteGzip("lake.json.gz", content) })
        {
            _errors.Clear();
            Assert.Empty(reader.Read([file], _errors.Add));
            AuditReadException error = Assert.Single(_errors);
            Assert.Equal(("InvalidAuditRecord", 1L), (error.ErrorId, error.RecordNumber));
            Assert.Contains("eventJson", error.Message, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("FAILED", true)]
    [InlineData("RUNNING", true)]
    [InlineData("TIMED_OUT", true)]
    [InlineData("FINISHED", false)]
    [InlineData(null, false)]
    [InlineData("anything else", false)]
    public void Rows_of_a_query_that_has_not_finished_are_read_and_told_to_be_some(string? status, bool isTold)
    {
        var row = new JArray(new JObject { ["eventJson"] = Text("1") });
        foreach (JArray rows in new[] { new JArray(row), new JArray() })
        {
            // An object's elements have no order: sorted by their names, the status comes last.
            JProperty[] elements = [new("QueryStatus", status), new("QueryStatistics", new JObject { ["ResultsCount"] = 1 }), new("QueryResultRows", rows), new("ErrorMessage", "x")];
            foreach (JObject answer in new[] { new JObject(elements), new JObject(elements.OrderBy(static element => element.Name, StringComparer.Ordinal)), new JObject(elements.Reverse()) })
            {
                _errors.Clear();
                Assert.Equal(rows.Count == 0 ? [] : ["1"], Ids(Write("lake.json", answer.ToString())));
                Assert.Equal(isTold ? ["AuditQueryUnfinished"] : [], _errors.Select(static error => error.ErrorId));
                Assert.All(_errors, error => Assert.Contains(status!, error.Message, StringComparison.Ordinal));
            }
        }
    }

    [Theory]
    [InlineData("{\"Events\":[],\"NextToken\":\"abc\"}", true)]
    [InlineData("{\"NextToken\" : \"abc\", \"Events\":[{\"CloudTrailEvent\":\"{}\"}]}", true)]
    [InlineData("{\"QueryStatus\":\"FINISHED\",\"QueryResultRows\":[],\n\"NextToken\": \"]\\\"\"\n}", true)]
    [InlineData("{\"Events\":[],\"NextToken\":null}", false)]
    [InlineData("{\"Events\":[],\"NextToken\":\"\"}", false)]
    [InlineData("{\"Events\":[{\"NextToken\":\"abc\"}]}", false)]
    [InlineData("{\"Records\":[]}", false)]
    public void A_page_of_an_answer_that_goes_on_is_counted(string answer, bool isCounted)
    {
        var reader = new AuditReader();
        using AuditScan scan = reader.Scan();
        scan.Add(reader.Sources(Write("page.json", answer), _errors.Add));
        _ = scan.TakeAll().Count();
        Assert.Equal(isCounted ? 1 : 0, scan.UnfinishedPages);
    }

    [Fact]
    public void What_aws_query_leaves_of_an_answer_is_read()
    {
        // aws cloudtrail lookup-events --query 'Events[].CloudTrailEvent', --query 'Events[].[EventId,CloudTrailEvent]', and of one page alone.
        string[] texts = [Text("1"), One("2").ToString(Formatting.Indented), Text("3")];
        JArray[] answers =
        [
            new JArray(texts),
            new JArray(texts.Select(static text => new JArray(text))),
            new JArray(texts.Select(static text => new JArray("11112222-3333-4444-5555-666677778888", text))),
            new JArray(texts[0], JToken.Parse(texts[1]), texts[2]),
        ];
        foreach (JArray answer in answers)
        {
            Assert.Equal(["1", "2", "3"], Ids(Write("texts.json", answer.ToString(Formatting.Indented))));
            Assert.Equal(["1", "2", "3"], Ids(WriteGzip("texts.json.gz", answer.ToString(Formatting.None))));
        }

        Assert.Empty(_errors);
        Assert.Equal(["1", "3"], Ids(Write("texts.json", new JArray(texts[0], "two", "and more", texts[2]).ToString())));
        Assert.Equal(2, Assert.Single(_errors).RecordNumber);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void What_Windows_PowerShell_writes_is_read(bool isBigEndian)
    {
        var encoding = new UnicodeEncoding(isBigEndian, byteOrderMark: true);
        byte[] content = [.. encoding.GetPreamble(), .. encoding.GetBytes(List(One("1"), One("é€😀")).Replace(",", ",\r\n", StringComparison.Ordinal))];
        Assert.Equal(["1", "é€😀"], Ids(Write("a.json", content)));
        Assert.Empty(_errors);

        // Half of a character of two.
        int half = content.AsSpan().IndexOf(encoding.GetBytes("😀")) + 2;
        Assert.Equal(["1"], Ids(Write("a.json", [.. content[..half], .. content[(half + 2)..]])));
        Assert.Equal(("InvalidAuditRecord", 2L), (Assert.Single(_errors).ErrorId, _errors[0].RecordNumber));

        // Half of a byte pair at the end.
        _errors.Clear();
        Assert.Equal(["1", "é€😀"], Ids(Write("a.json", [.. content, 0])));
        Assert.Single(_errors);
    }

    [Fact]
    public void A_folder_or_an_archive_without_trail_files_is_told()
    {
        string folder = Directory.CreateDirectory(Path.Combine(_folder, "none")).FullName;
        string zip = Path.Combine(_folder, "none.zip");
        using (ZipArchive archive = ZipFile.Open(zip, ZipArchiveMode.Create))
        {
            Add(archive, "inner.zip", "PK"u8.ToArray());
        }

        Write("none/readme.txt", "{}");
        Assert.Empty(new AuditReader().Read([folder, zip], _errors.Add));
        Assert.Equal([("NoTrailFiles", folder), ("NoTrailFiles", zip)], _errors.Select(static error => (error.ErrorId, error.File)));

        // One of another time is one.
        _errors.Clear();
        Write("none/111122223333_CloudTrail_us-west-2_20240101T0000Z_aaaaaaaaaaaaaaaa.json", List(One("1")));
        var filter = new AuditFilter { Times = AuditTimeRange.Between(new DateTime(2026, 1, 1, 0, 0, 0, DateTimeKind.Utc), null) };
        Assert.Empty(new AuditReader { Filter = filter }.Read([folder], _errors.Add));
        Assert.Empty(_errors);
    }

    [Fact]
    public void What_macOS_puts_beside_files_is_passed_over()
    {
        string zip = Path.Combine(_folder, "mac.zip");
        using (ZipArchive archive = ZipFile.Open(zip, ZipArchiveMode.Create))
        {
            Add(archive, "a.json", Encoding.UTF8.GetBytes(List(One("1"))));
            Add(archive, "__MACOSX/._a.json", [0, 5, 0x16, 7]);
        }

        Write("mac/a.json", List(One("2")));
        Write("mac/._a.json", [0, 5, 0x16, 7]);
        Write("mac/._b.zip", [0, 5, 0x16, 7]);
        Assert.Equal(["1", "2"], new AuditReader().Read([zip, Path.Combine(_folder, "mac")], _errors.Add).Select(static record => record.EventId));
        Assert.Empty(_errors);
    }

    [Fact]
    public void A_record_in_a_string_may_spell_what_is_wanted_with_escapes()
    {
        string spelled = Text("1").Replace("kms.", "\\u006bms.", StringComparison.Ordinal);
        string lookup = new JObject { ["Events"] = new JArray(new JObject { ["CloudTrailEvent"] = spelled }) }.ToString(Formatting.None);
        string lake = new JObject { ["QueryResultRows"] = new JArray(new JArray(new JObject { ["eventJson"] = spelled })) }.ToString(Formatting.None);

        // Also where the second backslash ends one block of bytes and the letter begins the next.
        foreach (string content in Enumerable.Range(0, 64).Select(spaces => lake.Replace(":\"{", $":{new string(' ', spaces)}\"{{", StringComparison.Ordinal)).Append(lookup))
        {
            Assert.Equal(["1"], Ids(Write("spelled.json", content)));
            Assert.Equal(["1"], Ids(WriteGzip("spelled.json.gz", content)));
        }
    }

    [Fact]
    public void A_zip_file_gives_the_records_of_its_trail_files_in_order_of_time()
    {
        string path = Path.Combine(_folder, "logs.zip");
        using (ZipArchive archive = ZipFile.Open(path, ZipArchiveMode.Create))
        {
            Add(archive, "b/111111111111_CloudTrail_us-west-2_20240101T0005Z_a.json.gz", Pack(List(One("2"))));
            Add(archive, "a/111111111111_CloudTrail_us-east-1_20240101T0000Z_b.json", Encoding.UTF8.GetBytes(List(One("1"))));
            Add(archive, "a/111111111111_CloudTrail-Digest_us-east-1_t_us-east-1_20240101T000000Z.json.gz", Pack("{}"));
            Add(archive, "notes.txt", "no trail file"u8.ToArray());
            Add(archive, "bad.json.gz", Pack(List(One("x")))[..100]);
        }

        KmsAuditEvent[] found = Read(path);
        Assert.Equal(["1", "2"], found.Select(static record => record.EventId));
        Assert.Equal(Path.Combine(path, "a/111111111111_CloudTrail_us-east-1_20240101T0000Z_b.json"), found[0].SourceFile);
        Assert.Equal(("AuditFileTruncated", path + "/bad.json.gz"), (Assert.Single(_errors).ErrorId, _errors[0].File));
        Assert.Equal(["1", "2"], Read(_folder).Select(static record => record.EventId));
    }

    [Fact]
    public void Files_delivered_before_the_time_that_is_wanted_are_not_opened()
    {
        Write("111111111111_CloudTrail_us-west-2_20240101T0000Z_a.json", "not even JSON");
        Write("111111111111_CloudTrail_us-west-2_20240103T0000Z_a.json", List(One("1")));
        var filter = new AuditFilter { Times = AuditTimeRange.Between(new DateTime(2023, 1, 1, 0, 0, 0, DateTimeKind.Utc), null) };
        Assert.Equal(["1"], new AuditReader { Filter = filter }.Read([_folder], _errors.Add).Select(static record => record.EventId));
        Assert.Single(_errors);
        _errors.Clear();
        filter = filter with { Times = AuditTimeRange.Between(new DateTime(2024, 1, 2, 0, 0, 0, DateTimeKind.Utc), null) };
        Assert.Empty(new AuditReader { Filter = filter }.Read([_folder], _errors.Add));
        Assert.Empty(_errors);
    }

    [Theory]
    [InlineData(0.3)]
    [InlineData(0.9)]
    public void Of_damaged_gzip_data_all_before_the_damage_is_read(double place)
    {
        var random = new Random(1);
        string[] records = [.. Enumerable.Range(0, 500).Select(id => Text($"{id} {random.NextInt64():x16}"))];
        byte[] packed = Pack($"{{\"Records\":[{string.Join(',', records)}]}}");
        packed[(int)(packed.Length * place)] ^= 0xff;

        // What is left of the content, as the framework unpacks it a byte at a time. Where the damage is not seen at once, what is
        // unpacked from then on is damaged, too.
        using var unpacked = new GZipStream(new MemoryStream(packed), CompressionMode.Decompress);
        var left = new StringBuilder();
        Assert.Throws<InvalidDataException>(() =>
        {
            for (int value = unpacked.ReadByte(); value >= 0; value = unpacked.ReadByte())
            {
                left.Append((char)value);
            }
        });
        string[] whole = [.. records.Where(record => left.ToString().Contains(record, StringComparison.Ordinal)).Select(static record => (string)JObject.Parse(record)["eventID"]!)];
        Assert.NotEmpty(whole);
        string path = Path.Combine(_folder, "a.json.gz");
        File.WriteAllBytes(path, packed);
        Assert.Equal(whole, Ids(path).Where(whole.Contains).Distinct());
        Assert.Contains(_errors, error => error.ErrorId == "AuditFileTruncated" && error.File == path);
    }

    [Fact]
    public void Garbage_between_records_is_one_error_with_its_place()
    {
        string garbage = "\u0000\u0001garbage{[\"";
        foreach (string content in new[] { $"{{\"Records\":[{Text("1")},{garbage},{Text("3")}]}}", $"{Text("1")}\n{garbage}\n{Text("3")}" })
        {
            foreach (string path in new[] { Write("g.json", content), WriteGzip("g.json.gz", content) })
            {
                _errors.Clear();
                Assert.Equal(["1", "3"], Ids(path));
                Assert.Equal(("InvalidAuditRecord", path, 2L), (Assert.Single(_errors).ErrorId, _errors[0].File, _errors[0].RecordNumber));
            }
        }
    }

    [Fact]
    public void Invalid_UTF8_is_one_error_with_its_place_also_in_records_of_other_services()
    {
        byte[] content = Encoding.UTF8.GetBytes(List(One("1"), One("2"), One("3")));
        content[content.AsSpan().LastIndexOf("\"2\""u8) + 1] = 0xff;
        byte[] other = Encoding.Latin1.GetBytes(Encoding.Latin1.GetString(content).Replace("kms.amazonaws.com\",\"eventName\":\"Decrypt\",\"awsRegion\":\"us-west-2\",\"sourceIPAddress\":\"imagebuilder.amazonaws.com\",\"userAgent\":\"b\"", "s3.amazonaws.com\"", StringComparison.Ordinal));
        foreach (byte[] bytes in new[] { content, other })
        {
            foreach ((string name, byte[] stored) in new[] { ("u.json", bytes), ("u.json.gz", Pack(bytes)) })
            {
                _errors.Clear();
                string path = Path.Combine(_folder, name);
                File.WriteAllBytes(path, stored);
                Assert.Equal(["1", "3"], Ids(path));
                Assert.Equal(("InvalidAuditRecord", 2L), (Assert.Single(_errors).ErrorId, _errors[0].RecordNumber));
                Assert.Contains("UTF-8", _errors[0].Message, StringComparison.Ordinal);
            }
        }
    }

    [Fact]
    public void A_record_of_a_hundred_megabytes_is_one_error_in_bounded_memory()
    {
        string path = Path.Combine(_folder, "large.json.gz");
        using (var writer = new StreamWriter(new GZipStream(File.Create(path), CompressionLevel.Fastest)))
        {
            writer.Write($"{{\"Records\":[{Text("1")},{{\"eventVersion\":\"");
            var random = new Random(1);
            for (int i = 0; i < 100; i++)
            {
                writer.Write(Convert.ToBase64String(Enumerable.Range(0, 768 * 1024).Select(_ => (byte)random.Next(16)).ToArray()));
            }

            writer.Write($"\"}},{Text("3")}]}}");
        }

        // On this thread, whose memory can be told.
        long before = GC.GetAllocatedBytesForCurrentThread();
        AuditReading[] readings = [.. new SourceReader(new AuditFilter(), new ScanTally()).Read(AuditFile.At(path), default)];
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 20 * 1024 * 1024);
        Assert.Equal(["1", "AuditRecordTooLarge", "3"], readings.Select(static reading => reading.Event?.EventId ?? reading.Failure!.ErrorId));
        Assert.Equal((path, 2L), (readings[1].Failure!.File, readings[1].Failure!.RecordNumber));
    }

    [Fact]
    public void What_unpacks_without_measure_is_one_error_and_the_next_file_is_read()
    {
        string gzip = Path.Combine(_folder, "a-bomb.json.gz");
        using (Stream stream = new GZipStream(File.Create(gzip), CompressionLevel.Optimal))
        {
            WriteSpaces(stream, 200);
        }

        string zip = Path.Combine(_folder, "b-bomb.zip");
        using (ZipArchive archive = ZipFile.Open(zip, ZipArchiveMode.Create))
        {
            for (int i = 0; i < 8; i++)
            {
                using Stream stream = archive.CreateEntry($"{i}.json").Open();
                WriteSpaces(stream, 30);
            }
        }

        Write("c-good.json", List(One("1")));
        Assert.Equal(["1"], Read(_folder).Select(static record => record.EventId));
        Assert.All(_errors.Where(static error => error.ErrorId != "AuditFileTruncated"), static error => Assert.Equal("AuditFileExpands", error.ErrorId));
        Assert.Equal([gzip], _errors.Where(error => error.File == gzip).Select(static error => error.File));
        Assert.Single(_errors, error => error.ErrorId == "AuditFileExpands" && error.File.StartsWith(zip, StringComparison.Ordinal));

        static void WriteSpaces(Stream stream, int megabytes)
        {
            byte[] spaces = Encoding.ASCII.GetBytes(new string(' ', 1024 * 1024));
            for (int i = 0; i < megabytes; i++)
            {
                stream.Write(spaces);
            }
        }
    }

    [Fact]
    public void A_folder_and_a_file_without_rights_are_one_error_each_and_the_rest_is_read()
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        const UnixFileMode Open = UnixFileMode.UserRead | UnixFileMode.UserExecute | UnixFileMode.GroupRead | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute;
        File.SetUnixFileMode(_folder, Open | UnixFileMode.UserWrite);
        File.SetUnixFileMode(Write("a.json", List(One("1"))), Open);
        File.SetUnixFileMode(Write("b.json", List(One("2"))), UnixFileMode.None);
        File.SetUnixFileMode(Write("z.json", List(One("3"))), Open);
        string locked = Path.Combine(_folder, "locked");
        Directory.CreateDirectory(locked, UnixFileMode.None);
        try
        {
            Assert.Equal(["1", "3"], AsNobody.Run(() => Ids(_folder)));
            Assert.Equal([locked, Path.Combine(_folder, "b.json")], _errors.Select(static error => error.File));
            Assert.All(_errors, static error => Assert.Equal(("AuditFileUnreadable", FailureKind.PermissionDenied), (error.ErrorId, error.Kind)));
        }
        finally
        {
            File.SetUnixFileMode(locked, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
    }

    [Fact]
    public void Links_to_folders_are_followed_once()
    {
        string outside = Directory.CreateTempSubdirectory("ibdp-audit-").FullName;
        try
        {
            File.WriteAllText(Path.Combine(outside, "o.json"), List(One("outside")));
            Write("sub/a.json", List(One("inside")));
            Directory.CreateSymbolicLink(Path.Combine(_folder, "to-outside"), outside);
            Directory.CreateSymbolicLink(Path.Combine(_folder, "to-outside-again"), outside);
            Directory.CreateSymbolicLink(Path.Combine(_folder, "to-inside"), Path.Combine(_folder, "sub"));
            Directory.CreateSymbolicLink(Path.Combine(_folder, "sub", "up"), "..");
            Directory.CreateSymbolicLink(Path.Combine(_folder, "sub", "self"), Path.Combine(_folder, "sub", "self"));
            Assert.Equal(["inside", "outside"], Read(_folder).Select(static record => record.EventId).Order());
            Assert.Equal(("AuditFileUnreadable", Path.Combine(_folder, "sub", "up")), (Assert.Single(_errors).ErrorId, _errors[0].File));
        }
        finally
        {
            Directory.Delete(outside, recursive: true);
        }
    }

    [Fact]
    public void An_encryption_context_may_begin_with_a_key_that_records_begin_with()
    {
        JObject sly = One("2");
        sly["requestParameters"]!["encryptionContext"] = new JObject { ["eventVersion"] = "1.08", ["aws:imagebuilder:arn"] = "arn:aws:imagebuilder:us-west-2:111122223333:workflow/build/w/1.0.0/*" };
        string[] contents = [List(One("1"), sly, One("3")), new JObject { ["Records"] = new JArray(One("1"), sly, One("3")) }.ToString(), $"{Text("1")}\n{sly.ToString(Formatting.None)}\n{Text("3")}"];
        foreach (string content in contents)
        {
            Assert.Equal(["1", "2", "3"], Ids(Write("sly.json", content)));
            Assert.Equal(["1", "2", "3"], Ids(WriteGzip("sly.json.gz", content)));
        }

        Assert.Empty(_errors);
    }

    [Theory]
    [InlineData(CompressionLevel.NoCompression, 0.3)]
    [InlineData(CompressionLevel.NoCompression, 0.9)]
    [InlineData(CompressionLevel.Fastest, 0.3)]
    [InlineData(CompressionLevel.Fastest, 0.9)]
    public void Of_a_damaged_zip_entry_all_before_the_damage_is_read_and_the_checksum_tells(CompressionLevel level, double place)
    {
        var random = new Random(1);
        string[] ids = [.. Enumerable.Range(0, 500).Select(id => $"{id} {random.NextInt64():x16}")];
        string path = Path.Combine(_folder, "a.zip");
        using (ZipArchive archive = ZipFile.Open(path, ZipArchiveMode.Create))
        {
            Add(archive, "a.jsonl", Encoding.UTF8.GetBytes(string.Join('\n', ids.Select(Text))), level);
            Add(archive, "b.json", Encoding.UTF8.GetBytes(List(One("other"))), level);
        }

        Assert.Equal([.. ids, "other"], Ids(path));
        Assert.Empty(_errors);
        byte[] zip = File.ReadAllBytes(path);
        int damaged = (int)(zip.AsSpan().IndexOf("b.json"u8) * place);
        zip[damaged] ^= 1;
        File.WriteAllBytes(path, zip);

        // A third of the packed bytes is more than a quarter of the records, which are all alike.
        string[] read = Ids(path);
        int sure = (int)(ids.Length * place * 0.75);
        Assert.Equal(ids[..sure], read[..sure]);
        Assert.Equal("other", read[^1]);
        AuditReadException error = Assert.Single(_errors, static error => error.ErrorId == "AuditFileTruncated");
        Assert.Equal(path + "/a.jsonl", error.File);
    }

    [Theory]
    [InlineData(14, 16)]
    [InlineData(22, 24)]
    public void A_zip_entry_that_is_not_what_the_directory_says_is_told(int atInHeader, int atInDirectory)
    {
        string path = Path.Combine(_folder, "a.zip");
        using (ZipArchive archive = ZipFile.Open(path, ZipArchiveMode.Create))
        {
            Add(archive, "a.json", Encoding.UTF8.GetBytes(List(One("1"))));
        }

        // The checksum, or the length.
        byte[] zip = File.ReadAllBytes(path);
        zip[atInHeader]++;
        zip[zip.AsSpan().LastIndexOf("PK\u0001\u0002"u8) + atInDirectory]++;
        File.WriteAllBytes(path, zip);
        Assert.Equal(["1"], Ids(path));
        AuditReadException error = Assert.Single(_errors);
        Assert.Equal(("AuditFileTruncated", path + "/a.json"), (error.ErrorId, error.File));
    }

    [Theory]
    [InlineData(8, 10, 14, "LZMA")]
    [InlineData(8, 10, 12, "BZip2")]
    [InlineData(8, 10, 99, "unsupported compression method")]
    [InlineData(6, 8, 1, "it is encrypted")]
    public void A_zip_entry_that_cannot_be_unpacked_is_told_as_what_it_is_and_the_rest_is_read(int atInHeader, int atInDirectory, byte value, string told)
    {
        string path = Path.Combine(_folder, "a.zip");
        using (ZipArchive archive = ZipFile.Open(path, ZipArchiveMode.Create))
        {
            Add(archive, "a.json", Encoding.UTF8.GetBytes(List(One("1"))));
            Add(archive, "b.json", Encoding.UTF8.GetBytes(List(One("2"))));
        }

        // The method, or the flags.
        byte[] zip = File.ReadAllBytes(path);
        zip[atInHeader] = value;
        zip[zip.AsSpan().IndexOf("PK\u0001\u0002"u8) + atInDirectory] = value;
        File.WriteAllBytes(path, zip);
        Assert.Equal(["2"], Ids(path));
        AuditReadException error = Assert.Single(_errors);
        Assert.Equal(("AuditFileUnreadable", FailureKind.InvalidData, path + "/a.json"), (error.ErrorId, error.Kind, error.File));
        Assert.StartsWith($"\"{path}/a.json\": The entry cannot be unpacked here: ", error.Message, StringComparison.Ordinal);
        Assert.Contains(told, error.Message, StringComparison.Ordinal);
        Assert.EndsWith("; if another program unpacks the .zip file, read the folder that it makes.", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Entries_that_share_their_bytes_unpack_to_no_more_than_others()
    {
        // No JSON, but with some noise in it, so that no entry alone unpacks to too much.
        var random = new Random(1);
        byte[] content = [.. Enumerable.Range(0, 24 << 10).SelectMany(_ => Enumerable.Range(0, 1024).Select(at => (byte)(at < 1000 ? 'x' : 'a' + random.Next(4))))];
        using var stored = new MemoryStream();
        using (var archive = new ZipArchive(stored, ZipArchiveMode.Create, leaveOpen: true))
        {
            Add(archive, "a.json", content);
        }

        byte[] one = stored.ToArray();
        int directory = one.AsSpan().LastIndexOf("PK\u0001\u0002"u8);
        int end = one.AsSpan().LastIndexOf("PK\u0005\u0006"u8);
        const short Entries = 40;
        byte[] last = one[end..];
        BitConverter.TryWriteBytes(last.AsSpan(8), Entries);
        BitConverter.TryWriteBytes(last.AsSpan(10), Entries);
        BitConverter.TryWriteBytes(last.AsSpan(12), Entries * (end - directory));
        byte[] many = [.. one[..directory], .. Enumerable.Repeat(one[directory..end], Entries).SelectMany(static entry => entry), .. last];

        Assert.InRange(content.Length / one.Length, 20, AuditLimits.Expansion - 1);
        Assert.Equal(["InvalidAuditRecord"], ReadSource(new Source(() => new MemoryStream(one), one.Length)).Select(static reading => reading.Failure!.ErrorId));
        List<AuditReading> readings = ReadSource(new Source(() => new MemoryStream(many), many.Length));
        Assert.InRange(readings.Count, 2, 10);
        Assert.Equal("AuditFileExpands", readings[^1].Failure!.ErrorId);
    }

    [Fact]
    public void A_byte_order_mark_is_passed_over_however_few_bytes_come_at_a_time()
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest))
        {
            gzip.Write([0xef]);
            gzip.Flush();
            gzip.Write([0xbb, 0xbf, .. Encoding.UTF8.GetBytes(List(One("1")))]);
        }

        Assert.Equal("1", Assert.Single(ReadSource(new Source(() => new Dribble(packed.ToArray()), packed.ToArray().Length))).Event?.EventId);
    }

    [Fact]
    public void What_is_no_archive_after_all_is_closed()
    {
        var opened = new List<Dribble>();
        AuditReading reading = Assert.Single(ReadSource(new Source(
            () =>
            {
                opened.Add(new Dribble([.. "PK\u0003\u0004"u8, .. new byte[100]]));
                return opened[^1];
            },
            104)));
        Assert.Equal("AuditFileUnreadable", reading.Failure!.ErrorId);
        Assert.Equal([true, true], opened.Select(static stream => stream.IsClosed));
    }

    [Fact]
    public void What_is_cancelled_while_its_first_bytes_are_looked_at_is_closed()
    {
        using var stop = new CancellationTokenSource();
        var stream = new Dribble("{}"u8.ToArray(), stop.Cancel);
        Assert.Throws<OperationCanceledException>(() => new SourceReader(new AuditFilter(), new ScanTally()).Read(new Source(() => stream, 2), stop.Token).Count());
        Assert.True(stream.IsClosed);
    }

    [Fact]
    public void Damaged_data_are_not_unpacked_again_once_reading_is_cancelled()
    {
        byte[] packed = Pack(List([.. Enumerable.Range(0, 300).Select(static id => One($"{id} {Guid.NewGuid()}"))]));
        packed[^8] ^= 0xff;
        using var stop = new CancellationTokenSource();
        Dribble? again = null;
        var source = new Source(() => again = new Dribble(packed, again is null ? null : stop.Cancel), packed.Length);
        Assert.Throws<OperationCanceledException>(() => new SourceReader(new AuditFilter(), new ScanTally()).Read(source, stop.Token).Count());
        Assert.Equal(1, again!.Reads);
    }

    [Fact]
    public void What_a_terminal_would_obey_is_not_in_messages()
    {
        string path = Path.Combine(_folder, "a.zip");
        using (ZipArchive archive = ZipFile.Open(path, ZipArchiveMode.Create))
        {
            Add(archive, "..\u001b[2J\u009b2J/x\r.json", "{\u001b"u8.ToArray());
        }

        Assert.Empty(Read(path));
        Assert.DoesNotContain(Assert.Single(_errors).Message, char.IsControl);
    }

    [Fact]
    public void Time_may_begin_with_the_first_of_all_moments()
    {
        Write("111111111111_CloudTrail_us-west-2_20240101T0000Z_a.json", List(One("1")));
        Write("111111111111_CloudTrail_us-west-2_99991231T2359Z_a.json", List(One("2")));
        var filter = new AuditFilter { Times = AuditTimeRange.Between(DateTime.SpecifyKind(DateTime.MinValue.AddSeconds(1), DateTimeKind.Utc), null) };
        Assert.Equal(["1", "2"], new AuditReader { Filter = filter }.Read([_folder], _errors.Add).Select(static record => record.EventId));
    }

    private static List<AuditReading> ReadSource(IAuditSource source) => [.. new SourceReader(new AuditFilter(), new ScanTally()).Read(source, default)];

    private static JObject One(string id)
    {
        JObject record = JObject.Parse(Examples.Decrypt);
        record["eventID"] = id;
        return record;
    }

    private static string Text(string id) => One(id).ToString(Formatting.None);

    private static string List(params JObject[] records) => new JObject { ["Records"] = new JArray(records) }.ToString(Formatting.None);

    private static byte[] Pack(string content) => Pack(Encoding.UTF8.GetBytes(content));

    private static byte[] Pack(byte[] content)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest))
        {
            gzip.Write(content);
        }

        return packed.ToArray();
    }

    private static void Add(ZipArchive archive, string name, byte[] content, CompressionLevel level = CompressionLevel.Optimal)
    {
        using Stream stream = archive.CreateEntry(name, level).Open();
        stream.Write(content);
    }

    private KmsAuditEvent[] Read(string path) => [.. new AuditReader().Read([path], _errors.Add)];

    private string[] Ids(string path) => [.. Read(path).Select(static record => record.EventId!)];

    private string Write(string name, string content) => Write(name, Encoding.UTF8.GetBytes(content));

    private string Write(string name, byte[] content)
    {
        string path = Path.Combine(_folder, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllBytes(path, content);
        return path;
    }

    private string WriteGzip(string name, string content)
    {
        string path = Path.Combine(_folder, name);
        File.WriteAllBytes(path, Pack(content));
        return path;
    }

    private sealed class Source(Func<Stream> open, long length) : IAuditSource
    {
        public string Name => "source";

        public long Length => length;

        public Stream Open(CancellationToken cancellationToken) => open();
    }

    /// <summary>Gives a byte at a time, and cannot go back.</summary>
    private sealed class Dribble(byte[] bytes, Action? onRead = null) : ForwardStream
    {
        private int _at;

        public int Reads { get; private set; }

        public bool IsClosed { get; private set; }

        public override int Read(Span<byte> buffer)
        {
            Reads++;
            onRead?.Invoke();
            if (_at == bytes.Length || buffer.IsEmpty)
            {
                return 0;
            }

            buffer[0] = bytes[_at++];
            return 1;
        }

        protected override void Dispose(bool disposing)
        {
            IsClosed = true;
            base.Dispose(disposing);
        }
    }
}
