using System.Text;
using ImageBuilderDataProtection.Audit.Integrity;
using ImageBuilderDataProtection.Kms.Aws;
using ImageBuilderDataProtection.Kms.Aws.Buckets;
using ImageBuilderDataProtection.Tests.Audit.Integrity;
using Newtonsoft.Json.Linq;

namespace ImageBuilderDataProtection.Tests.Kms.Aws.Buckets;

/// <summary>The check of log files in their bucket, over HTTP, with the SDK's own client.</summary>
public sealed class BucketCheckTests : IDisposable
{
    private const string Account = $"AWSLogs/{DigestedTrail.Account}/";
    private const string Digests = $"{Account}CloudTrail-Digest/us-east-2/";
    private const string Logs = $"{Account}CloudTrail/us-east-2/";

    private static readonly DigestPublicKeys Keys = new([DigestPublicKey.Parse(DigestedTrail.PublicKey)]);

    // No test waits that long, unless it fails.
    private static readonly TimeSpan Long = TimeSpan.FromSeconds(30);

    private readonly S3Stub _bucket = new() { PageSize = 3 };

    public void Dispose() => _bucket.Dispose();

    [Fact]
    public void An_untouched_chain_passes_and_each_object_is_read_once()
    {
        using var trail = new DigestedTrail(4);
        Upload(trail);
        LogIntegrityResult[] results = Check();
        Assert.All(results, static result => Assert.Equal(LogIntegrityStatus.Valid, result.Status));
        Assert.Equal(_bucket.Objects.Keys.Select(Path), results.Select(static result => result.File).Order(StringComparer.Ordinal));

        Assert.Equal(
            _bucket.Objects.Keys.Select(static key => ("GET", key)),
            _bucket.Requests.Where(static request => request.Key.Length > 0).Select(static request => (request.Method, request.Key)).OrderBy(static request => request.Key, StringComparer.Ordinal));
    }

    [Fact]
    public void A_byte_that_is_changed_is_found_in_any_object()
    {
        using var trail = new DigestedTrail(3);
        Upload(trail);
        foreach ((string key, byte[] content) in _bucket.Objects.ToArray())
        {
            byte[] changed = [.. content];
            changed[content.Length / 2] ^= 1;
            _bucket.Objects[key] = changed;
            LogIntegrityResult problem = ProblemOf(key);
            Assert.Equal((LogIntegrityStatus.Invalid, Path(key)), (problem.Status, problem.File));
            _bucket.Objects[key] = content;
        }
    }

    [Fact]
    public void An_object_that_is_removed_is_found()
    {
        using var trail = new DigestedTrail(4);
        Upload(trail);
        foreach ((string key, byte[] content) in _bucket.Objects.Where(item => item.Key != Key(trail, trail.Digests[3])).ToArray())
        {
            _bucket.Objects.Remove(key);
            LogIntegrityResult problem = ProblemOf(key);
            Assert.Equal((LogIntegrityStatus.Missing, Path(key)), (problem.Status, problem.File));
            _bucket.Objects[key] = content;
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Digest_files_that_change_places_are_both_found(bool withSignatures)
    {
        using var trail = new DigestedTrail(4);
        Upload(trail);
        string[] keys = [Key(trail, trail.Digests[1]), Key(trail, trail.Digests[2])];
        (_bucket.Objects[keys[0]], _bucket.Objects[keys[1]]) = (_bucket.Objects[keys[1]], _bucket.Objects[keys[0]]);
        if (withSignatures)
        {
            (_bucket.Metadata[keys[0]], _bucket.Metadata[keys[1]]) = (_bucket.Metadata[keys[1]], _bucket.Metadata[keys[0]]);
        }

        LogIntegrityResult[] problems = Problems();
        Assert.Equal([.. keys.Select(Path), Path(Logs.TrimEnd('/'))], problems.Select(static problem => problem.File));
        Assert.All(problems[..2], static problem => Assert.Contains("was moved", problem.Reason, StringComparison.Ordinal));
        Assert.StartsWith("4 log files from ", problems[2].Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void A_signature_is_read_from_the_metadata()
    {
        using var trail = new DigestedTrail(3);
        Upload(trail);
        string middle = Key(trail, trail.Digests[1]);
        string last = Key(trail, trail.Digests[2]);

        // The next digest file has the signature, too; of the last there is no other.
        string signature = _bucket.Metadata[middle]["signature"];
        _bucket.Metadata[middle]["signature"] = _bucket.Metadata[last]["signature"];
        LogIntegrityResult problem = Assert.Single(Problems());
        Assert.Equal((LogIntegrityFileKind.SignatureFile, LogIntegrityStatus.Invalid, Path(middle)), (problem.Kind, problem.Status, problem.File));
        Assert.StartsWith("The signature in the metadata was changed: ", problem.Reason, StringComparison.Ordinal);
        _bucket.Metadata[middle]["signature"] = signature;

        _bucket.Metadata[last]["signature-algorithm"] = "MD5withRSA";
        Assert.Equal(
            ["The signature in the metadata has no \"signature-algorithm\" SHA256withRSA.", "The digest file's signature is neither in its object's metadata nor in a digest file after it; it is lost there when an object is copied without its metadata."],
            Problems()[..2].Select(static problem => problem.Reason));
        AssertNamedBy(last, Problems()[2..]);
        _bucket.Metadata.Remove(last);
        Assert.Equal((LogIntegrityStatus.Unproven, Path(last)), (Problems()[0].Status, Problems()[0].File));
        AssertNamedBy(last, Problems()[1..]);

        void AssertNamedBy(string digest, LogIntegrityResult[] problems)
        {
            Assert.Equal(trail.Logs[2].Select(log => Path(Key(trail, log))), problems.Select(static problem => problem.File));
            Assert.All(problems, problem => Assert.Equal((LogIntegrityStatus.Unproven, Path(digest)), (problem.Status, problem.DigestFile)));
        }
    }

    [Fact]
    public void A_signature_is_looked_for_in_the_objects_that_follow_and_each_is_read_once()
    {
        using var trail = new DigestedTrail(4);
        string[] junk = [.. Enumerable.Range(1, 3).Select(minute => trail.AddUnsigned(trail.Name, DigestedTrail.Start.AddHours(2).AddMinutes(50 + minute)))];
        Upload(trail);
        _bucket.Metadata.Remove(Key(trail, trail.Digests[1]));
        LogIntegrityResult[] results = Check(new LogIntegrityCheck(Keys) { EndTime = DigestedTrail.Start.AddMinutes(50) }, "");
        Assert.Equal(6, results.Count(static result => result.Status == LogIntegrityStatus.Valid));
        Assert.DoesNotContain(results, static result => result.IsProblem);
        string[] read = [.. _bucket.Requests.Where(IsDigestFile).Select(static request => request.Key).Order(StringComparer.Ordinal)];
        Assert.Equal(trail.Digests[..3].Concat(junk).Select(file => Key(trail, file)).Order(StringComparer.Ordinal), read);
    }

    [Fact]
    public void An_object_that_was_added_is_found()
    {
        using var trail = new DigestedTrail(3);
        trail.AddLog(DigestedTrail.Start.AddMinutes(90));
        Upload(trail);
        _bucket.Add(Digests + "2015/08/17/stray.json");
        Assert.Equal(
            [LogIntegrityStatus.Unexpected, LogIntegrityStatus.Unexpected],
            Problems().Select(static problem => problem.Status));
    }

    [Fact]
    public void No_more_is_listed_than_the_time_and_the_region_leave()
    {
        using var trail = new DigestedTrail(100, logFiles: 1);
        using var other = new DigestedTrail(2, region: "eu-west-1");
        Upload(trail);
        Upload(other);
        DateTime start = DigestedTrail.Start.Date.AddDays(2).AddHours(10);
        var check = new LogIntegrityCheck(Keys) { StartTime = start, EndTime = start.AddHours(2), Region = "us-east-2" };
        LogIntegrityResult[] results = Check(check, "");
        Assert.All(results, static result => Assert.Equal(LogIntegrityStatus.Valid, result.Status));
        Assert.Equal(4, results.Count(static result => result.Kind == LogIntegrityFileKind.DigestFile));

        string[] listings = [.. _bucket.Listings.Distinct()];
        Assert.Equal(
            [" [/]", "AWSLogs/ [/]", $"{Digests}2015/08/ > {Digests}2015/08/18/", $"{Logs}2015/08/19/ > {Logs}2015/08/19/"],
            listings);
        string[] read = [.. _bucket.Requests.Where(IsDigestFile).Select(static request => request.Key).Order(StringComparer.Ordinal)];
        Assert.InRange(read.Length, 4, 5);

        // The same, by where the URI leads.
        foreach (string path in (string[])[Digests, Logs, Logs.TrimEnd('/')])
        {
            _bucket.Requests.Clear();
            Assert.Equal(results, Check(new LogIntegrityCheck(Keys) { StartTime = start, EndTime = start.AddHours(2) }, path));
            Assert.Equal(listings[2..], _bucket.Listings.Distinct());
        }

        DataProtectionException error = Assert.Throws<DataProtectionException>(() => Check(check, Logs + "2015/08/19"));
        Assert.Equal(("InvalidS3Uri", FailureKind.InvalidArgument), (error.ErrorId, error.Kind));
        error = Assert.Throws<DataProtectionException>(() => Check(new LogIntegrityCheck(Keys) { StartTime = start.AddYears(1) }, ""));
        Assert.Equal("NoDigestFiles", error.ErrorId);
    }

    [Fact]
    public void The_whole_of_time_may_be_asked_for()
    {
        using var trail = new DigestedTrail(3);
        Upload(trail);
        foreach (DateTime end in new[] { DateTime.MaxValue, DateTime.MaxValue.Date, DateTime.MaxValue.AddMinutes(-90) })
        {
            var check = new LogIntegrityCheck(Keys) { StartTime = DateTime.MinValue, EndTime = end, Now = trail.End.AddHours(1) };
            Assert.Equal(LogIntegrityStatus.Gap, Assert.Single(Check(check, ""), static result => result.IsProblem).Status);
        }
    }

    [Theory]
    [InlineData(10)]
    [InlineData(400)]
    public void A_gap_at_the_start_of_the_time_shows_although_what_was_before_it_is_not_listed(int days)
    {
        using var trail = new DigestedTrail(2, logFiles: 0);
        trail.Restart(TimeSpan.FromDays(days));
        trail.AddDigest(0);
        trail.AddDigest(0);
        Upload(trail);
        DateTime until = trail.End.AddHours(-2);
        LogIntegrityResult problem = Assert.Single(Check(new LogIntegrityCheck(Keys) { StartTime = until.AddDays(-3) }, ""), static result => result.IsProblem);
        Assert.Equal((LogIntegrityStatus.Gap, Path(Key(trail, trail.Digests[2]))), (problem.Status, problem.File));
        Assert.Equal((DigestedTrail.Start.AddHours(2), until), (problem.UnprovenSince!.Value, problem.UnprovenUntil!.Value));
    }

    [Fact]
    public void Several_regions_are_several_chains_and_a_copy_under_a_prefix_is_one_too()
    {
        using var trail = new DigestedTrail(2);
        using var other = new DigestedTrail(2, region: "eu-west-1");
        Upload(trail, "copies/2015/");
        Upload(other, "copies/2015/");
        Assert.Equal(12, Check().Count(static result => result.Status == LogIntegrityStatus.Valid));
        Assert.Empty(Problems());
        Assert.Equal(12, Check(new LogIntegrityCheck(Keys), "copies").Length);
        _bucket.Objects.Remove("copies/2015/" + Key(other, other.Logs[1][0]));
        Assert.Equal(LogIntegrityStatus.Missing, Assert.Single(Problems()).Status);
    }

    [Theory]
    [InlineData(S3Stub.Bucket)]
    [InlineData("logs-abcdefghijklmnopqrstuvwxyz123456-s3alias")]
    public void What_was_delivered_to_another_bucket_is_no_file_of_this_one_however_well_it_is_signed(string name)
    {
        // As one would who can make a trail of the same name, which selects less. An access point's alias does not tell the bucket; its files must be of one.
        using var bucket = new S3Stub { Name = name };
        using var trail = new DigestedTrail(2);
        trail.Restart(TimeSpan.Zero);
        trail.Bucket = "amzn-s3-demo-bucket2";
        trail.AddDigest(2);
        trail.AddDigest(2);
        Upload(trail, bucket);
        LogIntegrityResult[] results = Check(bucket);
        Assert.Equal(6, results.Count(static result => result.Status == LogIntegrityStatus.Valid));
        LogIntegrityResult[] problems = [.. results.Where(static result => result.IsProblem)];
        Assert.Equal(trail.Digests[2..].Select(digest => (LogIntegrityStatus.Invalid, $"s3://{name}/{Key(trail, digest)}")), problems[..2].Select(static problem => (problem.Status, problem.File)));
        Assert.All(problems[..2], static problem => Assert.Equal(
            "The digest file was moved: it was delivered to the bucket \"amzn-s3-demo-bucket2\", and not to \"amzn-s3-demo-bucket\".", problem.Reason));
        Assert.Equal(trail.End.AddHours(-2), problems[1].UnprovenSince);
        Assert.Equal(
            trail.Logs[2..].SelectMany(static logs => logs).Select(log => (LogIntegrityStatus.Unproven, $"s3://{name}/{Key(trail, log)}")), problems[2..].Select(static problem => (problem.Status, problem.File)));
    }

    [Fact]
    public void A_copy_in_another_bucket_is_moved_and_a_copy_of_that_in_a_folder_is_none()
    {
        using var bucket = new S3Stub { Name = "log-archive" };
        using var trail = new DigestedTrail(2);
        Upload(trail, bucket);
        Assert.Equal(6, Check(bucket).Count(static result => result.IsProblem));
        Assert.DoesNotContain(new LogIntegrityCheck(Keys).Check(trail.Root), static result => result.IsProblem);
    }

    [Fact]
    public void A_trail_that_changed_its_bucket_is_unproven_before_and_nothing_of_this_bucket_is_called_missing()
    {
        using var trail = new DigestedTrail { Bucket = "old-bucket" };
        trail.AddDigest(2);
        trail.Bucket = S3Stub.Bucket;

        // The first digest file in the new bucket names a log file that came to the old one.
        trail.AddDigest(2, edit: static digest => digest["logFiles"]![0]!["s3Bucket"] = "old-bucket");
        trail.AddDigest(2);
        string[] moved = [trail.Digests[0], .. trail.Logs[0], trail.Logs[1][0]];
        string[] keys = [.. moved.Select(file => Key(trail, file))];
        Upload(trail);
        foreach (string key in keys)
        {
            _bucket.Objects.Remove(key);
        }

        LogIntegrityResult[] problems = Problems();
        Assert.Equal([$"s3://old-bucket/{keys[0]}", $"s3://old-bucket/{keys[3]}"], problems.Select(static problem => problem.File));
        Assert.All(problems, static problem => Assert.Equal(LogIntegrityStatus.Unproven, problem.Status));
        Assert.Contains("is in another bucket, \"old-bucket\", to which the trail delivered until then", problems[0].Reason, StringComparison.Ordinal);
        Assert.Equal((null, DigestedTrail.Start.AddHours(1), Path(Key(trail, trail.Digests[1]))), (problems[0].UnprovenSince, problems[0].UnprovenUntil!.Value, problems[0].DigestFile));
        Assert.Contains("was delivered to another bucket, \"old-bucket\"", problems[1].Reason, StringComparison.Ordinal);

        // The time since then is proven; the time before is told of once.
        Assert.DoesNotContain(Check(new LogIntegrityCheck(Keys) { StartTime = DigestedTrail.Start.AddHours(2).AddMinutes(1) }, ""), static result => result.IsProblem);
        Assert.Single(Check(new LogIntegrityCheck(Keys) { StartTime = DigestedTrail.Start.AddDays(-1) }, ""), static result => result.IsProblem && result.Kind != LogIntegrityFileKind.LogFile);

        // Copied here, it is no file of this bucket either.
        Upload(trail);
        Assert.Contains(Problems(), problem => problem.Status == LogIntegrityStatus.Invalid && problem.File == Path(keys[0]));
        Assert.Contains(Problems(), problem => problem.File == $"s3://old-bucket/{keys[0]}");
    }

    [Fact]
    public void What_may_not_be_read_is_unproven_and_named()
    {
        using var trail = new DigestedTrail(3);
        Upload(trail);
        string denied = Key(trail, trail.Logs[0][0]);
        string archived = Key(trail, trail.Logs[1][0]);
        _bucket.Otherwise = request => request.Key == denied ? S3StubAnswer.Error(403, "AccessDenied", "Access Denied")
            : request.Key == archived ? S3StubAnswer.Error(403, "InvalidObjectState", "The operation is not valid for the object's storage class")
            : null;
        LogIntegrityResult[] problems = Problems();
        Assert.Equal([(LogIntegrityStatus.Unproven, Path(denied)), (LogIntegrityStatus.Unproven, Path(archived))], problems.Select(static problem => (problem.Status, problem.File)));
        Assert.StartsWith($"The log file could not be read: GetObject of {Path(denied)} failed: Access Denied (AccessDenied, request id ", problems[0].Reason, StringComparison.Ordinal);
        Assert.EndsWith("restore-object.", problems[1].Reason, StringComparison.Ordinal);

        string broken = Key(trail, trail.Logs[2][0]);
        _bucket.Otherwise = request => request.Key == broken ? new S3StubAnswer(200, _bucket.Objects[broken]) { BreaksAfter = 30 } : null;
        LogIntegrityResult problem = Assert.Single(Problems());
        Assert.Equal((LogIntegrityStatus.Unproven, Path(broken)), (problem.Status, problem.File));
        Assert.Contains("the connection broke after 30 of", problem.Reason, StringComparison.Ordinal);

        // What may not be listed is a problem, and no sign that nothing is there.
        _bucket.Otherwise = static request => request.Get("prefix")?.StartsWith(Logs, StringComparison.Ordinal) == true ? S3StubAnswer.Error(403, "AccessDenied", "Access Denied") : null;
        problem = Assert.Single(Problems());
        Assert.Equal((LogIntegrityFileKind.Folder, LogIntegrityStatus.Unproven, Path(Logs.TrimEnd('/'))), (problem.Kind, problem.Status, problem.File));
        _bucket.Otherwise = static request => request.IsList ? S3StubAnswer.Error(403, "AccessDenied", "Access Denied") : null;
        var results = new List<LogIntegrityResult>();
        DataProtectionException error = Assert.Throws<DataProtectionException>(() =>
        {
            foreach (LogIntegrityResult result in Connect("").Check(new LogIntegrityCheck(Keys)))
            {
                results.Add(result);
            }
        });
        Assert.Equal("NoDigestFiles", error.ErrorId);
        Assert.Contains("could not be read: ListObjectsV2", Assert.Single(results).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void CloudTrail_is_asked_for_the_keys_of_each_region()
    {
        using var trail = new DigestedTrail(2);
        using var other = new DigestedTrail(2, region: "eu-west-1");
        Upload(trail);
        Upload(other);
        string keys = new JObject { ["PublicKeyList"] = new JArray(new JObject { ["Value"] = Convert.ToBase64String(DigestedTrail.PublicKey) }) }.ToString();
        _bucket.Otherwise = request => request.Method != "POST" ? null
            : request.Region == "eu-west-1" ? new S3StubAnswer(400, Encoding.UTF8.GetBytes("{\"__type\":\"AccessDeniedException\",\"Message\":\"No.\"}"), "application/x-amz-json-1.1")
            : new S3StubAnswer(200, Encoding.UTF8.GetBytes(keys), "application/x-amz-json-1.1");
        var settings = new AwsConnectionSettings { Region = "us-west-2", AccessKey = "AKIAEXAMPLEKEY000000", SecretKey = "secret", EndpointUrl = _bucket.Url };
        LogIntegrityResult[] results = Check(new LogIntegrityCheck(new AwsConnections().ConnectToDigestKeys(settings, isBesideBucket: true)), "");
        LogIntegrityResult[] problems = [.. results.Where(static result => result.IsProblem)];
        LogIntegrityResult problem = problems[0];
        Assert.Equal((LogIntegrityFileKind.Folder, LogIntegrityStatus.Unproven, Path($"{Account}CloudTrail-Digest/eu-west-1")), (problem.Kind, problem.Status, problem.File));
        Assert.Equal(2, problems.Length);
        Assert.Equal((LogIntegrityFileKind.Folder, LogIntegrityStatus.Unproven, Path($"{Account}CloudTrail/eu-west-1")), (problems[1].Kind, problems[1].Status, problems[1].File));
        Assert.StartsWith("4 log files from ", problems[1].Reason, StringComparison.Ordinal);
        Assert.StartsWith("The digest files cannot be verified: ListPublicKeys in eu-west-1 failed: No (AccessDeniedException", problem.Reason, StringComparison.Ordinal);
        Assert.Contains("cloudtrail:ListPublicKeys", problem.Reason, StringComparison.Ordinal);
        Assert.Equal(6, results.Count(static result => result.Status == LogIntegrityStatus.Valid));
        Assert.Equal(["eu-west-1", "us-east-2"], _bucket.Requests.Where(static request => request.Method == "POST").Select(static request => request.Region));
    }

    [Fact]
    public void A_damaged_chain_has_the_same_results_in_the_same_order_whichever_answer_comes_first()
    {
        using var trail = new DigestedTrail(12, logFiles: 5);
        (LogIntegrityStatus Status, string File)[] damage = trail.Damage();
        Upload(trail);
        LogIntegrityResult[] one = Check(new LogIntegrityCheck(Keys) { Parallelism = 1 }, "");
        Assert.Equal(
            damage.Select(found => (found.Status, Path(Key(trail, found.File)))), one.Where(static result => result.IsProblem).Select(static result => (result.Status, result.File)));

        // The first log file is answered when the 21st of the others is asked for.
        var later = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var deadline = Task.Delay(Long);
        int asked = 0;
        string first = Key(trail, trail.Logs[0][0]);
        _bucket.Hold = request => !IsLogFile(request) ? Task.CompletedTask
            : request.Key == first ? Task.WhenAny(later.Task, deadline)
            : Task.FromResult(Interlocked.Increment(ref asked) == 21 && later.TrySetResult());
        Assert.Equal(one, Check(new LogIntegrityCheck(Keys) { Parallelism = 8 }, ""));
        Assert.False(deadline.IsCompleted, "The others were not asked for while the first was not answered.");
    }

    [Fact]
    public void Digest_files_are_read_ahead_and_judged_in_their_order()
    {
        using var trail = new DigestedTrail(6);
        Upload(trail);
        LogIntegrityResult[] one = Check(new LogIntegrityCheck(Keys) { Parallelism = 1 }, "");

        // The first is answered when three others are asked for.
        var others = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var deadline = Task.Delay(Long);
        int asked = 0;
        _bucket.Hold = request => !IsDigestFile(request) ? Task.CompletedTask
            : request.Key == _bucket.Objects.Keys.First(static key => key.StartsWith(Digests, StringComparison.Ordinal)) ? Task.WhenAny(others.Task, deadline)
            : Task.FromResult(Interlocked.Increment(ref asked) == 3 && others.TrySetResult());
        Assert.Equal(one, Check(new LogIntegrityCheck(Keys) { Parallelism = 4 }, ""));
        Assert.False(deadline.IsCompleted, "The others were not asked for while the first was not answered.");
    }

    [Theory]
    [InlineData(1)]
    [InlineData(8)]
    public void As_many_log_files_are_asked_for_at_a_time_as_may_be_and_no_more(int parallelism)
    {
        using var trail = new DigestedTrail(3, logFiles: 8);
        Upload(trail);
        var all = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var deadline = Task.Delay(Long);
        object gate = new();
        int open = 0;
        int most = 0;
        _bucket.Hold = async request =>
        {
            if (IsLogFile(request))
            {
                Count(1);
                await Task.WhenAny(all.Task, deadline);
                Count(-1);
            }
        };
        Assert.All(Check(new LogIntegrityCheck(Keys) { Parallelism = parallelism }, ""), static result => Assert.Equal(LogIntegrityStatus.Valid, result.Status));
        Assert.Equal((true, parallelism), (all.Task.IsCompleted, most));

        void Count(int more)
        {
            lock (gate)
            {
                open += more;
                most = Math.Max(most, open);
                if (open == parallelism)
                {
                    all.TrySetResult();
                }
            }
        }
    }

    [Fact]
    public void What_is_read_ahead_is_bounded_however_long_the_chain_is()
    {
        using var trail = new DigestedTrail(30, logFiles: 8);
        Upload(trail);
        using IEnumerator<LogIntegrityResult> results = Connect("").Check(new LogIntegrityCheck(Keys) { Parallelism = 2 }).GetEnumerator();
        Assert.True(results.MoveNext());
        int before;
        do
        {
            before = _bucket.Requests.Count;
            Thread.Sleep(300);
        }
        while (_bucket.Requests.Count > before || !_bucket.Requests.Any(IsLogFile));

        Assert.InRange(_bucket.Requests.Count(IsLogFile), 1, 32);
        Assert.InRange(_bucket.Requests.Count(IsDigestFile), 2, 10);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task What_is_in_flight_is_dropped_when_no_more_is_wanted_and_when_the_check_is_cancelled(bool isCancelled)
    {
        using var trail = new DigestedTrail(2, logFiles: 8);
        Upload(trail);
        string first = Key(trail, trail.Logs[0][0]);
        _bucket.Otherwise = request => IsLogFile(request) && request.Key != first ? new S3StubAnswer(200, _bucket.Objects[request.Key]) { StallsAfter = 10 } : null;

        // The first is answered when three others are asked for.
        var others = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        int asked = 0;
        _bucket.Hold = request => !IsLogFile(request) ? Task.CompletedTask
            : request.Key == first ? others.Task
            : Task.FromResult(Interlocked.Increment(ref asked) == 3 && others.TrySetResult());
        using var stop = new CancellationTokenSource();
        var taken = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var check = Task.Run(() =>
        {
            foreach (LogIntegrityResult result in Connect("").Check(new LogIntegrityCheck(Keys) { Parallelism = 4 }, stop.Token))
            {
                if (result.File == Path(first))
                {
                    taken.SetResult();
                    if (!isCancelled)
                    {
                        return;
                    }
                }
            }
        });
        await taken.Task.WaitAsync(Long);
        if (isCancelled)
        {
            await stop.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => check.WaitAsync(Long));
        }
        else
        {
            await check.WaitAsync(Long);
        }

        await _bucket.Dropped.Task.WaitAsync(Long);
        Assert.InRange(_bucket.Requests.Count(IsLogFile), 4, 5);
    }

    private static bool IsLogFile(S3StubRequest request) => request.Method == "GET" && request.Key.StartsWith(Logs, StringComparison.Ordinal);

    private static bool IsDigestFile(S3StubRequest request) => request.Method == "GET" && request.Key.StartsWith(Digests, StringComparison.Ordinal);

    private static string Path(string key) => $"s3://{S3Stub.Bucket}/{key}";

    private static string Key(DigestedTrail trail, string path) => System.IO.Path.GetRelativePath(trail.Root, path);

    private void Upload(DigestedTrail trail, string prefix = "") => Upload(trail, _bucket, prefix);

    private static void Upload(DigestedTrail trail, S3Stub bucket, string prefix = "")
    {
        foreach (string file in trail.Files)
        {
            string key = prefix + Key(trail, file);
            if (!key.EndsWith(".metadata.json", StringComparison.Ordinal))
            {
                bucket.Objects[key] = File.ReadAllBytes(file);
                continue;
            }

            bucket.Metadata[key[..^".metadata.json".Length]] = JObject.Parse(File.ReadAllText(file))["Metadata"]!.ToObject<Dictionary<string, string>>()!;
        }
    }

    private LogIntegrityResult[] Check() => Check(new LogIntegrityCheck(Keys), "");

    private LogIntegrityResult[] Problems() => [.. Check().Where(static result => result.IsProblem)];

    // The one problem, but for the log files of a digest file, which are told of with it.
    private LogIntegrityResult ProblemOf(string key)
    {
        LogIntegrityResult[] problems = Problems();
        if (!key.StartsWith(Digests, StringComparison.Ordinal))
        {
            return Assert.Single(problems);
        }

        LogIntegrityResult logs = Assert.Single(problems[1..]);
        Assert.Equal((LogIntegrityFileKind.Folder, LogIntegrityStatus.Unproven, Path(Logs.TrimEnd('/'))), (logs.Kind, logs.Status, logs.File));
        Assert.StartsWith("2 log files from ", logs.Reason, StringComparison.Ordinal);
        return problems[0];
    }

    private LogIntegrityResult[] Check(LogIntegrityCheck check, string path) => [.. Connect(path).Check(check)];

    private static LogIntegrityResult[] Check(S3Stub bucket) => [.. Connect(bucket, "").Check(new LogIntegrityCheck(Keys))];

    private LogBucket Connect(string path) => Connect(_bucket, path);

    private static LogBucket Connect(S3Stub bucket, string path) => new AwsConnections().ConnectToLogBucket(
        new AwsConnectionSettings { Region = "us-west-2", AccessKey = "AKIAEXAMPLEKEY000000", SecretKey = "secret", EndpointUrl = bucket.Url },
        S3Uri.Parse($"s3://{bucket.Name}/{path}"));
}
