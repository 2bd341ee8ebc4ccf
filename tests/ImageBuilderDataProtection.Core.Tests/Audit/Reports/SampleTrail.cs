using System.Globalization;
using ImageBuilderDataProtection.Audit;
using Newtonsoft.Json.Linq;

namespace ImageBuilderDataProtection.Tests.Audit.Reports;

/// <summary>
/// Four weeks of a team that builds images, made up and the same every time: builds on working days, tests at night, a
/// release each Thursday; a build agent that was forgotten when the key policy changed, and a key that was disabled by mistake.
/// </summary>
internal static class SampleTrail
{
    private const string Account = "111122223333";
    private const string OtherAccount = "444455556666";
    private const string MainKey = "arn:aws:kms:us-west-2:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab";
    private const string EuropeKey = "arn:aws:kms:eu-west-1:111122223333:key/0987dcba-09fe-87dc-65ba-ab0987654321";
    private const string ImageBuilder = "imagebuilder.amazonaws.com";
    private const string Denied = "AccessDenied";

    private static readonly DateTime Start = new(2026, 9, 1, 0, 0, 0, DateTimeKind.Utc);

    private static readonly (string Name, int Builds)[] Workflows =
        [("build/web-server/2.4.0", 5), ("build/api-gateway/1.9.2", 4), ("build/data-node/1.3.0", 3), ("build/windows-base/3.0.1", 2), ("build/gpu-worker/0.8.0", 1)];

    /// <summary>The events, in the order of time.</summary>
    public static IReadOnlyList<KmsAuditEvent> Events { get; } = [.. Make().OrderBy(static record => (string)record["eventTime"]!, StringComparer.Ordinal).Select(static record => KmsAuditEvent.Parse(record.ToString()))];

    private static IEnumerable<JObject> Make()
    {
        var random = new Random(20260901);
        for (int day = 0; day < 28; day++)
        {
            DateTime date = Start.AddDays(day);
            bool isWorkday = date.DayOfWeek is not (DayOfWeek.Saturday or DayOfWeek.Sunday);
            foreach (JObject record in Day(random, date, isWorkday))
            {
                yield return record;
            }
        }

        foreach (JObject record in Incidents(random))
        {
            yield return record;
        }
    }

    private static IEnumerable<JObject> Day(Random random, DateTime date, bool isWorkday)
    {
        if (isWorkday)
        {
            foreach ((string name, int builds) in Workflows)
            {
                for (int i = random.Next(builds + 1); i > 0; i--)
                {
                    DateTime time = date.AddMinutes(random.Next(7 * 60, 19 * 60)).AddSeconds(random.Next(60));
                    yield return Call(random, "Decrypt", time, Builder, name, MainKey);
                }
            }

            if (random.Next(3) > 0)
            {
                yield return Call(random, "GenerateDataKey", date.AddMinutes(random.Next(9 * 60, 17 * 60)), Publisher, Workflows[random.Next(Workflows.Length)].Name, MainKey);
            }
        }

        for (int i = 0; i < 4; i++)
        {
            string test = i < 3 ? "test/smoke/1.1.0" : "test/cis-benchmark/2.0.0";
            yield return Call(random, "Decrypt", date.AddMinutes((2 * 60) + (20 * i) + random.Next(15)).AddSeconds(random.Next(60)), Tester, test, MainKey);
        }

        if (date.DayOfWeek == DayOfWeek.Thursday)
        {
            for (int i = 0; i < 9; i++)
            {
                DateTime time = date.AddMinutes((14 * 60) + random.Next(120)).AddSeconds(random.Next(60));
                yield return Call(random, "Decrypt", time, Builder, i < 5 ? "distribution/share-to-europe/1.0.3" : "distribution/marketplace/1.2.0", i < 5 ? EuropeKey : MainKey);
            }
        }
    }

    private static IEnumerable<JObject> Incidents(Random random)
    {
        // The agent runs every two hours until somebody notices.
        for (int i = 0; i < 19; i++)
        {
            yield return Call(random, "Decrypt", Start.AddDays(8).AddHours(6 + (2 * i)).AddMinutes(random.Next(4)), Agent, "build/web-server/2.4.0", MainKey, Denied, NotAuthorized(Agent, "kms:Decrypt", MainKey));
        }

        for (int i = 0; i < 4; i++)
        {
            yield return Call(random, "Decrypt", Start.AddDays(16).AddHours(22).AddMinutes(3 * i), Contractor, "build/api-gateway/1.9.2", MainKey, Denied, NotAuthorized(Contractor, "kms:Decrypt", MainKey));
        }

        yield return Call(random, "GenerateDataKey", Start.AddDays(21).AddHours(10).AddMinutes(12), Contractor, "build/api-gateway/1.9.3", MainKey, Denied, NotAuthorized(Contractor, "kms:GenerateDataKey", MainKey));
        yield return Call(random, "Decrypt", Start.AddDays(13).AddHours(3).AddMinutes(41), Stranger, "build/data-node/1.3.0", MainKey, Denied, NotAuthorized(Stranger, "kms:Decrypt", MainKey));
        for (int i = 0; i < 6; i++)
        {
            yield return Call(random, "Decrypt", Start.AddDays(22).AddHours(9).AddMinutes(11 * i), Builder, "distribution/share-to-europe/1.0.3", EuropeKey, "DisabledException", EuropeKey + " is disabled.");
        }

        yield return Call(random, "Decrypt", Start.AddDays(10).AddHours(15).AddMinutes(2), Publisher, "build/gpu-worker/0.8.0", MainKey, "InvalidCiphertextException", null);
    }

    private static JObject Builder => Session("ImageBuilderExecutionRole", "imagebuilder-build", Account, ImageBuilder);

    private static JObject Tester => Session("ImageTests", "imagebuilder-test", Account, ImageBuilder);

    private static JObject Publisher => Session("ci/WorkflowPublisher", "release-pipeline", Account, null);

    private static JObject Agent => Session("legacy/BuildAgent", "i-0abc1234def567890", Account, null);

    private static JObject Stranger => Session("ImageImport", "nightly", OtherAccount, null);

    private static JObject Contractor => new()
    {
        ["type"] = "IAMUser",
        ["arn"] = $"arn:aws:iam::{Account}:user/contractor",
        ["accountId"] = Account,
        ["userName"] = "contractor",
    };

    private static JObject Session(string role, string session, string account, string? invokedBy)
    {
        var identity = new JObject
        {
            ["type"] = "AssumedRole",
            ["arn"] = $"arn:aws:sts::{account}:assumed-role/{role[(role.IndexOf('/', StringComparison.Ordinal) + 1)..]}/{session}",
            ["accountId"] = account,
            ["sessionContext"] = new JObject { ["sessionIssuer"] = new JObject { ["type"] = "Role", ["arn"] = $"arn:aws:iam::{account}:role/{role}" } },
        };
        if (invokedBy is not null)
        {
            identity["invokedBy"] = invokedBy;
        }

        return identity;
    }

    private static string NotAuthorized(JObject identity, string action, string key) =>
        $"User: {identity["arn"]} is not authorized to perform: {action} on resource: {key} because no resource-based policy allows the {action} action";

    private static JObject Call(Random random, string operation, DateTime time, JObject identity, string workflow, string key, string? error = null, string? message = null)
    {
        string region = key.Split(':')[3];
        var record = new JObject
        {
            ["eventVersion"] = "1.11",
            ["userIdentity"] = identity,
            ["eventTime"] = time.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture),
            ["eventSource"] = "kms.amazonaws.com",
            ["eventName"] = operation,
            ["awsRegion"] = region,
            ["sourceIPAddress"] = (string?)identity["invokedBy"] ?? ((string)identity["accountId"]! == OtherAccount ? "198.51.100.77" : $"203.0.113.{10 + ((string)identity["arn"]!).Length % 3}"),
            ["userAgent"] = (string?)identity["invokedBy"] ?? "aws-encryption-provider/2.1 lang/dotnet#8.0",
        };
        if (error is not null)
        {
            record["errorCode"] = error;
            record["errorMessage"] = message;
        }

        record["requestParameters"] = new JObject
        {
            ["encryptionContext"] = new JObject { ["aws:imagebuilder:arn"] = $"arn:aws:imagebuilder:{region}:{Account}:workflow/{workflow}/*" },
        };
        record["responseElements"] = JValue.CreateNull();
        record["requestID"] = Id(random);
        record["eventID"] = Id(random);
        record["readOnly"] = true;
        record["resources"] = new JArray(new JObject { ["accountId"] = Account, ["type"] = "AWS::KMS::Key", ["ARN"] = key });
        record["eventType"] = "AwsApiCall";
        record["recipientAccountId"] = Account;
        return record;
    }

    private static string Id(Random random)
    {
        byte[] bytes = new byte[16];
        random.NextBytes(bytes);
        return new Guid(bytes).ToString();
    }
}
