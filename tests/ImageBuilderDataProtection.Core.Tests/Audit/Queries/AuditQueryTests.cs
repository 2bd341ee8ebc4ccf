using System.Text;
using CsCheck;
using ImageBuilderDataProtection.Audit;
using ImageBuilderDataProtection.Audit.Queries;
using ImageBuilderDataProtection.Kms;
using Newtonsoft.Json.Linq;

namespace ImageBuilderDataProtection.Tests.Audit.Queries;

public sealed class AuditQueryTests
{
    private const string Store = "EXAMPLEf852-4e8f-8bd1-bcf6cEXAMPLE";
    private const string Key = "arn:aws:kms:us-west-2:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab";

    // All that Unicode has, and much of what ends something in SQL.
    private static readonly Gen<string> Hostile = Gen.OneOf(
        Gen.OneOf("'", "''", "\"", @"\", @"\'", "--", "/*", "*/", ";", "%", "_", "*", "?", "\0", "\n", "\r", "\u2028", "\u202E", "\uFEFF", "\U0001F600", "\U000E0041", "U&'", "' OR 1=1 --", "x"),
        Gen.Int[1, 0x10FFFF].Select(static code => code is >= 0xD800 and < 0xE000 ? "x" : char.ConvertFromUtf32(code))).Array[0, 8].Select(string.Concat);

    [Fact]
    public void A_question_is_written_for_Athena()
    {
        var filter = new AuditFilter
        {
            Workflows = [new AuditPattern("arn:aws:imagebuilder:*:workflow/build/my_web/*")],
            EventNames = ["Decrypt"],
            DeniedOnly = true,
            Times = AuditTimeRange.Between(new DateTime(2026, 3, 1, 0, 0, 0, DateTimeKind.Utc), new DateTime(2026, 3, 31, 23, 59, 59, DateTimeKind.Utc)),
        };
        AuditQuery query = AuditQuery.Create(filter, AuditQueryEngine.Athena, "security.cloudtrail_logs_pp", first: 10, partitionColumn: "timestamp");
        Assert.Equal(
            """
            SELECT eventtime, eventname, awsregion, recipientaccountid, errorcode, errormessage,
                useridentity.arn AS principal, useridentity.sessioncontext.sessionissuer.arn AS role, useridentity.invokedby,
                sourceipaddress, useragent, requestparameters, resources, requestid, eventid, sharedeventid
            FROM "security"."cloudtrail_logs_pp"
            WHERE eventsource = 'kms.amazonaws.com'
                AND eventtime >= '2026-03-01T00:00:00'
                AND "timestamp" >= '2026/03/01'
                AND eventtime < '2026-04-01T00:00:00'
                AND "timestamp" <= '2026/04/07' /* seven days more: files come later than their events */
                AND upper(eventname) = upper('Decrypt')
                AND (errorcode LIKE '%AccessDenied%'
                    OR errorcode LIKE '%UnauthorizedOperation'
                    OR (errorcode IS NOT NULL AND errormessage LIKE '%is not authorized to perform%'))
                AND any_match(
                    ARRAY[TRY_CAST(json_extract(requestparameters, '$.encryptionContext') AS map(varchar, json)),
                        TRY_CAST(json_extract(requestparameters, '$.destinationEncryptionContext') AS map(varchar, json)),
                        TRY_CAST(json_extract(requestparameters, '$.sourceEncryptionContext') AS map(varchar, json)),
                        TRY_CAST(json_extract(requestparameters, '$.constraints.encryptionContextSubset') AS map(varchar, json)),
                        TRY_CAST(json_extract(requestparameters, '$.constraints.encryptionContextEquals') AS map(varchar, json))],
                    context -> cardinality(map_filter(context, (name, workflow) -> upper(name) = upper('aws:imagebuilder:arn')
                        AND (upper(TRY_CAST(workflow AS varchar)) LIKE upper('arn:aws:imagebuilder:%:workflow/build/my\_web/%') ESCAPE '\'))) > 0)
            ORDER BY eventtime
            LIMIT 10
            """,
            query.Text);
        Assert.Equal((AuditQueryEngine.Athena, query.Text), (query.Engine, query.ToString()));
    }

    [Fact]
    public void A_question_is_written_for_CloudTrail_Lake()
    {
        var filter = new AuditFilter { Times = AuditTimeRange.Between(new DateTime(2026, 3, 1, 0, 0, 0, DateTimeKind.Utc), null), Key = KeyIdentifier.Parse(Key) };
        Assert.Equal(
            $"""
            SELECT eventJson
            FROM {Store}
            WHERE eventsource = 'kms.amazonaws.com'
                AND eventtime >= '2026-03-01 00:00:00'
                AND (any_match(resources, resource -> resource.arn = '{Key}' OR (resource.arn = '1234abcd-12ab-34cd-56ef-1234567890ab' AND awsregion = 'us-west-2'))
                    OR any_match(
                        ARRAY[json_extract_scalar(eventJson, '$.requestParameters.keyId'),
                            json_extract_scalar(eventJson, '$.requestParameters.sourceKeyId'),
                            json_extract_scalar(eventJson, '$.requestParameters.targetKeyId'),
                            json_extract_scalar(eventJson, '$.requestParameters.destinationKeyId'),
                            json_extract_scalar(eventJson, '$.responseElements.keyId'),
                            json_extract_scalar(eventJson, '$.responseElements.keyMetadata.arn'),
                            json_extract_scalar(eventJson, '$.responseElements.replicaKeyMetadata.arn'),
                            split_part(split_part(errormessage, ' on resource: ', 2), ' ', 1)],
                        name -> name = '{Key}' OR (name = '1234abcd-12ab-34cd-56ef-1234567890ab' AND awsregion = 'us-west-2')))
                AND (any_match(
                    ARRAY[TRY_CAST(json_extract(eventJson, '$.requestParameters.encryptionContext') AS map(varchar, json)),
                        TRY_CAST(json_extract(eventJson, '$.requestParameters.destinationEncryptionContext') AS map(varchar, json)),
                        TRY_CAST(json_extract(eventJson, '$.requestParameters.sourceEncryptionContext') AS map(varchar, json)),
                        TRY_CAST(json_extract(eventJson, '$.requestParameters.constraints.encryptionContextSubset') AS map(varchar, json)),
                        TRY_CAST(json_extract(eventJson, '$.requestParameters.constraints.encryptionContextEquals') AS map(varchar, json))],
                    context -> cardinality(map_filter(context, (name, workflow) -> upper(name) = upper('aws:imagebuilder:arn'))) > 0)
                    OR json_extract_scalar(eventJson, '$.requestParameters') = 'HIDDEN_DUE_TO_SECURITY_REASONS'
                    OR 'HIDDEN_DUE_TO_SECURITY_REASONS' IN (json_extract_scalar(eventJson, '$.requestParameters.constraints'),
                        json_extract_scalar(eventJson, '$.requestParameters.encryptionContext'),
                        json_extract_scalar(eventJson, '$.requestParameters.destinationEncryptionContext'),
                        json_extract_scalar(eventJson, '$.requestParameters.sourceEncryptionContext'),
                        json_extract_scalar(eventJson, '$.requestParameters.constraints.encryptionContextSubset'),
                        json_extract_scalar(eventJson, '$.requestParameters.constraints.encryptionContextEquals')))
            ORDER BY eventtime
            """,
            AuditQuery.Create(filter, AuditQueryEngine.CloudTrailLake, Store).Text);
        Assert.Contains($"FROM {Store}\n", AuditQuery.Create(filter, AuditQueryEngine.CloudTrailLake, "arn:aws-cn:cloudtrail:cn-north-1:111122223333:eventdatastore/" + Store).Text, StringComparison.Ordinal);
        Assert.Contains("FROM \"cloudtrail_logs\"\n", AuditQuery.Create(filter, AuditQueryEngine.Athena).Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(AuditQueryEngine.Athena)]
    [InlineData(AuditQueryEngine.CloudTrailLake)]
    public void A_query_selects_what_the_filter_matches(AuditQueryEngine engine) =>
        Gen.Select(AuditQueryCases.Filter, AuditQueryCases.Record.Array[10], Gen.Bool).Sample(
            (filter, records, isHiddenQuoted) =>
            {
                SqlCondition condition = SqlCondition.Of(AuditQuery.Create(filter, engine, engine == AuditQueryEngine.Athena ? null : Store).Text);
                foreach (JObject record in records)
                {
                    bool isSelected = condition.Selects(ToRow(record, engine, isHiddenQuoted));
                    if (engine == AuditQueryEngine.Athena)
                    {
                        // The table has them not, as a comment in the query says.
                        (record["userIdentity"] as JObject)?.Remove("identityProvider");
                        (record["userIdentity"]?["sessionContext"] as JObject)?.Remove("sourceIdentity");
                    }

                    string json = record.ToString();
                    bool isMatched = filter.Select(Encoding.UTF8.GetBytes(json), sourceFile: null, static () => { }) is not null;
                    Assert.True(isSelected == isMatched, $"{(isMatched ? "Matched" : "Not matched")}: {json}\n{AuditQuery.Create(filter, engine, Store)}");
                }
            },
            iter: 1000);

    [Fact]
    public void No_value_is_more_than_one_literal() => Hostile.Sample(static value =>
    {
        AuditPattern[] patterns = [new(value), new("*" + value)];
        var filter = new AuditFilter { RequestIds = [value], EventIds = [value, value], Workflows = patterns, Principals = patterns, InvokedBy = patterns };
        var harmless = new AuditFilter { RequestIds = ["x"], EventIds = ["x", "x"], Workflows = [new("x"), new("*")], Principals = [new("x"), new("*")], InvokedBy = [new("x"), new("*")] };
        bool isPattern = value.Contains('*', StringComparison.Ordinal) || value.Contains('?', StringComparison.Ordinal);
        harmless = isPattern ? harmless with { Workflows = [new("*"), new("*")], Principals = [new("*"), new("*")], InvokedBy = [new("*"), new("*")] } : harmless;
        foreach (AuditQueryEngine engine in Enum.GetValues<AuditQueryEngine>())
        {
            IReadOnlyList<SqlToken> tokens = SqlToken.Read(AuditQuery.Create(filter, engine, Store).Text);
            IReadOnlyList<SqlToken> others = SqlToken.Read(AuditQuery.Create(harmless, engine, Store).Text);
            Assert.Equal(others.Select(Form), tokens.Select(Form));
            string[] literals = [.. tokens.Zip(others).Where(static pair => pair.First != pair.Second || pair.First.Text == "x").Select(static pair => pair.First.Text).Distinct()];
            string like = value.Replace(@"\", @"\\", StringComparison.Ordinal).Replace("%", @"\%", StringComparison.Ordinal).Replace("_", @"\_", StringComparison.Ordinal).Replace('*', '%').Replace('?', '_');
            Assert.Equal(
                new[] { value, isPattern ? like : value, "%" + like }.Where(text => text != "%").Distinct().Order(StringComparer.Ordinal),
                literals.Where(static text => text != "%").Order(StringComparer.Ordinal));
        }

        static string Form(SqlToken token) => token.Kind == SqlTokenKind.Literal ? "literal" : token.Text;
    });

    [Fact]
    public void What_is_not_seen_is_written_out()
    {
        string text = AuditQuery.Create(new AuditFilter { RequestIds = ["a\0\n\u202E'\\\U000E0041é\U0001F600"] }, AuditQueryEngine.Athena).Text;
        Assert.Contains(@"upper(requestid) = upper(U&'a\0000\000A\202E''\\\+0E0041é😀')", text, StringComparison.Ordinal);
        Assert.Contains("= upper('a\uFFFDb')", AuditQuery.Create(new AuditFilter { RequestIds = ["a\uD800b"] }, AuditQueryEngine.Athena).Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("x;y")]
    [InlineData("a b")]
    [InlineData("\"x\"")]
    [InlineData("x\"y")]
    [InlineData("")]
    [InlineData("a.b.c.d")]
    [InlineData("a..b")]
    [InlineData("x\n")]
    [InlineData("x'--")]
    [InlineData("é")]
    public void A_name_that_is_none_is_refused(string name)
    {
        Assert.Equal("InvalidTableName", Refused(AuditQueryEngine.Athena, name).ErrorId);
        Assert.Equal("InvalidPartitionColumn", Refused(AuditQueryEngine.Athena, null, name).ErrorId);
        Assert.Equal("InvalidEventDataStore", Refused(AuditQueryEngine.CloudTrailLake, name).ErrorId);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("a--b")]
    [InlineData("-a")]
    [InlineData("a-")]
    [InlineData("a.b")]
    [InlineData("arn:aws:cloudtrail:us-west-2:111122223333:trail/x")]
    public void An_event_data_store_is_its_id_or_ARN(string? store) => Assert.Equal("InvalidEventDataStore", Refused(AuditQueryEngine.CloudTrailLake, store).ErrorId);

    [Fact]
    public void An_error_shows_the_beginning_of_a_name_and_Lake_has_no_partition_columns()
    {
        Assert.StartsWith($"\"a\uFFFDb{new string('x', 77)}…\" is no table in Athena:", Refused(AuditQueryEngine.Athena, "a\nb" + new string('x', 1000)).Message, StringComparison.Ordinal);
        Assert.Equal("InvalidPartitionColumn", Refused(AuditQueryEngine.CloudTrailLake, Store, "timestamp").ErrorId);
    }

    [Theory]
    [InlineData(AuditQueryEngine.Athena, 40_000, "Athena takes 262,144")]
    [InlineData(AuditQueryEngine.CloudTrailLake, 1000, "CloudTrail Lake takes 10,000")]
    public void A_query_that_the_engine_does_not_take_is_refused(AuditQueryEngine engine, int count, string told)
    {
        var error = Assert.Throws<DataProtectionException>(() => AuditQuery.Create(
            new AuditFilter { EventIds = [.. Enumerable.Range(0, count).Select(static number => number.ToString("D8", System.Globalization.CultureInfo.InvariantCulture))] }, engine, Store));
        Assert.Equal(("QueryTooLong", FailureKind.LimitExceeded), (error.ErrorId, error.Kind));
        Assert.Contains(told, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_end_of_time_is_no_condition()
    {
        var filter = new AuditFilter { AllKmsEvents = true, Times = AuditTimeRange.Between(null, DateTime.MaxValue) };
        Assert.EndsWith("WHERE eventsource = 'kms.amazonaws.com'\nORDER BY eventtime", AuditQuery.Create(filter, AuditQueryEngine.Athena, partitionColumn: "timestamp").Text, StringComparison.Ordinal);
        Assert.Throws<ArgumentOutOfRangeException>(() => AuditQuery.Create(filter, AuditQueryEngine.Athena, first: 0));
    }

    private static DataProtectionException Refused(AuditQueryEngine engine, string? table, string? partitionColumn = null) =>
        Assert.Throws<DataProtectionException>(() => AuditQuery.Create(new AuditFilter(), engine, table, partitionColumn: partitionColumn));

    private static Dictionary<string, object?> ToRow(JObject record, AuditQueryEngine engine, bool isHiddenQuoted)
    {
        bool isAthena = engine == AuditQueryEngine.Athena;
        var row = new Dictionary<string, object?>
        {
            ["eventtime"] = isAthena ? (string?)record["eventTime"] : ((string?)record["eventTime"])!.Replace('T', ' ').Replace("Z", ".000", StringComparison.Ordinal),
            ["eventsource"] = (string?)record["eventSource"],
            ["eventname"] = (string?)record["eventName"],
            ["awsregion"] = (string?)record["awsRegion"],
            ["requestid"] = (string?)record["requestID"],
            ["eventid"] = (string?)record["eventID"],
            ["errorcode"] = (string?)record["errorCode"],
            ["errormessage"] = (string?)record["errorMessage"],
            ["resources"] = (record["resources"] as JArray)?.Select(static resource => new Dictionary<string, object?> { ["arn"] = (string?)resource["ARN"] }).ToArray(),
            ["responseelements"] = record["responseElements"]?.ToString(),
            ["useridentity"] = record["userIdentity"] is JObject identity ? ToIdentity(identity) : null,
        };
        row[isAthena ? "requestparameters" : "eventJson"] = !isAthena ? record.ToString() : record["requestParameters"] switch
        {
            JObject parameters => parameters.ToString(),
            JValue { Value: string hidden } => isHiddenQuoted ? $"\"{hidden}\"" : hidden,
            _ => null,
        };
        return row;
    }

    private static Dictionary<string, object?> ToIdentity(JObject identity) => new()
    {
        ["type"] = (string?)identity["type"],
        ["arn"] = (string?)identity["arn"],
        ["username"] = (string?)identity["userName"],
        ["principalid"] = (string?)identity["principalId"],
        ["accountid"] = (string?)identity["accountId"],
        ["invokedby"] = (string?)identity["invokedBy"],
        ["identityprovider"] = (string?)identity["identityProvider"],
        ["onbehalfof"] = identity["onBehalfOf"] is JObject user ? new Dictionary<string, object?> { ["userid"] = (string?)user["userId"] } : null,
        ["sessioncontext"] = identity["sessionContext"] is JObject session
            ? new Dictionary<string, object?>
            {
                ["sourceidentity"] = (string?)session["sourceIdentity"],
                ["sessionissuer"] = session["sessionIssuer"] is JObject issuer
                    ? new Dictionary<string, object?> { ["arn"] = (string?)issuer["arn"], ["username"] = (string?)issuer["userName"] }
                    : null,
            }
            : null,
    };
}
