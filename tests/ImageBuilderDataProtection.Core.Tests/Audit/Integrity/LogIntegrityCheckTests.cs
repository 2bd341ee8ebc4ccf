using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using CsCheck;
using ImageBuilderDataProtection.Audit.Integrity;
using Newtonsoft.Json.Linq;

namespace ImageBuilderDataProtection.Tests.Audit.Integrity;

public class LogIntegrityCheckTests
{
    private static readonly DigestPublicKeys Keys = new([DigestPublicKey.Parse(DigestedTrail.PublicKey)]);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void An_untouched_chain_passes(bool signatures)
    {
        using var trail = new DigestedTrail(4, signatures: signatures);
        if (!signatures)
        {
            // All but the newest are proven by the digest file that follows.
            LogIntegrityResult newest = ProblemOfDigest(trail, trail.Logs[3]);
            AssertResult(newest, LogIntegrityStatus.Unproven, trail.Digests[3], "neither beside it nor in a digest file after it");
            Assert.Equal(3 + 6, Check(trail).Count(static result => result.Status == LogIntegrityStatus.Valid));
            return;
        }

        Assert.All(Check(trail), static result => Assert.Equal((LogIntegrityStatus.Valid, false), (result.Status, result.IsProblem)));
        Assert.Equal(trail.Digests.Concat(trail.Logs.SelectMany(static logs => logs)).Order(), Check(trail).Select(static result => result.File).Order());
    }

    [Fact]
    public void Any_byte_that_is_changed_in_any_file_is_found_and_named()
    {
        using var trail = new DigestedTrail(3, logFiles: 1);
        (string File, byte[] Content)[] files = [.. trail.Files.Select(static file => (file, File.ReadAllBytes(file)))];
        Gen.Select(Gen.Int[0, files.Length - 1], Gen.Int[0, int.MaxValue], Gen.Byte[1, 255]).Sample(
            (which, where, change) =>
            {
                (string file, byte[] content) = files[which];
                byte[] changed = [.. content];
                changed[where % changed.Length] ^= change;
                File.WriteAllBytes(file, changed);
                try
                {
                    LogIntegrityResult[] problems = [.. Check(trail).Where(static result => result.IsProblem)];

                    // The hashes are of the content: the time stamp in a gzip header, say, is no part of it. So is white space in a signature's file.
                    if (problems.Length == 0)
                    {
                        Assert.Equal(Meaning(file, content), Meaning(file, changed));
                    }
                    else
                    {
                        // Of the newest digest file and its signature, nothing tells which of the two was changed.
                        Assert.Contains(problems, problem => problem.File == file || problem.File + ".metadata.json" == file);
                    }
                }
                finally
                {
                    File.WriteAllBytes(file, content);
                }
            },
            iter: 1500,
            threads: 1);
        Assert.DoesNotContain(Check(trail), static result => result.IsProblem);
    }

    [Fact]
    public void Any_file_that_is_removed_is_found_and_named()
    {
        using var trail = new DigestedTrail(4);
        foreach (string file in trail.Files.Where(static file => file.EndsWith(".gz", StringComparison.Ordinal)))
        {
            byte[] content = File.ReadAllBytes(file);
            File.Delete(file);

            // The log files of the newest digest file are as those of a digest file that is still to come.
            bool isDigest = trail.Digests.Contains(file);
            LogIntegrityResult problem = isDigest && file != trail.Digests[^1] ? ProblemOfTime(trail, 2) : Problem(trail);
            AssertResult(problem, LogIntegrityStatus.Missing, file, isDigest ? "missing" : "removed");
            File.WriteAllBytes(file, content);
        }
    }

    [Fact]
    public void A_changed_log_file_tells_its_digest_file_and_the_hour_that_is_unproven()
    {
        using var trail = new DigestedTrail(3);
        File.WriteAllBytes(trail.Logs[1][0], DigestedTrail.Gzip("{\"Records\":[]}"u8));
        LogIntegrityResult problem = Problem(trail);
        AssertResult(problem, LogIntegrityStatus.Invalid, trail.Logs[1][0], "its hash is not the one in its digest file");
        Assert.Equal(LogIntegrityFileKind.LogFile, problem.Kind);
        Assert.Equal(trail.Digests[1], problem.DigestFile);
        Assert.Equal((DigestedTrail.Start.AddHours(1), DigestedTrail.Start.AddHours(2)), (problem.UnprovenSince!.Value, problem.UnprovenUntil!.Value));
        Assert.Contains(trail.Logs[1][0], problem.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Log_files_that_change_places_are_both_found()
    {
        using var trail = new DigestedTrail(2);
        DigestedTrail.Swap(trail.Logs[0][0], trail.Logs[1][1]);
        LogIntegrityResult[] problems = Problems(trail);
        Assert.Equal(2, problems.Length);
        AssertResult(problems[0], LogIntegrityStatus.Invalid, trail.Logs[0][0], "was changed");
        AssertResult(problems[1], LogIntegrityStatus.Invalid, trail.Logs[1][1], "was changed");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Digest_files_that_change_places_are_both_found(bool withSignatures)
    {
        using var trail = new DigestedTrail(4);
        DigestedTrail.Swap(trail.Digests[1], trail.Digests[2]);
        if (withSignatures)
        {
            DigestedTrail.Swap(trail.Digests[1] + ".metadata.json", trail.Digests[2] + ".metadata.json");
        }

        LogIntegrityResult[] problems = Problems(trail);
        Assert.Equal([trail.Digests[1], trail.Digests[2], LogsOf(trail)], problems.Select(static problem => problem.File));
        Assert.All(problems[..2], static problem => Assert.Contains("was moved", problem.Reason, StringComparison.Ordinal));
        AssertUnproven(problems[2], trail, 4);
        Assert.Equal(DigestedTrail.Start.AddHours(1), problems[1].UnprovenSince);
    }

    [Fact]
    public void A_digest_file_that_is_made_anew_without_the_key_is_found()
    {
        // As one who has changed a log file would: with its new hash, everything else as it was.
        using var trail = new DigestedTrail(3);
        byte[] log = "{\"Records\":[]}"u8.ToArray();
        File.WriteAllBytes(trail.Logs[1][0], DigestedTrail.Gzip(log));
        JObject digest = JObject.Parse(Encoding.UTF8.GetString(Gunzip(File.ReadAllBytes(trail.Digests[1]))));
        digest["logFiles"]![0]!["hashValue"] = Convert.ToHexString(SHA256.HashData(log)).ToLowerInvariant();
        File.WriteAllBytes(trail.Digests[1], DigestedTrail.Gzip(Encoding.UTF8.GetBytes(digest.ToString())));
        LogIntegrityResult problem = ProblemOfDigest(trail, trail.Logs[1]);
        AssertResult(problem, LogIntegrityStatus.Invalid, trail.Digests[1], "not that of this content");
        Assert.Equal((DigestedTrail.Start.AddHours(1), DigestedTrail.Start.AddHours(2)), (problem.UnprovenSince!.Value, problem.UnprovenUntil!.Value));
    }

    [Fact]
    public void A_chain_that_is_cut_tells_since_when_it_is_unproven()
    {
        using var trail = new DigestedTrail(5);
        foreach (int gone in (int[])[1, 2])
        {
            File.Delete(trail.Digests[gone]);
            File.Delete(trail.Digests[gone] + ".metadata.json");
        }

        // The two hours are one problem: what the digest file after them follows is gone, and so is what names the other.
        LogIntegrityResult problem = ProblemOfTime(trail, 4);
        AssertResult(problem, LogIntegrityStatus.Missing, trail.Digests[2], Path.GetFileName(trail.Digests[3]));
        Assert.Equal((DigestedTrail.Start.AddHours(1), DigestedTrail.Start.AddHours(3)), (problem.UnprovenSince!.Value, problem.UnprovenUntil!.Value));
        Assert.Equal(trail.Digests[3], problem.DigestFile);
    }

    [Fact]
    public void The_start_of_a_chain_that_is_cut_off_is_missed()
    {
        using var trail = new DigestedTrail(3);
        File.Delete(trail.Digests[0]);
        File.Delete(trail.Digests[0] + ".metadata.json");
        LogIntegrityResult problem = ProblemOfTime(trail, 2);
        AssertResult(problem, LogIntegrityStatus.Missing, trail.Digests[0], "missing");
        Assert.Equal((null, DigestedTrail.Start.AddHours(1)), (problem.UnprovenSince, problem.UnprovenUntil));
    }

    [Fact]
    public void A_folder_in_the_place_of_a_digest_file_does_not_hide_that_it_is_missing()
    {
        using var trail = new DigestedTrail(8);
        for (int hour = 0; hour < 6; hour++)
        {
            Remove(trail, hour);
        }

        Directory.CreateDirectory(trail.Digests[5]);
        LogIntegrityResult problem = Problem(trail);
        AssertResult(problem, LogIntegrityStatus.Missing, trail.Digests[5], "missing");
        Assert.Equal((null, DigestedTrail.Start.AddHours(6)), (problem.UnprovenSince, problem.UnprovenUntil));
    }

    [Fact]
    public void The_end_of_a_chain_that_is_cut_off_shows_by_log_files_without_digest_files()
    {
        using var trail = new DigestedTrail(8, logFiles: 4);
        for (int gone = 3; gone < 8; gone++)
        {
            File.Delete(trail.Digests[gone]);
            File.Delete(trail.Digests[gone] + ".metadata.json");
        }

        LogIntegrityResult problem = Problem(trail);
        Assert.Equal((LogIntegrityStatus.Gap, LogIntegrityFileKind.Folder), (problem.Status, problem.Kind));
        Assert.EndsWith(Path.Combine("CloudTrail", "us-east-2"), problem.File, StringComparison.Ordinal);
        Assert.Contains("12 log files from 2015-08-17T19:04Z to 2015-08-17T21:25Z are covered by no digest file", problem.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void A_chain_that_starts_again_is_a_gap()
    {
        using var trail = new DigestedTrail(2);
        trail.Restart(TimeSpan.FromHours(5));
        trail.AddDigest(1);
        trail.AddLog(DigestedTrail.Start.AddHours(4));
        LogIntegrityResult problem = ProblemOfTime(trail, 1);
        AssertResult(problem, LogIntegrityStatus.Gap, trail.Digests[2], "starts a new chain");
        Assert.Equal((DigestedTrail.Start.AddHours(2), DigestedTrail.Start.AddHours(7)), (problem.UnprovenSince!.Value, problem.UnprovenUntil!.Value));
    }

    [Fact]
    public void Files_that_were_added_are_found_and_new_ones_are_pending()
    {
        using var trail = new DigestedTrail(4);
        string added = trail.AddLog(DigestedTrail.Start.AddMinutes(90));
        string misnamed = trail.Write($"AWSLogs/{DigestedTrail.Account}/CloudTrail/us-east-2/2015/08/17/more.json", "{}"u8.ToArray());
        string stray = trail.Write($"AWSLogs/{DigestedTrail.Account}/CloudTrail-Digest/us-east-2/2015/08/17/more.json", "{}"u8.ToArray());
        string pending = trail.AddLog(trail.End.AddMinutes(5));
        trail.Write("README.txt", []);
        LogIntegrityResult[] problems = Problems(trail);
        Assert.Equal(new[] { added, misnamed, stray }.Order(), problems.Select(static problem => problem.File).Order());
        Assert.All(problems, static problem => Assert.Equal(LogIntegrityStatus.Unexpected, problem.Status));
        AssertResult(Check(trail).Single(static result => result.Status == LogIntegrityStatus.Pending), LogIntegrityStatus.Pending, pending, "No digest file names the log file yet");
    }

    [Fact]
    public void Log_files_before_the_first_digest_file_and_without_any_are_one_problem_a_folder()
    {
        using var trail = new DigestedTrail(2);
        trail.AddLog(DigestedTrail.Start.AddHours(-3));
        trail.AddLog(DigestedTrail.Start.AddHours(-2));
        string other = trail.Write(
            $"AWSLogs/{DigestedTrail.Account}/CloudTrail/eu-west-1/2015/08/17/{DigestedTrail.Account}_CloudTrail_eu-west-1_20150817T1445Z_ZZZZZZZZZZZZZZZZ.json.gz", []);
        LogIntegrityResult[] problems = Problems(trail);
        Assert.Equal(2, problems.Length);
        Assert.Equal((LogIntegrityStatus.Missing, Path.GetFullPath(Path.Combine(other, "../../../.."))), (problems[0].Status, problems[0].File));
        Assert.Contains("There are no digest files for this folder", problems[0].Reason, StringComparison.Ordinal);
        Assert.Equal(LogIntegrityStatus.Gap, problems[1].Status);
        Assert.Contains("2 log files from 2015-08-17T11:01Z to 2015-08-17T12:01Z", problems[1].Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void A_signature_that_was_changed_is_found_although_the_chain_proves_the_digest_file()
    {
        using var trail = new DigestedTrail(3);
        File.Copy(trail.Digests[0] + ".metadata.json", trail.Digests[1] + ".metadata.json", overwrite: true);
        LogIntegrityResult problem = Problem(trail);
        AssertResult(problem, LogIntegrityStatus.Invalid, trail.Digests[1] + ".metadata.json", "its signature is not that of the digest file");
        Assert.Equal(LogIntegrityFileKind.SignatureFile, problem.Kind);
    }

    [Theory]
    [InlineData(1, true)]
    [InlineData(DigestQueue.MaxAhead - 1, true)]
    [InlineData(DigestQueue.MaxAhead, false)]
    public void A_signature_is_found_in_the_digest_file_that_follows_although_others_stand_between(int count, bool isFound)
    {
        using var trail = new DigestedTrail(4, signatures: false);
        string[] junk = [.. Enumerable.Range(1, count).Select(minute => trail.AddUnsigned(trail.Name, DigestedTrail.Start.AddHours(2).AddMinutes(minute)))];
        LogIntegrityResult[] results = Check(trail);
        foreach (string file in trail.Logs[1].Append(trail.Digests[1]))
        {
            Assert.Equal(isFound ? LogIntegrityStatus.Valid : LogIntegrityStatus.Unproven, Assert.Single(results, result => result.File == file).Status);
        }

        Assert.All(junk, file => Assert.Equal([LogIntegrityStatus.Unproven, LogIntegrityStatus.Unexpected], results.Where(result => result.File == file).Select(static result => result.Status)));
        Assert.Equal(isFound ? 3 + 6 : 2 + 4, results.Count(static result => result.Status == LogIntegrityStatus.Valid));
    }

    [Fact]
    public void A_wrong_signature_in_a_digest_file_without_proof_accuses_none()
    {
        using var trail = new DigestedTrail(3, signatures: false);
        string key = KeyOf(trail, trail.Digests[2]);
        trail.AddUnsigned(trail.Name, trail.End.AddMinutes(60), digest =>
        {
            digest["previousDigestS3Bucket"] = trail.Bucket;
            digest["previousDigestS3Object"] = key;
            digest["previousDigestHashValue"] = new string('0', 64);
            digest["previousDigestHashAlgorithm"] = "SHA-256";
            digest["previousDigestSignature"] = new string('0', 512);
        });
        AssertResult(
            Problems(trail).First(problem => problem.File == trail.Digests[2]), LogIntegrityStatus.Unproven, trail.Digests[2], "nor in a digest file after it, where another is;");
    }

    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    public void A_digest_file_is_invalid_by_the_hash_in_a_proven_one_that_follows_it_also_without_a_signature_of_its_own(int between)
    {
        using var trail = new DigestedTrail(4, signatures: false);
        trail.AddUnsigned(trail.Name, DigestedTrail.Start.AddHours(2), edit: null, trail.Logs[1][0]);
        for (int i = 1; i <= between; i++)
        {
            trail.AddUnsigned(trail.Name, DigestedTrail.Start.AddHours(2).AddMinutes(i));
        }

        LogIntegrityResult[] told = [.. Problems(trail).Where(problem => problem.File == trail.Digests[1])];
        Assert.Equal(2, told.Length);
        AssertResult(told[0], LogIntegrityStatus.Unproven, trail.Digests[1], "The digest file's signature is neither");
        AssertResult(told[1], LogIntegrityStatus.Invalid, trail.Digests[1], "is not the one that");
    }

    [Fact]
    public void Another_key_proves_nothing()
    {
        using var trail = new DigestedTrail(2);
        using RSA other = RSA.Create(2048);
        var keys = new DigestPublicKeys([DigestPublicKey.Parse(other.ExportRSAPublicKey())]);
        LogIntegrityResult[] problems = [.. new LogIntegrityCheck(keys).Check(trail.Root).Where(static result => result.IsProblem)];
        Assert.Equal(trail.Digests, problems[..2].Select(static problem => problem.File));
        Assert.All(problems[..2], static problem => Assert.Contains("not among those given", problem.Reason, StringComparison.Ordinal));
        AssertNamedByUnproven(problems[2..], trail);

        // A key that claims to be CloudTrail's does not fit the signatures.
        string fingerprint = DigestPublicKey.Fingerprint(DigestedTrail.PublicKey);
        keys = new DigestPublicKeys([DigestPublicKey.Parse(other.ExportRSAPublicKey(), fingerprint)]);
        problems = [.. new LogIntegrityCheck(keys).Check(trail.Root).Where(static result => result.IsProblem)];
        Assert.All(problems[..2], static problem => Assert.Equal(LogIntegrityStatus.Invalid, problem.Status));
        Assert.Equal(trail.Digests, problems[..2].Select(static problem => problem.File));
        AssertNamedByUnproven(problems[2..], trail);
    }

    [Theory]
    [InlineData("", "")]
    [InlineData("backup/2015", "")]
    [InlineData("", "AWSLogs")]
    [InlineData("", "AWSLogs/111122223333")]
    public void A_folder_above_and_in_the_copy_of_the_bucket_does(string under, string root)
    {
        using var trail = new DigestedTrail(3, under: under);
        string folder = under.Length > 0 ? Path.Combine(trail.Root, "../..") : Path.Combine(trail.Root, root);
        Assert.Equal(9, new LogIntegrityCheck(Keys).Check(folder).Count(static result => result.Status == LogIntegrityStatus.Valid));
        File.Delete(trail.Logs[2][1]);
        AssertResult(
            Assert.Single(new LogIntegrityCheck(Keys).Check(folder), static result => result.IsProblem), LogIntegrityStatus.Missing, trail.Logs[2][1], "removed");
    }

    [Fact]
    public void Only_the_time_asked_for_is_looked_at()
    {
        using var trail = new DigestedTrail(6);
        foreach (int hour in (int[])[0, 2, 5])
        {
            File.Delete(trail.Logs[hour][0]);
        }

        File.Delete(trail.Digests[0]);
        trail.AddLog(DigestedTrail.Start.AddMinutes(10));
        var check = new LogIntegrityCheck(Keys) { StartTime = DigestedTrail.Start.AddHours(2), EndTime = DigestedTrail.Start.AddHours(3) };
        LogIntegrityResult[] results = [.. check.Check(trail.Root)];
        AssertResult(Assert.Single(results, static result => result.IsProblem), LogIntegrityStatus.Missing, trail.Logs[2][0], "removed");
        Assert.Contains(results, result => result.File == trail.Digests[2]);
        Assert.DoesNotContain(results, result => result.File == trail.Digests[5]);

        foreach (int days in (int[])[-2, 2])
        {
            var other = new LogIntegrityCheck(Keys) { StartTime = DigestedTrail.Start.AddDays(days), EndTime = DigestedTrail.Start.AddDays(days + 1) };
            DataProtectionException error = Assert.Throws<DataProtectionException>(() => other.Check(trail.Root).ToArray());
            Assert.Equal(("NoDigestFiles", FailureKind.NotFound), (error.ErrorId, error.Kind));
        }
    }

    [Theory]
    [InlineData(-24, 2, -24, 0)]
    [InlineData(1, 48, 4, 48)]
    [InlineData(-24, 48, -24, 0, 4, 48)]
    [InlineData(0, 4, 4, 5)]
    [InlineData(null, 4, 4, 5)]
    [InlineData(0, 3)]
    [InlineData(null, 3)]
    [InlineData(0, null)]
    public void Parts_of_the_time_asked_for_that_no_digest_file_covers_are_told(int? start, int? end, params int[] gaps)
    {
        using var trail = new DigestedTrail(4);
        LogIntegrityResult[] problems = [.. new LogIntegrityCheck(Keys) { StartTime = At(start), EndTime = At(end) }.Check(trail.Root).Where(static result => result.IsProblem)];
        Assert.Equal(
            gaps.Chunk(2).Select(static gap => (LogIntegrityStatus.Gap, LogIntegrityFileKind.Folder, At(gap[0]), At(gap[1]))),
            problems.Select(static problem => (problem.Status, problem.Kind, problem.UnprovenSince, problem.UnprovenUntil)));
        Assert.All(problems, problem => Assert.Equal(Path.Combine(trail.Root, "AWSLogs", DigestedTrail.Account, "CloudTrail-Digest", "us-east-2"), problem.File));

        static DateTime? At(int? hours) => hours is { } given ? DigestedTrail.Start.AddHours(given) : null;
    }

    [Theory]
    [InlineData("your-trail-name", LogIntegrityFileKind.DigestFile)]
    [InlineData("another-name", LogIntegrityFileKind.Folder)]
    public void A_gap_between_two_trails_is_told_once_whatever_their_names(string name, LogIntegrityFileKind kind)
    {
        using var trail = new DigestedTrail(3);
        DateTime since = trail.End;
        trail.Restart(TimeSpan.FromHours(5));
        DateTime until = trail.End;
        trail.Name = name;
        trail.AddDigest(2);
        trail.AddDigest(2);
        foreach (LogIntegrityCheck check in new[] { new LogIntegrityCheck(Keys), new LogIntegrityCheck(Keys) { StartTime = DigestedTrail.Start, EndTime = trail.End.AddHours(-1) } })
        {
            LogIntegrityResult problem = Assert.Single(check.Check(trail.Root), static result => result.IsProblem);
            Assert.Equal((LogIntegrityStatus.Gap, kind, since, until), (problem.Status, problem.Kind, problem.UnprovenSince, problem.UnprovenUntil));
        }
    }

    [Fact]
    public void Time_over_which_a_digest_file_links_to_the_one_before_is_no_gap()
    {
        using var trail = new DigestedTrail(2);
        trail.Pause(TimeSpan.FromHours(3));
        trail.AddDigest(2);
        var check = new LogIntegrityCheck(Keys) { StartTime = DigestedTrail.Start, EndTime = trail.End.AddHours(-1) };
        Assert.DoesNotContain(check.Check(trail.Root), static result => result.IsProblem);
    }

    [Fact]
    public void Time_for_which_no_digest_file_is_due_yet_is_no_gap()
    {
        using var trail = new DigestedTrail(4);
        var check = new LogIntegrityCheck(Keys) { EndTime = trail.End.AddDays(1), Now = trail.End.AddHours(2) };
        Assert.DoesNotContain(check.Check(trail.Root), static result => result.IsProblem);
        check = new LogIntegrityCheck(Keys) { EndTime = trail.End.AddDays(1), Now = trail.End.AddHours(3) };
        Assert.Equal(trail.End.AddHours(1), Assert.Single(check.Check(trail.Root), static result => result.IsProblem).UnprovenUntil);
    }

    [Theory]
    [InlineData("AWSLogs/111122223333/CloudTrail/extra.json.gz", true)]
    [InlineData("AWSLogs/111122223333/extra.jsonl", true)]
    [InlineData("AWSLogs/o-exampleorgid/111122223333/extra.json", true)]
    [InlineData("AWSLogs/extra.json.gz", true)]
    [InlineData("AWSLogs/111122223333/extra.zip", true)]
    [InlineData("AWSLogs/111122223333/CloudTrail-Digest/extra.json.gz", true)]
    [InlineData("111122223333_CloudTrail_us-east-2_20150817T1510Z_aaaaaaaaaaaaaaaa.json.gz", true)]
    [InlineData("elsewhere/111122223333_CloudTrail_us-east-2_20150817T1510Z_aaaaaaaaaaaaaaaa.json", true)]
    [InlineData("AWSLogs/111122223333/Config/us-east-2/2015/8/17/ConfigHistory/111122223333_Config_us-east-2_ConfigHistory_20150817T151000Z.json.gz", false)]
    [InlineData("AWSLogs/111122223333/CloudTrail-Insight/us-east-2/2015/08/17/111122223333_CloudTrail-Insight_us-east-2_20150817T1510Z_aaaaaaaaaaaaaaaa.json.gz", false)]
    [InlineData("AWSLogs/o-exampleorgid/111122223333/CloudTrail-Insight/us-east-2/2015/08/17/111122223333_CloudTrail-Insight_us-east-2_20150817T1510Z_aaaaaaaaaaaaaaaa.json.gz", false)]
    [InlineData("AWSLogs/111122223333/CloudTrail-NetworkActivity/us-east-2/2015/08/17/111122223333_CloudTrail-NetworkActivity_us-east-2_20150817T1510Z_aaaaaaaaaaaaaaaa.json.gz", false)]
    [InlineData("AWSLogs/111122223333/CloudTrail-Aggregated/us-east-2/2015/08/17/111122223333_CloudTrail-Aggregated_us-east-2_20150817T1510Z_aaaaaaaaaaaaaaaa.json.gz", false)]
    [InlineData("AWSLogs/111122223333/CloudTrail-Insight/us-east-2/2015/08/17/111122223333_CloudTrail_us-east-2_20150817T1510Z_aaaaaaaaaaaaaaaa.json.gz", true)]
    [InlineData("AWSLogs/111122223333/CloudTrail-Insight/111122223333_CloudTrail-Insight_us-east-2_20150817T1510Z_aaaaaaaaaaaaaaaa.json.gz", true)]
    [InlineData("elsewhere/CloudTrail-Insight/us-east-2/111122223333_CloudTrail-Insight_us-east-2_20150817T1510Z_aaaaaaaaaaaaaaaa.json.gz", true)]
    [InlineData("AWSLogs/111122223333/notes.txt", false)]
    [InlineData("public-keys.json", false)]
    public void A_file_that_could_be_taken_for_a_log_file_where_CloudTrail_delivers_none_is_told(string name, bool isTold)
    {
        using var trail = new DigestedTrail(2);
        string path = Path.Combine(trail.Root, name.Replace('/', Path.DirectorySeparatorChar));
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllBytes(path, DigestedTrail.Gzip("{\"Records\":[]}"u8));

        // The same from wherever the check begins above the file.
        foreach (string root in (string[])[trail.Root, Path.Combine(trail.Root, "AWSLogs"), Path.Combine(trail.Root, "AWSLogs", DigestedTrail.Account)])
        {
            LogIntegrityResult[] problems = [.. new LogIntegrityCheck(Keys).Check(root).Where(static result => result.IsProblem)];
            Assert.Equal(isTold && path.StartsWith(root + Path.DirectorySeparatorChar, StringComparison.Ordinal) ? 1 : 0, problems.Length);
            Assert.All(problems, problem => AssertResult(problem, LogIntegrityStatus.Unexpected, path, "delivers none"));
        }
    }

    [Theory]
    [InlineData("2099-01-01T00:00:00Z", null, null)]
    [InlineData("2099-01-01T00:00:00Z", null, 4.0)]
    [InlineData("2099-01-01T00:00:00Z", null, 0.5)]
    [InlineData("2099-01-01T00:00:00Z", -5.0, 0.5)]
    [InlineData("0001-01-01T00:00:00Z", 0.5, 4.0)]
    [InlineData("9999-12-31T23:59:59Z", null, 4.0)]
    public void A_first_digest_file_that_was_changed_is_looked_at_whatever_time_it_says(string start, double? from, double? to)
    {
        // As one who has removed log files would: the time of their digest file, as it says itself, is not asked for.
        using var trail = new DigestedTrail(4);
        foreach (string log in trail.Logs[0])
        {
            File.Delete(log);
        }

        trail.AddUnsigned(trail.Name, DigestedTrail.Start.AddHours(1), digest => (digest["digestStartTime"], digest["digestEndTime"]) = (start, "9999-12-31T23:59:59Z"));
        LogIntegrityResult problem = Check(trail, from, to).First(result => result.Kind == LogIntegrityFileKind.DigestFile);
        AssertResult(problem, LogIntegrityStatus.Invalid, trail.Digests[0], "");
        Assert.Equal((null, DigestedTrail.Start.AddHours(1)), (problem.UnprovenSince, problem.UnprovenUntil!.Value));
    }

    [Fact]
    public void A_name_that_anyone_can_give_takes_no_digest_file_out_of_the_time_asked_for()
    {
        using var trail = new DigestedTrail(4);
        trail.AddUnsigned(trail.Name, DigestedTrail.Start.AddMinutes(105));

        // Log files of the first half hour may have come late, and so be named by the second digest file.
        LogIntegrityResult[] results = Check(trail, null, 0.5);
        Assert.Equal(trail.Digests[..2].Concat(trail.Logs[0]).Concat(trail.Logs[1]).Order(), results.Where(static result => result.Status == LogIntegrityStatus.Valid).Select(static result => result.File).Order());
    }

    [Fact]
    public void A_first_digest_file_may_cover_any_time_where_none_is_made_every_hour()
    {
        using var trail = new DigestedTrail();
        string first = trail.AddDigest(1, edit: static digest => digest["digestStartTime"] = "2015-08-17T00:00:00Z");
        trail.AddDigest(1);
        var check = new LogIntegrityCheck(Keys) { EndTime = DigestedTrail.Start.AddHours(-6), DeliveryDelay = TimeSpan.FromMinutes(10), IsHourly = false };
        Assert.Equal([first, trail.Logs[0][0]], check.Check(trail.Root).Select(static result => result.File));
    }

    [Theory]
    [InlineData("your-trail-name")]
    [InlineData("another")]
    public void A_log_file_that_only_a_digest_file_without_proof_names_is_told_of(string name)
    {
        using var trail = new DigestedTrail(4);
        string covered = trail.AddLog(DigestedTrail.Start.AddMinutes(90), "FORGED0000000001");
        string before = trail.AddLog(DigestedTrail.Start.AddDays(-3), "FORGED0000000002");
        string after = trail.AddLog(trail.End.AddMinutes(20), "FORGED0000000003");

        // It names a file of the trail, too, which a proven digest file names.
        string junk = trail.AddUnsigned(name, DigestedTrail.Start.AddHours(2).AddMinutes(1), edit: null, covered, before, after, trail.Logs[2][0]);
        foreach (LogIntegrityCheck check in new[] { new LogIntegrityCheck(Keys), new LogIntegrityCheck(Keys) { StartTime = DigestedTrail.Start.AddDays(-4), EndTime = trail.End.AddHours(1) } })
        {
            LogIntegrityResult[] results = [.. check.Check(trail.Root)];
            Assert.Equal(LogIntegrityStatus.Valid, Assert.Single(results, result => result.File == trail.Logs[2][0]).Status);
            LogIntegrityResult[] told = [.. new[] { covered, before, after }.Select(file => Assert.Single(results, result => result.File == file))];
            Assert.All(told, result => Assert.Equal((LogIntegrityFileKind.LogFile, junk), (result.Kind, result.DigestFile)));
            AssertResult(told[0], LogIntegrityStatus.Unexpected, covered, "no proven digest file names it, and its time is covered");
            AssertResult(told[1], LogIntegrityStatus.Unproven, before, "The digest file that names the log file is not proven");
            AssertResult(told[2], LogIntegrityStatus.Unproven, after, "The digest file that names the log file is not proven");
            Assert.Contains(results, result => result.File == junk && result.Status == LogIntegrityStatus.Unproven);
        }
    }

    [Theory]
    [InlineData("your-trail-name", "2015-01-01T00:00:00Z", 3.0)]
    [InlineData("another", "2015-01-01T00:00:00Z", 3.0)]
    [InlineData("another", "0001-01-01T00:00:00Z", 3.0)]
    [InlineData("another", "2015-01-01T00:00:00Z", -50.0)]
    [InlineData("your-trail-name", "0001-01-01T00:00:00Z", -50.0)]
    [InlineData("your-trail-name", "0001-01-01T00:00:00Z", 500.0)]
    [InlineData("another", "0001-01-01T00:00:00Z", 500.0)]
    public void What_a_digest_file_without_proof_says_takes_nothing_back_of_what_is_proven(string name, string start, double end)
    {
        using var trail = new DigestedTrail(4);
        string[] added = [trail.AddLog(DigestedTrail.Start.AddMinutes(30)), trail.AddLog(DigestedTrail.Start.AddMinutes(90)), trail.AddLog(DigestedTrail.Start.AddMinutes(150))];
        trail.AddLog(DigestedTrail.Start.AddDays(-3));
        string junk = trail.AddUnsigned(name, DigestedTrail.Start.AddHours(end).AddSeconds(end > 0 && end < 4 ? 1 : 0), digest => digest["digestStartTime"] = start);
        LogIntegrityResult[] results = Check(trail);
        Assert.Equal(12, results.Count(static result => result.Status == LogIntegrityStatus.Valid));
        Assert.Equal(added, results.Where(static result => result is { Status: LogIntegrityStatus.Unexpected, Kind: LogIntegrityFileKind.LogFile }).Select(static result => result.File).Order(StringComparer.Ordinal));
        Assert.Contains(results, result => result.File == junk && result.Status == LogIntegrityStatus.Unproven);
        LogIntegrityResult gap = Assert.Single(results, static result => result.Status == LogIntegrityStatus.Gap);
        Assert.StartsWith("1 log file from 2015-08-14T14:01Z ", gap.Reason, StringComparison.Ordinal);

        // All of the time before and after is told of, with it and without.
        var check = new LogIntegrityCheck(Keys) { StartTime = DigestedTrail.Start.AddDays(-1), EndTime = trail.End.AddDays(1) };
        foreach (LogIntegrityResult[] problems in new[] { Of(check), WithoutJunk() })
        {
            Assert.Contains(problems, problem => problem.Status == LogIntegrityStatus.Gap && problem.UnprovenSince <= check.StartTime && problem.UnprovenUntil == DigestedTrail.Start);
            Assert.Contains(problems, problem => problem.UnprovenSince == trail.End && problem.UnprovenUntil >= check.EndTime);
        }

        LogIntegrityResult[] Of(LogIntegrityCheck check) => [.. check.Check(trail.Root).Where(static result => result.IsProblem)];

        LogIntegrityResult[] WithoutJunk()
        {
            File.Delete(junk);
            return Of(check);
        }
    }

    [Theory]
    [InlineData("your-trail-name")]
    [InlineData("another")]
    public void A_time_that_a_digest_file_without_proof_has_in_its_name_is_told_of_it_and_no_other(string name)
    {
        using var trail = new DigestedTrail(3);
        string junk = trail.AddUnsigned(name, trail.End.AddHours(10));
        var check = new LogIntegrityCheck(Keys) { StartTime = DigestedTrail.Start, EndTime = trail.End.AddHours(20) };
        LogIntegrityResult[] problems = [.. check.Check(trail.Root).Where(static result => result.IsProblem)];
        AssertResult(problems[0], LogIntegrityStatus.Unproven, junk, "The digest file's signature");
        Assert.Equal((name == "another" ? null : trail.End, trail.End.AddHours(10)), (problems[0].UnprovenSince, problems[0].UnprovenUntil!.Value));

        // The hours before that the digest file of another trail does not have are a gap; those of this one, it leaves unproven.
        DateTime[] gaps = [.. problems[1..].SelectMany(static problem => new[] { problem.UnprovenSince!.Value, problem.UnprovenUntil!.Value })];
        Assert.All(problems[1..], static problem => Assert.Equal(LogIntegrityStatus.Gap, problem.Status));
        Assert.Equal(name == "another" ? [trail.End, trail.End.AddHours(8), trail.End.AddHours(10), trail.End.AddHours(20)] : [trail.End.AddHours(10), trail.End.AddHours(20)], gaps);
    }

    [Fact]
    public void A_log_file_that_a_missing_digest_file_could_name_is_told_of()
    {
        using var trail = new DigestedTrail(4);
        string covered = trail.AddLog(DigestedTrail.Start.AddMinutes(30));
        string late = trail.AddLog(DigestedTrail.Start.AddMinutes(110));
        trail.AddLog(DigestedTrail.Start.AddMinutes(130));
        File.Delete(trail.Digests[2]);
        File.Delete(trail.Digests[2] + ".metadata.json");
        LogIntegrityResult[] problems = Problems(trail);
        Assert.Equal(4, problems.Length);
        AssertResult(problems[0], LogIntegrityStatus.Missing, trail.Digests[2], "is missing");
        AssertResult(Assert.Single(problems, problem => problem.File == covered), LogIntegrityStatus.Unexpected, covered, "was added");
        AssertResult(Assert.Single(problems, problem => problem.File == late), LogIntegrityStatus.Unproven, late, "one of the time after it could, and is missing or not proven");
        AssertUnproven(problems[3], trail, 3);
    }

    [Fact]
    public void Each_log_file_that_is_there_and_each_moment_is_told_of_whatever_is_done_to_the_files()
    {
        Gen<(int What, int Which, int Minute)[]> damage = Gen.Select(Gen.Int[0, 8], Gen.Int[0, 99], Gen.Int[-200, 700]).Array[1, 5];
        Gen.Select(damage, Gen.Int[-200, 500], Gen.Int[-100, 200]).Sample(
            (changes, from, until) =>
            {
                using var trail = new DigestedTrail(6);
                var forged = new HashSet<string>(StringComparer.Ordinal);
                foreach ((int what, int which, int minute) in changes)
                {
                    Damage(trail, what, which, DigestedTrail.Start.AddMinutes(minute), forged);
                }

                DateTime? start = from < 0 ? null : DigestedTrail.Start.AddMinutes(from - 100);
                DateTime? end = until < 0 ? null : trail.End.AddMinutes(until - 150);
                if (start > end)
                {
                    return;
                }

                LogIntegrityResult[] results;
                try
                {
                    results = [.. new LogIntegrityCheck(Keys) { StartTime = start, EndTime = end }.Check(trail.Root)];
                }
                catch (DataProtectionException error) when (error.ErrorId == "NoDigestFiles")
                {
                    Assert.DoesNotContain(
                        trail.Digests.Where((digest, hour) => File.Exists(digest) && !(DigestedTrail.Start.AddHours(hour + 1) < start) && !(DigestedTrail.Start.AddHours(hour) > end)), static _ => true);
                    return;
                }

                AssertToldOf(trail, results, start, end, forged);
            },
            iter: 150,
            threads: 1);
    }

    private static void Damage(DigestedTrail trail, int what, int which, DateTime time, HashSet<string> forged)
    {
        string digest = trail.Digests[which % trail.Digests.Count];
        string log = trail.Logs[which % trail.Logs.Count][which % 2];
        switch (what)
        {
            case 0:
                File.Delete(digest);
                File.Delete(digest + ".metadata.json");
                break;
            case 1:
                File.Delete(digest + ".metadata.json");
                break;
            case 2:
                File.WriteAllText(digest, "junk");
                break;
            case 3:
                forged.Add(trail.AddLog(time, "FORGED0000000001"));
                trail.AddUnsigned(trail.Name, DigestedTrail.Start.AddHours(1 + (which % 6)), edit: null, [.. forged]);
                break;
            case 4:
                File.Delete(log);
                break;
            case 5:
                File.WriteAllText(log, "junk");
                break;
            case 6:
                trail.AddUnsigned("another", time, static digest => digest["digestStartTime"] = "0001-01-01T00:00:00Z");
                break;
            case 7:
                trail.AddUnsigned(trail.Name, time, edit: null, log);
                break;
            default:
                forged.Add(trail.AddLog(time, $"FORGED{which:0000000000}"));
                break;
        }
    }

    private static void AssertToldOf(DigestedTrail trail, LogIntegrityResult[] results, DateTime? start, DateTime? end, HashSet<string> forged)
    {
        ILookup<string, LogIntegrityResult> ofLogs = results.Where(static result => result.Kind == LogIntegrityFileKind.LogFile).ToLookup(static result => result.File);
        Assert.All(ofLogs, static log => Assert.Single(log));
        Assert.All(forged, log => Assert.All(ofLogs[log], result => Assert.True(result.IsProblem || result.Status == LogIntegrityStatus.Pending, result.ToString())));

        // Each log file of the time is told of itself, or counted.
        string[] uncounted = [.. trail.Files.Where(file => file.StartsWith(LogsOf(trail), StringComparison.Ordinal) && IsWithin(LogName.TimeOf(Path.GetFileName(file))!.Value) && !ofLogs.Contains(file))];
        int counted = results.Where(result => result.File == LogsOf(trail)).Sum(static result => int.Parse(result.Reason.Split(' ')[0], System.Globalization.CultureInfo.InvariantCulture));
        Assert.Equal(uncounted.Length, counted);

        // Each moment that is asked for is of a digest file that is proven, or of a problem.
        for (DateTime? moment = start ?? DigestedTrail.Start; moment < (end ?? DigestedTrail.Start); moment = moment.Value.AddMinutes(7))
        {
            bool isProven = trail.Digests.Where((_, hour) => moment >= DigestedTrail.Start.AddHours(hour) && moment <= DigestedTrail.Start.AddHours(hour + 1))
                .Any(digest => results.Any(result => result.File == digest && result.Status == LogIntegrityStatus.Valid));
            Assert.True(
                isProven || results.Any(result => result.IsProblem && !(moment < result.UnprovenSince) && !(moment > result.UnprovenUntil)),
                $"{moment:s} is not told of: {string.Join('\n', results.Where(static result => result.IsProblem))}");
        }

        bool IsWithin(DateTime minute) => !(minute.AddMinutes(1) <= start) && !(minute > end);
    }

    [Theory]
    [InlineData("00010101T000000Z")]
    [InlineData("20121231T235959Z")]
    [InlineData("99990101T000000Z")]
    [InlineData("99991231T235959Z")]
    public void A_file_that_is_named_with_a_time_that_is_not_CloudTrails_is_one_problem_and_the_rest_goes_on(string time)
    {
        using var trail = new DigestedTrail(3);
        string digest = trail.Write($"AWSLogs/{DigestedTrail.Account}/CloudTrail-Digest/us-east-2/2015/08/17/{DigestedTrail.Account}_CloudTrail-Digest_us-east-2_your-trail-name_us-east-2_{time}.json.gz", []);
        string log = trail.Write($"AWSLogs/{DigestedTrail.Account}/CloudTrail/us-east-2/2015/08/17/{DigestedTrail.Account}_CloudTrail_us-east-2_{time[..13]}Z_ZZZZZZZZZZZZZZZZ.json.gz", []);
        foreach (LogIntegrityCheck check in new[] { new LogIntegrityCheck(Keys), new LogIntegrityCheck(Keys) { StartTime = DigestedTrail.Start, EndTime = trail.End.AddHours(-1) } })
        {
            LogIntegrityResult[] results = [.. check.Check(trail.Root)];
            Assert.Equal(9, results.Count(static result => result.Status == LogIntegrityStatus.Valid));
            LogIntegrityResult[] problems = [.. results.Where(static result => result.IsProblem).OrderBy(static result => result.File, StringComparer.Ordinal)];
            Assert.Equal(2, problems.Length);
            AssertResult(problems[0], LogIntegrityStatus.Unexpected, digest, "stands among the digest files and is none");
            AssertResult(problems[1], LogIntegrityStatus.Unexpected, log, "is not named as CloudTrail names them");
        }
    }

    [Fact]
    public void The_whole_of_time_may_be_asked_for()
    {
        using var trail = new DigestedTrail(3);
        foreach (DateTime end in new[] { DateTime.MaxValue, DateTime.MaxValue.Date, DateTime.MaxValue.AddMinutes(-90) })
        {
            var check = new LogIntegrityCheck(Keys) { StartTime = DateTime.MinValue, EndTime = end, Now = trail.End.AddHours(1) };
            LogIntegrityResult problem = Assert.Single(check.Check(trail.Root), static result => result.IsProblem);
            Assert.Equal((LogIntegrityStatus.Gap, DateTime.MinValue, DigestedTrail.Start), (problem.Status, problem.UnprovenSince, problem.UnprovenUntil));
        }
    }

    [Fact]
    public void A_digest_file_that_comes_while_the_check_goes_on_is_not_missing()
    {
        using var trail = new DigestedTrail(3);
        var results = new List<LogIntegrityResult>();
        foreach (LogIntegrityResult result in new LogIntegrityCheck(Keys).Check(trail.Root))
        {
            if (results.Count == 0)
            {
                trail.AddDigest(2);
            }

            results.Add(result);
        }

        Assert.Equal(9, results.Count(static result => result.Status == LogIntegrityStatus.Valid));
        Assert.Equal(trail.Logs[3].Order(StringComparer.Ordinal), results.Where(static result => result.Status == LogIntegrityStatus.Pending).Select(static result => result.File).Order(StringComparer.Ordinal));
        Assert.Equal(11, results.Count);
    }

    [Fact]
    public void A_link_to_a_folder_is_told_and_not_followed()
    {
        using var trail = new DigestedTrail(2);
        string day = Path.GetDirectoryName(trail.Logs[0][0])!;
        Directory.Move(day, day + ".real");
        Directory.CreateSymbolicLink(day, day + ".real");
        AssertResult(Assert.Single(Problems(trail), problem => problem.File == day), LogIntegrityStatus.Unproven, day, "links are not followed");
    }

    [Fact]
    public void A_folder_without_digest_files_is_an_error()
    {
        using var trail = new DigestedTrail();
        trail.AddLog(DigestedTrail.Start);
        DataProtectionException error = Assert.Throws<DataProtectionException>(() => Check(trail));
        Assert.Equal("NoDigestFiles", error.ErrorId);
        Assert.Contains(trail.Root, error.Message, StringComparison.Ordinal);
        error = Assert.Throws<DataProtectionException>(() => new LogIntegrityCheck(Keys).Check(Path.Combine(trail.Root, "none")));
        Assert.Equal("FolderNotFound", error.ErrorId);
    }

    [Theory]
    [InlineData("cut", "cut off")]
    [InlineData("empty", "is no gzip data")]
    [InlineData("plain", "is no gzip data")]
    [InlineData("appended", "something was appended")]
    [InlineData("appended byte", "something was appended")]
    [InlineData("second member", "something was appended")]
    [InlineData("link", "is not a regular file")]
    [InlineData("folder", "is not a regular file")]
    public void A_damaged_file_is_named_with_what_is_wrong(string damage, string reason)
    {
        using var trail = new DigestedTrail(2);
        foreach (string file in (string[])[trail.Logs[1][0], trail.Digests[1]])
        {
            byte[] content = File.ReadAllBytes(file);
            File.Delete(file);
            switch (damage)
            {
                case "link":
                    File.WriteAllBytes(file + ".bak", content);
                    File.CreateSymbolicLink(file, file + ".bak");
                    break;
                case "folder" when file == trail.Digests[1]:
                    // A folder among the digest files is only a folder: the digest file is missing.
                    File.WriteAllBytes(file, content);
                    continue;
                case "folder":
                    Directory.CreateDirectory(file);
                    break;
                default:
                    File.WriteAllBytes(file, damage switch
                    {
                        "cut" => content[..^9],
                        "empty" => [],
                        "plain" => Gunzip(content),
                        "appended" => [.. content, .. "more"u8],
                        "appended byte" => [.. content, 0],
                        _ => [.. content, .. DigestedTrail.Gzip(" "u8)],
                    });
                    break;
            }

            LogIntegrityResult problem = Problems(trail).First(problem => problem.File == file);
            AssertResult(problem, LogIntegrityStatus.Invalid, file, reason);
            File.Delete(file + ".bak");
            if (damage == "folder")
            {
                Directory.Delete(file);
            }

            File.Delete(file);
            File.WriteAllBytes(file, content);
        }
    }

    [Fact]
    public void A_digest_file_that_unpacks_beyond_its_limit_is_given_up()
    {
        using var trail = new DigestedTrail(2);
        byte[] bomb;
        using (var stream = new MemoryStream())
        {
            using (var gzip = new GZipStream(stream, CompressionLevel.Optimal, leaveOpen: true))
            {
                byte[] zeros = new byte[1024 * 1024];
                for (int i = 0; i <= DigestFile.MaxBytes / zeros.Length; i++)
                {
                    gzip.Write(zeros);
                }
            }

            bomb = stream.ToArray();
        }

        File.WriteAllBytes(trail.Digests[0], bomb);
        AssertResult(ProblemOfTime(trail, 2), LogIntegrityStatus.Invalid, trail.Digests[0], "has more than 33,554,432 bytes when unpacked");
    }

    [Theory]
    [InlineData("[]", "an object is needed")]
    [InlineData("{", "not valid JSON")]
    [InlineData("{}", "has no text \"digestSignatureAlgorithm\"")]
    [InlineData("{\"digestSignatureAlgorithm\":\"MD5withRSA\"}", "has \"MD5withRSA\" as \"digestSignatureAlgorithm\"")]
    public void A_digest_file_that_is_none_is_named_with_what_is_wrong(string content, string reason)
    {
        using var trail = new DigestedTrail(2);
        File.WriteAllBytes(trail.Digests[0], DigestedTrail.Gzip(Encoding.UTF8.GetBytes(content)));
        AssertResult(ProblemOfTime(trail, 2), LogIntegrityStatus.Invalid, trail.Digests[0], reason);
    }

    [Theory]
    [InlineData("previousDigestS3Object", null)]
    [InlineData("digestEndTime", "2015-08-17 15:01:31")]
    [InlineData("digestEndTime", "2015-08-17T13:01:31Z")]
    [InlineData("digestEndTime", "2015-08-17T23:01:31Z")]
    [InlineData("logFiles", "none")]
    [InlineData("awsAccountId", 5)]
    public void Even_a_signed_digest_file_must_make_sense(string name, object? value)
    {
        using var trail = new DigestedTrail(1);
        string digest = trail.AddDigest(1, edit: json => json[name] = value is null ? null : JToken.FromObject(value));
        LogIntegrityResult problem = Problems(trail)[0];
        Assert.Equal((LogIntegrityStatus.Invalid, digest), (problem.Status, problem.File));
    }

    [Theory]
    [InlineData("../../outside.json.gz")]
    [InlineData("AWSLogs/../../outside.json.gz")]
    [InlineData("/etc/hostname")]
    public void A_key_that_leads_out_of_the_folder_is_not_followed(string key)
    {
        using var trail = new DigestedTrail(1);
        trail.AddDigest(1, edit: json => json["logFiles"]![0]!["s3Object"] = key);
        Assert.Contains(Problems(trail), static problem => problem.Status == LogIntegrityStatus.Missing && problem.Reason.Contains("outside this folder", StringComparison.Ordinal));
    }

    [Fact]
    public void What_cannot_be_read_is_named()
    {
        if (OperatingSystem.IsWindows() || Environment.IsPrivilegedProcess)
        {
            // Everything can be read; a link to itself cannot be followed, and is refused as what it is.
            return;
        }

        using var trail = new DigestedTrail(2);
        File.SetUnixFileMode(trail.Logs[0][0], UnixFileMode.None);
        AssertResult(Problem(trail), LogIntegrityStatus.Unproven, trail.Logs[0][0], "could not be read");
    }

    [Fact]
    public void All_digest_files_of_a_chain_are_of_one_bucket_until_one_follows_one_of_the_bucket_before()
    {
        using var trail = new DigestedTrail(2);
        trail.Bucket = "amzn-s3-demo-bucket2";
        trail.AddDigest(2, edit: static digest => digest["logFiles"]![0]!["s3Bucket"] = "amzn-s3-demo-bucket");
        trail.AddDigest(2);
        Assert.Empty(Problems(trail));

        // What is of the other bucket may not have been copied here, and so is not missing; the rest is.
        File.Delete(trail.Logs[2][0]);
        File.Delete(trail.Logs[2][1]);
        LogIntegrityResult[] problems = Problems(trail);
        Assert.Equal(2, problems.Length);
        AssertResult(problems[0], LogIntegrityStatus.Unproven, $"s3://amzn-s3-demo-bucket/{KeyOf(trail, trail.Logs[2][0])}", "was delivered to another bucket, \"amzn-s3-demo-bucket\"");
        AssertResult(problems[1], LogIntegrityStatus.Missing, trail.Logs[2][1], "was removed");
        File.Delete(trail.Digests[1]);
        AssertResult(
            Problems(trail)[0], LogIntegrityStatus.Unproven, $"s3://amzn-s3-demo-bucket/{KeyOf(trail, trail.Digests[1])}", "is in another bucket, \"amzn-s3-demo-bucket\"");

        // One that starts a chain says of no bucket that it was the one before.
        trail.Restart(TimeSpan.FromHours(1));
        trail.Bucket = "amzn-s3-demo-bucket3";
        string other = trail.AddDigest(1);
        LogIntegrityResult moved = Assert.Single(Problems(trail), problem => problem.File == other);
        AssertResult(moved, LogIntegrityStatus.Invalid, other, "was delivered to the bucket \"amzn-s3-demo-bucket3\", and not to \"amzn-s3-demo-bucket2\"");
        Assert.Equal(LogIntegrityStatus.Unproven, Assert.Single(Problems(trail), problem => problem.File == trail.Logs[4][0]).Status);
    }

    [Fact]
    public void Several_regions_are_several_chains()
    {
        using var first = new DigestedTrail(2);
        using var second = new DigestedTrail(2, region: "eu-west-1");
        Copy(second, first);
        Assert.Equal(12, Check(first).Count(static result => result.Status == LogIntegrityStatus.Valid));
        Assert.Empty(Problems(first));
    }

    [Fact]
    public void Keys_are_asked_for_the_time_of_the_digest_files_and_of_a_backfill_until_now_for_it_was_made_later()
    {
        using var trail = new DigestedTrail(3);
        string log = trail.AddLog(DigestedTrail.Start.AddMinutes(30));
        string backfill = trail.AddBackfill(DigestedTrail.Start.AddHours(1), log);

        // Another trail's, in a time that is yet to come: keys of that there are none.
        trail.AddUnsigned("another", trail.End.AddYears(1));
        DateTime now = trail.End.AddMonths(2);
        var keys = new NotingKeys();
        LogIntegrityResult[] results = [.. new LogIntegrityCheck(keys) { Now = now }.Check(trail.Root)];
        Assert.All(new[] { log, backfill }, file => Assert.Equal(LogIntegrityStatus.Valid, Assert.Single(results, result => result.File == file).Status));
        Assert.Equal(
            [(now, now), (DigestedTrail.Start.AddHours(-1), trail.End.AddHours(2)), (DigestedTrail.Start.AddHours(-1), now)],
            keys.Asked);
        Assert.All(keys.Asked, static asked => Assert.Equal((DateTimeKind.Utc, DateTimeKind.Utc), (asked.Start.Kind, asked.End.Kind)));
    }

    [Fact]
    public void A_log_file_that_only_a_backfill_without_proof_names_is_told_of_with_it()
    {
        using var trail = new DigestedTrail(3);
        string log = trail.AddLog(DigestedTrail.Start.AddMinutes(30));
        string backfill = trail.AddBackfill(DigestedTrail.Start.AddHours(1), log, signature: false);
        LogIntegrityResult[] problems = Problems(trail);
        Assert.Equal(2, problems.Length);
        AssertResult(problems[0], LogIntegrityStatus.Unproven, backfill, "The digest file's signature is neither");
        Assert.Equal((DigestedTrail.Start.AddHours(-1), DigestedTrail.Start.AddHours(1)), (problems[0].UnprovenSince!.Value, problems[0].UnprovenUntil!.Value));
        AssertResult(problems[1], LogIntegrityStatus.Unexpected, log, "no proven digest file names it");
        Assert.Equal(backfill, problems[1].DigestFile);
    }

    [Fact]
    public void A_damaged_chain_has_the_same_results_in_the_same_order_however_many_files_are_read_at_a_time()
    {
        using var trail = new DigestedTrail(12, logFiles: 5);
        (LogIntegrityStatus, string)[] damage = trail.Damage();
        LogIntegrityResult[] one = [.. new LogIntegrityCheck(Keys) { Parallelism = 1 }.Check(trail.Root)];
        Assert.Equal(damage, one.Where(static result => result.IsProblem).Select(static result => (result.Status, result.File)));
        Assert.Equal([trail.Digests[0], .. trail.Logs[0], trail.Digests[1], .. trail.Logs[1]], one.Take(12).Select(static result => result.File));
        for (int round = 0; round < 20; round++)
        {
            Assert.Equal(one, new LogIntegrityCheck(Keys) { Parallelism = 8 }.Check(trail.Root));
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(8)]
    public void What_ends_a_check_comes_after_the_results_of_what_was_before_it(int parallelism)
    {
        using var first = new DigestedTrail(2, region: "eu-west-1");
        using var second = new DigestedTrail(2, region: "us-east-2");
        string[] files = [.. first.Digests, .. first.Logs.SelectMany(static logs => logs)];
        Copy(second, first);
        var results = new List<LogIntegrityResult>();
        DataProtectionException error = Assert.Throws<DataProtectionException>(() =>
        {
            foreach (LogIntegrityResult result in new LogIntegrityCheck(new OneRegionsKeys("eu-west-1")) { Parallelism = parallelism }.Check(first.Root))
            {
                results.Add(result);
            }
        });
        Assert.Equal("ExpiredToken", error.ErrorId);
        Assert.Equal(files.Order(), results.Select(static result => result.File).Order());
    }

    [Fact]
    public void Digest_files_after_the_end_time_that_were_removed_hide_no_log_file_that_was_added_before_it()
    {
        using var trail = new DigestedTrail(6);
        DateTime end = DigestedTrail.Start.AddHours(3);
        string[] added = [trail.AddLog(end.AddMinutes(-30), "FORGED0000000001"), trail.AddLog(end.AddMinutes(-1), "FORGED0000000002")];
        Assert.All(added, file => Assert.Equal(LogIntegrityStatus.Unexpected, Assert.Single(Check(trail, 0, 3), result => result.File == file).Status));
        for (int hour = 3; hour < 6; hour++)
        {
            Remove(trail, hour);
        }

        LogIntegrityResult[] results = Check(trail, 0, 3);
        Assert.All(added, file => AssertResult(Assert.Single(results, result => result.File == file), LogIntegrityStatus.Unproven, file, "one of the time after it could"));
        LogIntegrityResult gap = Assert.Single(results, static result => result.Kind == LogIntegrityFileKind.Folder);
        Assert.Equal((LogIntegrityStatus.Gap, end, end.AddHours(1)), (gap.Status, gap.UnprovenSince, gap.UnprovenUntil));
        Assert.EndsWith("which may have named late log files of the time asked for.", gap.Reason, StringComparison.Ordinal);

        // Without an end the newest digest file is it: a copy may be old.
        Assert.Equal(added, Check(trail, 0, null).Where(static result => result.Status == LogIntegrityStatus.Pending).Select(static result => result.File).Order(StringComparer.Ordinal));
        Assert.Empty(Problems(trail));
    }

    [Fact]
    public void A_late_log_file_does_not_go_without_a_trace_with_the_digest_file_after_the_end_time_that_names_it()
    {
        using var trail = new DigestedTrail(3);
        string late = trail.AddLog(trail.End.AddMinutes(-10));
        trail.AddDigest(1, edit: digest => ((JArray)digest["logFiles"]!).Add(trail.NameIn(late)));
        DateTime end = DigestedTrail.Start.AddHours(3).AddMinutes(-5);
        LogIntegrityCheck check = new(Keys) { StartTime = DigestedTrail.Start, EndTime = end };
        LogIntegrityResult[] results = [.. check.Check(trail.Root)];
        Assert.DoesNotContain(results, static result => result.IsProblem);
        Assert.Equal(LogIntegrityStatus.Valid, Assert.Single(results, result => result.File == late).Status);

        Remove(trail, 3);
        File.Delete(late);
        LogIntegrityResult problem = Assert.Single(check.Check(trail.Root), static result => result.IsProblem);
        Assert.Equal((LogIntegrityStatus.Gap, DigestedTrail.Start.AddHours(3), end.AddHours(1)), (problem.Status, problem.UnprovenSince, problem.UnprovenUntil));
    }

    [Fact]
    public void A_trail_that_goes_on_has_no_problem_at_any_time_and_up_to_any_time()
    {
        using var trail = new DigestedTrail(6);
        string[] pending = [trail.AddLog(trail.End.AddMinutes(-50), "LATE000000000001"), trail.AddLog(trail.End.AddMinutes(-5), "LATE000000000002"), trail.AddLog(trail.End.AddMinutes(5), "NEW0000000000003")];

        // The digest file of the next hour is there an hour after that at the latest.
        for (DateTime now = trail.End.AddMinutes(10); now <= trail.End.AddHours(2); now = now.AddMinutes(22))
        {
            for (DateTime end = trail.End.AddHours(-3); end < now.AddHours(3); end = end.AddMinutes(17))
            {
                LogIntegrityResult[] results = [.. new LogIntegrityCheck(Keys) { StartTime = DigestedTrail.Start, EndTime = end, Now = now }.Check(trail.Root)];
                Assert.DoesNotContain(results, static result => result.IsProblem);
                Assert.Equal(pending.Count(file => LogName.TimeOf(Path.GetFileName(file)) <= end), results.Count(static result => result.Status == LogIntegrityStatus.Pending));
            }
        }
    }

    [Fact]
    public void A_file_of_other_events_that_a_digest_file_names_is_told_of_as_a_log_file_is()
    {
        using var trail = new DigestedTrail(1);
        string insight = trail.Write(
            $"AWSLogs/{DigestedTrail.Account}/CloudTrail-Insight/us-east-2/{DigestedTrail.Account}_CloudTrail_us-east-2_20150817T1510Z_aaaaaaaaaaaaaaaa.json.gz", DigestedTrail.Gzip("{\"Records\":[]}"u8));
        trail.AddDigest(1, edit: digest => ((JArray)digest["logFiles"]!).Add(trail.NameIn(insight)));
        Assert.Equal(LogIntegrityStatus.Valid, Assert.Single(Check(trail), result => result.File == insight).Status);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("us-east-2")]
    public void A_file_that_was_added_in_the_folder_of_a_region_is_told_also_when_it_is_made_to_look_of_another(string? region)
    {
        using var trail = new DigestedTrail(3);
        string[] files = [trail.AddLog(DigestedTrail.Start.AddHours(1)), trail.Digests[1]];
        string nested = Path.Combine(Path.GetDirectoryName(files[0])!, "CloudTrail", "x");
        Directory.CreateDirectory(nested);
        File.Move(files[0], Path.Combine(nested, Path.GetFileName(files[0])));
        string renamed = Path.Combine(Path.GetDirectoryName(files[1])!, Path.GetFileName(files[1]).Replace("Digest_us-east-2", "Digest_eu-west-1", StringComparison.Ordinal));
        File.Copy(files[1], renamed);
        string deeper = Path.Combine(Path.GetDirectoryName(files[1])!, "CloudTrail-Digest", "eu-west-1", Path.GetFileName(renamed));
        Directory.CreateDirectory(Path.GetDirectoryName(deeper)!);
        File.Copy(files[1], deeper);

        LogIntegrityResult[] problems = [.. new LogIntegrityCheck(Keys) { Region = region }.Check(trail.Root).Where(static result => result.IsProblem).OrderBy(static result => result.File, StringComparer.Ordinal)];
        Assert.Equal(3, problems.Length);
        AssertResult(problems[0], LogIntegrityStatus.Unexpected, renamed, "stands among the digest files and is none");
        AssertResult(problems[1], LogIntegrityStatus.Unexpected, deeper, "stands among the digest files and is none");
        AssertResult(problems[2], LogIntegrityStatus.Missing, nested, "1 log file from");
    }

    [Fact]
    public void The_prefix_of_a_trail_may_be_a_name_of_CloudTrails_own()
    {
        using var trail = new DigestedTrail(2, under: "CloudTrail/backup");
        LogIntegrityResult[] results = [.. new LogIntegrityCheck(Keys) { Region = "us-east-2" }.Check(Path.Combine(trail.Root, "../.."))];
        Assert.Equal(6, results.Count(static result => result.Status == LogIntegrityStatus.Valid));
        Assert.Equal(6, results.Length);
    }

    [Theory]
    [InlineData(null, 120)]
    [InlineData(1.5, 90)]
    public void A_backfill_digest_file_alone_proves_no_time(double? to, int until)
    {
        using var trail = new DigestedTrail(4);
        string log = trail.AddLog(DigestedTrail.Start.AddMinutes(80));
        string backfill = trail.AddBackfill(DigestedTrail.Start.AddHours(2), log);
        Assert.Empty(Problems(trail));
        for (int hour = 0; hour < 4; hour++)
        {
            Remove(trail, hour);
        }

        LogIntegrityResult[] results = Check(trail, null, to);
        Assert.All(new[] { log, backfill }, file => Assert.Equal(LogIntegrityStatus.Valid, Assert.Single(results, result => result.File == file).Status));
        LogIntegrityResult gap = Assert.Single(results, static result => result.IsProblem);
        Assert.Equal((LogIntegrityStatus.Gap, DigestedTrail.Start.AddHours(1), DigestedTrail.Start.AddMinutes(until)), (gap.Status, gap.UnprovenSince, gap.UnprovenUntil));
    }

    [Fact]
    public void A_backfill_digest_file_is_of_a_bucket_to_which_its_trail_delivered()
    {
        using var trail = new DigestedTrail(3);
        string log = trail.AddLog(DigestedTrail.Start.AddMinutes(90), "LATE000000000001");
        string backfill = trail.AddBackfill(DigestedTrail.Start.AddHours(2), log);
        trail.Bucket = "amzn-s3-demo-bucket2";
        trail.AddDigest(2);
        Assert.Empty(Problems(trail));
        Assert.Equal(LogIntegrityStatus.Valid, Assert.Single(Check(trail), result => result.File == backfill).Status);

        trail.Bucket = "amzn-s3-demo-bucket3";
        string added = trail.AddLog(DigestedTrail.Start.AddMinutes(30), "FORGED0000000001");
        string other = trail.AddBackfill(DigestedTrail.Start.AddHours(1), added);
        LogIntegrityResult[] problems = Problems(trail);
        Assert.Equal(2, problems.Length);
        AssertResult(problems[0], LogIntegrityStatus.Invalid, other, "was delivered to the bucket \"amzn-s3-demo-bucket3\", and not to \"amzn-s3-demo-bucket2\"");
        AssertResult(problems[1], LogIntegrityStatus.Unexpected, added, "was added");
    }

    [Theory]
    [InlineData(null, 180.0, 180.0)]
    [InlineData(59.66, null, 60.0)]
    [InlineData(60.4, null, 60.0)]
    public void A_log_file_that_was_added_is_told_also_in_the_minutes_in_which_the_time_asked_for_starts_and_ends(double? from, double? to, double minute)
    {
        using var trail = new DigestedTrail(6);
        string added = trail.AddLog(DigestedTrail.Start.AddMinutes(minute));
        AssertResult(Assert.Single(Check(trail, from / 60, to / 60), static result => result.IsProblem), LogIntegrityStatus.Unexpected, added, "was added");
    }

    [Fact]
    public void A_log_file_of_the_minute_in_which_the_time_asked_for_starts_may_be_named_before_that()
    {
        using var trail = new DigestedTrail(0);
        string log = trail.AddLog(DigestedTrail.Start.AddHours(1));
        trail.AddDigest(1, edit: digest => ((JArray)digest["logFiles"]!).Add(trail.NameIn(log)));
        trail.AddDigest(1);
        var check = new LogIntegrityCheck(Keys) { StartTime = DigestedTrail.Start.AddHours(1).AddSeconds(20) };
        LogIntegrityResult[] results = [.. check.Check(trail.Root)];
        Assert.Equal(LogIntegrityStatus.Valid, Assert.Single(results, result => result.File == log).Status);
        Assert.DoesNotContain(results, static result => result.IsProblem);
    }

    [Fact]
    public void A_gap_after_the_time_asked_for_is_not_told()
    {
        using var trail = new DigestedTrail(3);
        trail.Restart(TimeSpan.FromDays(60));
        trail.AddDigest(2);
        foreach (int seconds in (int[])[-3600, -30, 0])
        {
            var check = new LogIntegrityCheck(Keys) { StartTime = DigestedTrail.Start, EndTime = DigestedTrail.Start.AddHours(2).AddSeconds(seconds) };
            Assert.DoesNotContain(check.Check(trail.Root), static result => result.IsProblem);
        }

        // Late log files may have been named in it.
        Assert.Equal(LogIntegrityStatus.Gap, Assert.Single(Check(trail, 0, 2.5), static result => result.IsProblem).Status);
    }

    [Fact]
    public void A_missing_digest_file_with_which_a_trail_moved_to_another_bucket_is_told_and_those_after_it_are_not_called_changed()
    {
        using var trail = new DigestedTrail(2);
        trail.Bucket = "amzn-s3-demo-bucket2";
        for (int hour = 0; hour < 3; hour++)
        {
            trail.AddDigest(1);
        }

        Assert.Empty(Problems(trail));
        Remove(trail, 2);
        LogIntegrityResult[] problems = Problems(trail);
        AssertResult(problems[0], LogIntegrityStatus.Missing, trail.Digests[2], "is missing");
        Assert.Equal((DigestedTrail.Start.AddHours(2), DigestedTrail.Start.AddHours(3), trail.Digests[3]), (problems[0].UnprovenSince!.Value, problems[0].UnprovenUntil!.Value, problems[0].DigestFile));
        AssertResult(problems[1], LogIntegrityStatus.Unproven, trail.Digests[3], "delivered to the bucket \"amzn-s3-demo-bucket2\", and nothing shows that the trail moved there");
        AssertResult(problems[2], LogIntegrityStatus.Unproven, trail.Digests[4], "delivered to the bucket \"amzn-s3-demo-bucket2\", and nothing shows that the trail moved there");
        AssertNamedByUnproven(problems[3..], trail);
        Assert.Equal(2, problems[3..].Length);
    }

    private static LogIntegrityResult[] Check(DigestedTrail trail) => [.. new LogIntegrityCheck(Keys).Check(trail.Root)];

    private static LogIntegrityResult[] Check(DigestedTrail trail, double? from, double? to) =>
        [.. new LogIntegrityCheck(Keys) { StartTime = At(from), EndTime = At(to) }.Check(trail.Root)];

    private static DateTime? At(double? hours) => hours is { } given ? DigestedTrail.Start.AddHours(given) : null;

    private static LogIntegrityResult[] Problems(DigestedTrail trail) => [.. Check(trail).Where(static result => result.IsProblem)];

    private static LogIntegrityResult Problem(DigestedTrail trail) => Assert.Single(Problems(trail));

    // The one problem but for the log files of its time, which are counted.
    private static LogIntegrityResult ProblemOfTime(DigestedTrail trail, int logs)
    {
        LogIntegrityResult[] problems = Problems(trail);
        Assert.Equal(2, problems.Length);
        AssertUnproven(problems[1], trail, logs);
        return problems[0];
    }

    // The one problem but for the log files that the digest file names, of which each is one.
    private static LogIntegrityResult ProblemOfDigest(DigestedTrail trail, IEnumerable<string> logs)
    {
        LogIntegrityResult[] problems = Problems(trail);
        Assert.Equal(logs.Order(StringComparer.Ordinal), problems[1..].Select(static problem => problem.File).Order(StringComparer.Ordinal));
        AssertNamedByUnproven(problems[1..], trail);
        return problems[0];
    }

    private static void AssertNamedByUnproven(LogIntegrityResult[] problems, DigestedTrail trail)
    {
        Assert.NotEmpty(problems);
        Assert.All(problems, problem =>
        {
            AssertResult(problem, LogIntegrityStatus.Unproven, problem.File, "The digest file that names the log file is not proven.");
            Assert.Equal(LogIntegrityFileKind.LogFile, problem.Kind);
            Assert.Equal(trail.Digests[trail.Logs.FindIndex(logs => logs.Contains(problem.File))], problem.DigestFile);
        });
    }

    private static void AssertUnproven(LogIntegrityResult problem, DigestedTrail trail, int logs)
    {
        AssertResult(problem, LogIntegrityStatus.Unproven, LogsOf(trail), $"{logs} log file{(logs == 1 ? "" : "s")} from ");
        Assert.Equal(LogIntegrityFileKind.Folder, problem.Kind);
    }

    // A digest file, its signature and the log files that it names, as one who leaves no trace would.
    private static void Remove(DigestedTrail trail, int hour)
    {
        File.Delete(trail.Digests[hour]);
        File.Delete(trail.Digests[hour] + ".metadata.json");
        trail.Logs[hour].ForEach(File.Delete);
    }

    private static string KeyOf(DigestedTrail trail, string file) => Path.GetRelativePath(trail.Root, file).Replace(Path.DirectorySeparatorChar, '/');

    private static string LogsOf(DigestedTrail trail) => Path.Combine(trail.Root, "AWSLogs", DigestedTrail.Account, "CloudTrail", "us-east-2");

    private static void AssertResult(LogIntegrityResult result, LogIntegrityStatus status, string file, string reason)
    {
        Assert.Equal((status, file), (result.Status, result.File));
        Assert.Contains(reason, result.Reason, StringComparison.Ordinal);
        Assert.EndsWith(".", result.Reason, StringComparison.Ordinal);
    }

    private static void Copy(DigestedTrail from, DigestedTrail to)
    {
        foreach (string file in from.Files)
        {
            to.Write(Path.GetRelativePath(from.Root, file), File.ReadAllBytes(file));
        }
    }

    // What a file says, by the framework's own readers.
    private static string Meaning(string file, byte[] content) => file.EndsWith(".gz", StringComparison.Ordinal)
        ? Encoding.UTF8.GetString(Gunzip(content))
        : JObject.Parse(Encoding.UTF8.GetString(content))["Metadata"]!.ToString().ToLowerInvariant();

    private static byte[] Gunzip(byte[] content)
    {
        using var gzip = new GZipStream(new MemoryStream(content), CompressionMode.Decompress);
        using var plain = new MemoryStream();
        gzip.CopyTo(plain);
        return plain.ToArray();
    }

    private sealed class NotingKeys : IDigestKeySource
    {
        public List<(DateTime Start, DateTime End)> Asked { get; } = [];

        public DigestPublicKeys Find(string region, DateTime start, DateTime end, CancellationToken cancellationToken)
        {
            Asked.Add((start, end));
            return Keys;
        }
    }

    private sealed class OneRegionsKeys(string region) : IDigestKeySource
    {
        public DigestPublicKeys Find(string asked, DateTime start, DateTime end, CancellationToken cancellationToken) =>
            asked == region ? Keys : throw new DataProtectionException("ExpiredToken", FailureKind.PermissionDenied, "The token has expired.");
    }
}
