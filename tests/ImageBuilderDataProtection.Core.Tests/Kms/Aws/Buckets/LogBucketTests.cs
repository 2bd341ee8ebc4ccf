using System.Globalization;
using CsCheck;
using ImageBuilderDataProtection.Audit;
using ImageBuilderDataProtection.Audit.Reading;
using ImageBuilderDataProtection.Kms;
using ImageBuilderDataProtection.Kms.Aws;
using ImageBuilderDataProtection.Kms.Aws.Buckets;

namespace ImageBuilderDataProtection.Tests.Kms.Aws.Buckets;

/// <summary>Which log files are found in a bucket, and what is listed for it; over HTTP, with the SDK's own client.</summary>
public sealed class LogBucketTests
{
    private const string Account = "111122223333";
    private const string Logs = $"AWSLogs/{Account}/CloudTrail/";

    private static readonly string[] Accounts = ["AWSLogs/111122223333", "AWSLogs/o-exampleorgid/444455556666", "logs/AWSLogs/111122223333"];
    private static readonly string[] Regions = ["eu-west-1", "us-east-1", "us-west-2"];
    private static readonly string[] Paths =
    [
        "", "AWSLogs/", "logs/", "AWSLogs/o-exampleorgid/", "AWSLogs/111122223333/", $"{Logs}us-west-2/", $"{Logs}us-west-2/2025/", $"{Logs}us-west-2/2026/01/",
    ];

    private static readonly string[] OddNames = ["a b", "a+b", "a%2Fb", "ü", "é&<>\"'", "\u0001", "x//y", "a=b?c#d", "\ud83d\ude00"];

    [Fact]
    public void A_bucket_has_the_log_files_of_its_accounts_and_nothing_that_is_not_CloudTrails()
    {
        using var bucket = new S3Stub();
        string[] logs =
        [
            Log("AWSLogs/111122223333", "eu-west-1", "2026-03-01T10:00"),
            Log("AWSLogs/111122223333", "us-west-2", "2026-03-01T09:00"),
            Log("AWSLogs/111122223333", "us-west-2", "2026-03-02T00:00"),
            Log("AWSLogs/444455556666", "us-west-2", "2025-12-31T23:59", "444455556666"),
            Log("AWSLogs/o-exampleorgid/777788889999", "us-east-1", "2026-03-01T10:00", "777788889999"),
            Log("team/AWSLogs/123456789012", "us-east-1", "2026-03-01T10:00", "123456789012"),
        ];
        bucket.Add(logs);
        bucket.Add(
            $"AWSLogs/{Account}/CloudTrail-Digest/us-west-2/2026/03/01/{Account}_CloudTrail-Digest_us-west-2_trail_us-west-2_20260301T100000Z.json.gz",
            $"AWSLogs/{Account}/CloudTrail-Insight/us-west-2/2026/03/01/{Account}_CloudTrail-Insight_us-west-2_20260301T1000Z_0000000000000000.json.gz",
            $"AWSLogs/{Account}/Config/us-west-2/2026/3/1/ConfigHistory/{Account}_Config_us-west-2.json.gz",
            $"AWSLogs/{Account}/vpcflowlogs/us-west-2/2026/03/01/x.log.gz",
            "AWSLogs/aws-account-id=111122223333/x.json.gz",
            "AWSLogs/o-exampleorgid/777788889999/CloudTrail-Digest/us-east-1/x.json.gz",
            "reports/summary.pdf",
            "reports/");

        Assert.Equal(
            [logs[1], logs[0], logs[2], logs[3], logs[4], logs[5]],
            Find(bucket, ""));
        Assert.Equal(
            [
                " [/]", "AWSLogs/ [/]", $"{Logs} [/]", $"{Logs}eu-west-1/", $"{Logs}us-west-2/",
                "AWSLogs/444455556666/CloudTrail/ [/]", "AWSLogs/444455556666/CloudTrail/us-west-2/",
                "AWSLogs/o-exampleorgid/ [/]", "AWSLogs/o-exampleorgid/777788889999/CloudTrail/ [/]", "AWSLogs/o-exampleorgid/777788889999/CloudTrail/us-east-1/",
                "reports/ [/]",
                "team/ [/]", "team/AWSLogs/ [/]", "team/AWSLogs/123456789012/CloudTrail/ [/]", "team/AWSLogs/123456789012/CloudTrail/us-east-1/",
            ],
            bucket.Listings);
        Assert.All(bucket.Requests, static request => Assert.Equal(("s3", "us-west-2", S3Stub.Bucket), (request.Service, request.Region, request.Bucket)));
    }

    [Fact]
    public void The_trails_prefix_may_begin_with_CloudTrails_name()
    {
        using var bucket = new S3Stub();
        string log = Log("CloudTrail-prod/AWSLogs/111122223333", "us-west-2", "2026-03-01T10:00");
        bucket.Add(log, $"CloudTrail-prod/AWSLogs/{Account}/CloudTrail-Insight/us-west-2/2026/03/01/{Account}_CloudTrail-Insight_us-west-2_20260301T1000Z_0000000000000000.json.gz");
        Assert.Equal([log], Find(bucket, ""));
        Assert.Equal([log], Find(bucket, "CloudTrail-prod/"));
    }

    [Fact]
    public void No_more_is_listed_than_the_time_and_the_region_leave()
    {
        using var bucket = new S3Stub();
        foreach (string region in Regions)
        {
            for (DateTime day = Time("2025-12-20T12:00"); day < Time("2026-01-20T00:00"); day = day.AddDays(1))
            {
                bucket.Add(Log($"AWSLogs/{Account}", region, Text(day)));
            }
        }

        string[] days = ["2025-12-31T12:00", "2026-01-01T12:00", "2026-01-02T12:00"];
        Assert.Equal(
            days.Select(static time => Log($"AWSLogs/{Account}", "us-west-2", time)),
            Find(bucket, "", "2025-12-31T00:00", "2026-01-01T00:00", "us-west-2"));
        Assert.Equal([" [/]", "AWSLogs/ [/]", $"{Logs}us-west-2/ > {Logs}us-west-2/2025/12/31/"], bucket.Listings);

        // A year, a month or a day that all days have in common is listed alone.
        foreach ((string start, string end, string listed) in ((string, string, string)[])
        [
            ("2026-01-02T00:00", "2026-01-02T23:00", $"{Logs}us-west-2/2026/01/ > {Logs}us-west-2/2026/01/02/"),
            ("2026-01-10T00:00", "2026-02-01T00:00", $"{Logs}us-west-2/2026/ > {Logs}us-west-2/2026/01/10/"),
            ("2026-01-02T00:00", "2027-02-01T00:00", $"{Logs}us-west-2/ > {Logs}us-west-2/2026/01/02/"),
        ])
        {
            bucket.Requests.Clear();
            Find(bucket, Logs, start, end, "us-west-2");
            Assert.Equal([listed], bucket.Listings);
        }
    }

    [Theory]
    [InlineData("", 8, " [/]", "AWSLogs/ [/]")]
    [InlineData("AWSLogs/", 8, "AWSLogs/ [/]")]
    [InlineData("AWSLogs", 8, "AWSLogs/ [/]")]
    [InlineData("AWSLogs/111122223333/", 8)]
    [InlineData("AWSLogs/111122223333", 8)]
    [InlineData("AWSLogs/111122223333/CloudTrail/", 8)]
    public void The_URI_may_lead_to_any_place_above_the_regions(string path, int count, params string[] listings)
    {
        using S3Stub bucket = Days();
        Assert.Equal(count, Find(bucket, path).Length);
        Assert.Equal([.. listings, $"{Logs} [/]", $"{Logs}eu-west-1/", $"{Logs}us-west-2/"], bucket.Listings);

        bucket.Requests.Clear();
        Assert.Equal(count / 2, Find(bucket, path, region: "eu-west-1").Length);
        Assert.Equal([.. listings, $"{Logs}eu-west-1/"], bucket.Listings);
    }

    [Theory]
    [InlineData("us-west-2/", 4)]
    [InlineData("us-west-2", 4)]
    [InlineData("us-west-2/2026/", 3)]
    [InlineData("us-west-2/2026/02", 2)]
    [InlineData("us-west-2/2026/02/02/", 1)]
    public void The_URI_may_lead_to_a_region_a_year_a_month_or_a_day(string path, int count)
    {
        using S3Stub bucket = Days();
        Assert.Equal(count, Find(bucket, Logs + path).Length);
        Assert.Equal([$"{Logs}{path.TrimEnd('/')}/"], bucket.Listings);

        // What is outside of the time or the region is not even asked for.
        bucket.Requests.Clear();
        Assert.Empty(Find(bucket, Logs + path, region: "eu-west-1"));
        Assert.Empty(Find(bucket, Logs + path, end: "2024-01-01T00:00"));
        Assert.Equal(path.Count(char.IsAsciiDigit) > 1 ? 0 : 1, Find(bucket, Logs + path, start: "2027-01-01T00:00").Length + bucket.Listings.Count(static listing => listing.Contains('>', StringComparison.Ordinal)));
    }

    [Fact]
    public void The_URI_may_lead_to_one_object_which_is_not_listed()
    {
        using S3Stub bucket = Days();
        string key = Log($"AWSLogs/{Account}", "us-west-2", "2026-02-02T10:00");
        IAuditSource source = Assert.Single(Connect(bucket, key).Sources(AuditTimeRange.All, "eu-west-1", static error => throw error));
        Assert.Equal(($"s3://{S3Stub.Bucket}/{key}", 0), (source.Name, source.Length));
        Assert.Empty(bucket.Requests);
        using (var reader = new StreamReader(source.Open(default)))
        {
            Assert.Equal(key, reader.ReadToEnd());
        }

        Assert.Equal([key], bucket.Requests.Select(static request => request.Key));
        DataProtectionException error = Assert.Throws<KmsException>(() => Connect(bucket, "gone.json").Sources(AuditTimeRange.All, null, static error => throw error).Single().Open(default));
        Assert.Equal(("NoSuchKey", FailureKind.NotFound), (error.ErrorId, error.Kind));
    }

    [Fact]
    public void A_log_file_counts_by_the_time_of_its_delivery()
    {
        using var bucket = new S3Stub();
        string[] times = ["2026-03-01T10:28", "2026-03-01T10:29", "2026-03-01T10:30", "2026-03-01T10:31", "2026-03-02T23:59", "2026-03-03T00:00"];
        bucket.Add(times.Select(static time => Log($"AWSLogs/{Account}", "us-west-2", time)));

        // What was delivered in the minute of the start may have a record of its last second.
        Assert.Equal(times[1..5].Select(static time => Log($"AWSLogs/{Account}", "us-west-2", time)), Find(bucket, "", "2026-03-01T10:29:30", "2026-03-01T10:29:40"));
        Assert.Equal(times[2..].Select(static time => Log($"AWSLogs/{Account}", "us-west-2", time)), Find(bucket, "", "2026-03-01T10:30"));
        Assert.Equal(times[..5].Select(static time => Log($"AWSLogs/{Account}", "us-west-2", time)), Find(bucket, "", end: "2026-03-01T00:00"));
        Assert.Equal(times.Length, Find(bucket, "", end: "9999-12-31T23:59").Length);
        Assert.Empty(Find(bucket, "", "9999-12-31T00:00"));
    }

    [Theory]
    [InlineData("9999-12-31T23:59")]
    [InlineData("0001-01-01T00:00")]
    public void A_name_with_a_time_that_is_not_CloudTrails_tells_none_and_the_object_is_read(string time)
    {
        using var bucket = new S3Stub();
        string[] logs = [Log($"AWSLogs/{Account}", "us-west-2", "2026-03-01T10:30"), $"AWSLogs/{Account}/CloudTrail/us-west-2/2026/03/01/{Log("", "us-west-2", time).Split('/')[^1]}"];
        bucket.Add(logs);
        Assert.Equal(logs.Order(StringComparer.Ordinal), Find(bucket, "").Order(StringComparer.Ordinal));
        Assert.Equal(logs.Order(StringComparer.Ordinal), Find(bucket, "", "2026-03-01T00:00", "2026-03-01T23:00").Order(StringComparer.Ordinal));
    }

    [Fact]
    public void The_log_files_of_an_account_come_in_the_order_of_their_delivery()
    {
        using var bucket = new S3Stub { PageSize = 3 };
        string[] regions = ["ap-southeast-2", "eu-west-1", "us-east-1", "us-gov-west-1"];
        string[] logs =
        [
            .. Enumerable.Range(0, 60).Select(i => Log($"AWSLogs/{Account}", regions[i * 7 % regions.Length], Text(Time("2026-02-27T23:00").AddMinutes(61 * i)))),
        ];
        bucket.Add(logs);
        Assert.Equal(logs, Find(bucket, ""));
    }

    [Fact]
    public void Elsewhere_files_are_told_by_their_names_and_CloudTrails_layout_is_found_wherever_it_begins()
    {
        using var bucket = new S3Stub();
        string[] found =
        [
            "copy/CloudTrail/us-west-2/2026/03/01/renamed.json.gz",
            Log("copy", "us-west-2", "2026-03-01T10:00"),
            "copy/events.JSONL",
            "copy/deep/er/lines.ndjson.gz",
            $"CloudTrail/{Log($"AWSLogs/{Account}", "us-west-2", "2026-03-01T10:00")}",
            "copy/record.json",
        ];
        bucket.Add(found);
        bucket.Add("copy/notes.txt", "copy/CloudTrail-Digest/us-west-2/x.json.gz", Log("copy", "us-west-2", "2026-02-01T10:00"), Log("copy", "eu-west-1", "2026-03-01T10:00"));
        Assert.Equal(found.Order(), Find(bucket, "", "2026-03-01T00:00", "2026-03-01T23:00", "us-west-2").Order());
        Assert.Contains("copy/CloudTrail/us-west-2/2026/03/ > copy/CloudTrail/us-west-2/2026/03/01/", bucket.Listings);
        Assert.DoesNotContain(bucket.Listings, static listing => listing.Contains("eu-west-1", StringComparison.Ordinal) || listing.Contains("Digest", StringComparison.Ordinal));
        Assert.Equal(["copy/deep/er/lines.ndjson.gz"], Find(bucket, "copy/deep"));

        // A prefix that is asked for by name is looked into.
        Assert.Equal(["copy/CloudTrail-Digest/us-west-2/x.json.gz"], Find(bucket, "copy/CloudTrail-Digest"));
    }

    [Fact]
    public void A_zip_file_is_told_of_with_the_way_out_and_the_rest_is_found()
    {
        using var bucket = new S3Stub { PageSize = 3 };
        string[] logs = ["odd/a.json", "odd/z.json", Log($"AWSLogs/{Account}", "us-west-2", "2026-03-01T10:00")];
        bucket.Add(logs);
        bucket.Add("odd/deep/logs.ZIP", "odd/b.zip", "odd/c.zip", "odd/d.zip", "odd/y.zip", "odd/._b.zip", $"{Logs}all.zip");
        List<AuditReadException> errors = [];
        Assert.Equal(logs.Order(), Connect(bucket, "").Sources(AuditTimeRange.All, null, errors.Add).Select(static source => source.Name[$"s3://{S3Stub.Bucket}/".Length..]).Order());
        Assert.All(errors, static error => Assert.Equal(("ArchiveInBucket", FailureKind.InvalidState), (error.ErrorId, error.Kind)));
        Assert.Equal(
            [
                $"\"s3://{S3Stub.Bucket}/{Logs}all.zip\" is a .zip file, which cannot be read in a bucket: download it, and read it with -Path.",
                $"\"s3://{S3Stub.Bucket}/odd/deep/logs.ZIP\" is a .zip file, which cannot be read in a bucket: download it, and read it with -Path.",
                $"\"s3://{S3Stub.Bucket}/odd/b.zip\" and 3 more under this prefix are .zip files, which cannot be read in a bucket: download them, and read them with -Path.",
            ],
            errors.Select(static error => error.Message));

        bucket.Requests.Clear();
        AuditReadException named = Assert.Throws<AuditReadException>(() => Find(bucket, "odd/b.zip"));
        Assert.Equal(("ArchiveInBucket", $"s3://{S3Stub.Bucket}/odd/b.zip"), (named.ErrorId, named.File));
        Assert.Contains("download it, and read it with -Path", named.Message, StringComparison.Ordinal);
        Assert.Empty(bucket.Requests);
    }

    [Fact]
    public void Nothing_at_all_is_an_error_and_nothing_of_the_time_is_none()
    {
        using S3Stub bucket = Days();
        Assert.Empty(Find(bucket, "", "2027-01-01T00:00"));
        Assert.Empty(Find(bucket, Logs, region: "ap-south-1"));
        foreach (string path in (string[])["AWSlogs/", "AWSLogs/444455556666", Logs + "us-west-2/2020"])
        {
            DataProtectionException error = Assert.Throws<DataProtectionException>(() => Find(bucket, path));
            Assert.Equal(("PrefixNotFound", FailureKind.NotFound), (error.ErrorId, error.Kind));
            Assert.Contains($"\"s3://{S3Stub.Bucket}/{path.TrimEnd('/')}/\"", error.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_listing_goes_on_only_as_its_files_are_taken()
    {
        using var bucket = new S3Stub();
        bucket.Add(Enumerable.Range(0, 10_000).Select(static i => Log($"AWSLogs/{Account}", "us-west-2", Text(Time("2026-03-01T00:00").AddMinutes(i)))));
        int count = 0;
        foreach (IAuditSource source in Connect(bucket, Logs).Sources(AuditTimeRange.All, "us-west-2", static error => throw error))
        {
            Assert.Equal((count / 1000) + 1, bucket.Requests.Count);
            Assert.Equal(source.Name.Length - $"s3://{S3Stub.Bucket}/".Length, source.Length);
            count++;
        }

        Assert.Equal((10_000, 10), (count, bucket.Requests.Count));
        bucket.Requests.Clear();
        Assert.Equal(1500, Connect(bucket, Logs).Sources(AuditTimeRange.All, "us-west-2", static error => throw error).Take(1500).Count());
        Assert.Equal(2, bucket.Requests.Count);
    }

    [Fact]
    public void Keys_may_have_any_characters()
    {
        using var bucket = new S3Stub { PageSize = 2 };
        string[] keys = [.. OddNames.Select(static name => $"pre fix+/{name}.json").Order(StringComparer.Ordinal)];
        bucket.Add(keys);
        IAuditSource[] sources = [.. Connect(bucket, "pre fix+").Sources(AuditTimeRange.All, null, static error => throw error)];
        Assert.Equal(keys.Order(), sources.Select(static source => source.Name[$"s3://{S3Stub.Bucket}/".Length..]).Order());
        foreach (IAuditSource source in sources)
        {
            using var reader = new StreamReader(source.Open(default));
            Assert.EndsWith(reader.ReadToEnd(), source.Name, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void What_is_found_is_what_a_look_at_every_key_finds()
    {
        Gen<string> account = Gen.Int[0, Accounts.Length - 1].Select(static i => Accounts[i]);
        Gen<string> region = Gen.Int[0, Regions.Length - 1].Select(static i => Regions[i]);
        Gen<DateTime> time = Gen.Int[0, 80 * 24 * 60].Select(static minutes => Time("2025-11-20T00:00").AddMinutes(minutes));
        Gen<string> key = Gen.Select(account, region, time, Gen.Int[0, 9], static (account, region, time, other) =>
            Log(account, region, Text(time), account[^12..]) is var log && other > 1 ? log : log.Replace("/CloudTrail/", other == 0 ? "/CloudTrail-Digest/" : "/elasticloadbalancing/", StringComparison.Ordinal));
        Gen<string> path = Gen.Int[0, Paths.Length - 1].Select(static i => Paths[i]);
        Gen.Select(key.Array[0, 60], path, time.Nullable(), time.Nullable(), region.Null(), Gen.Int[2, 20]).Sample(
            (keys, path, one, other, region, pageSize) =>
            {
                using var bucket = new S3Stub { PageSize = pageSize };
                bucket.Add(keys);
                bucket.Add(path + "readme.txt");
                (DateTime? start, DateTime? end) = one > other ? (other, one) : (one, other);
                string[] expected =
                [
                    .. keys.Distinct().Where(key => key.StartsWith(path, StringComparison.Ordinal) && key.Contains("/CloudTrail/", StringComparison.Ordinal)
                        && (region is null || key.Contains($"/{region}/", StringComparison.Ordinal))
                        && !(TimeOf(key) < start) && !(TimeOf(key) >= end?.Date.AddDays(2))),
                ];
                Assert.Equal(expected.Order(), Find(bucket, path, start, end, region).Order());
                Assert.DoesNotContain(bucket.Listings, static listing => listing.Contains("Digest", StringComparison.Ordinal) || listing.Contains("elastic", StringComparison.Ordinal));
                Assert.All(bucket.Listings, listing => Assert.True(region is null || !listing.Contains("/CloudTrail/", StringComparison.Ordinal) || listing.Contains($"/{region}/", StringComparison.Ordinal) || path.Contains("/CloudTrail/", StringComparison.Ordinal)));
            },
            iter: 60,
            threads: 1);
    }

    private static S3Stub Days()
    {
        var bucket = new S3Stub();
        foreach (string region in (string[])["eu-west-1", "us-west-2"])
        {
            string[] times = ["2025-12-31T10:00", "2026-01-01T10:00", "2026-02-01T10:00", "2026-02-02T10:00"];
            bucket.Add(times.Select(time => Log($"AWSLogs/{Account}", region, time)));
        }

        return bucket;
    }

    private static string[] Find(S3Stub bucket, string path, string? start = null, string? end = null, string? region = null) =>
        Find(bucket, path, start is null ? null : Time(start), end is null ? null : Time(end), region);

    private static string[] Find(S3Stub bucket, string path, DateTime? start, DateTime? end, string? region) =>
    [
        .. Connect(bucket, path).Sources(AuditTimeRange.Between(start, end), region, static error => throw error)
            .Select(static source => source.Name[$"s3://{S3Stub.Bucket}/".Length..]),
    ];

    private static LogBucket Connect(S3Stub bucket, string path) => new AwsConnections().ConnectToLogBucket(
        new AwsConnectionSettings { Region = bucket.Region, AccessKey = "AKIAEXAMPLEKEY000000", SecretKey = "secret", EndpointUrl = bucket.Url },
        S3Uri.Parse($"s3://{S3Stub.Bucket}/{path}"));

    private static string Log(string above, string region, string time, string account = Account) => string.Create(
        CultureInfo.InvariantCulture, $"{above}/CloudTrail/{region}/{Time(time):yyyy'/'MM'/'dd}/{account}_CloudTrail_{region}_{Time(time):yyyyMMdd'T'HHmm'Z'}_Mu0KsOhtH1ar15ZZ.json.gz");

    private static DateTime TimeOf(string key) => DateTime.ParseExact(
        key.Split('_')[3], "yyyyMMdd'T'HHmm'Z'", CultureInfo.InvariantCulture, DateTimeStyles.AdjustToUniversal | DateTimeStyles.AssumeUniversal);

    private static DateTime Time(string text) => DateTime.Parse(text, CultureInfo.InvariantCulture, DateTimeStyles.AdjustToUniversal | DateTimeStyles.AssumeUniversal);

    private static string Text(DateTime time) => time.ToString("yyyy-MM-dd'T'HH:mm", CultureInfo.InvariantCulture);
}
