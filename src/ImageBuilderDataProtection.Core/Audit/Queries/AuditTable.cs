using System.Text.RegularExpressions;

namespace ImageBuilderDataProtection.Audit.Queries;

/// <summary>The records as an engine has them: a table, and what differs between the engines. Other columns have the same names in both.</summary>
/// <param name="Name">The table's name, quoted as need be.</param>
/// <param name="Columns">What is selected.</param>
/// <param name="AreParametersHidden">The condition that CloudTrail withholds all parameters of the request.</param>
/// <param name="Request">Where the parameters of the request are.</param>
/// <param name="Response">Where the elements of the answer are.</param>
/// <param name="OtherCallers">More of what names a caller, where the table has it.</param>
/// <param name="TimeFormat">How times are written, without their Z.</param>
/// <param name="PartitionColumn">The column that holds the day; null for none.</param>
internal sealed partial record AuditTable(
    string Name, string Columns, string AreParametersHidden, JsonPlace Request, JsonPlace Response, string OtherCallers, string TimeFormat, string? PartitionColumn)
{
    // Delivery is mostly a matter of minutes, but AWS promises no time.
    private const int DaysOfDelivery = 7;

    private const string AthenaColumns =
        "eventtime, eventname, awsregion, recipientaccountid, errorcode, errormessage,"
        + "\n    useridentity.arn AS principal, useridentity.sessioncontext.sessionissuer.arn AS role, useridentity.invokedby,"
        + "\n    sourceipaddress, useragent, requestparameters, resources, requestid, eventid, sharedeventid";

    /// <summary>A table in Athena.</summary>
    public static AuditTable InAthena(string name, string? partitionColumn)
    {
        if (!TableName().IsMatch(name))
        {
            throw new DataProtectionException(
                "InvalidTableName",
                FailureKind.InvalidArgument,
                $"{SqlText.Show(name)} is no table in Athena: give a name of letters, digits, _ and -, with the database and the data catalog before it if need be, such as security.cloudtrail_logs.");
        }

        if (partitionColumn is not null && !ColumnName().IsMatch(partitionColumn))
        {
            throw new DataProtectionException(
                "InvalidPartitionColumn", FailureKind.InvalidArgument, $"{SqlText.Show(partitionColumn)} is no column of a table in Athena: give a name of letters, digits and _.");
        }

        return new AuditTable(
            string.Join('.', name.Split('.').Select(static part => $"\"{part}\"")),
            AthenaColumns,
            // A string of JSON may stand in the column with its quotation marks or without.
            $"requestparameters IN ({SqlText.Literal(KmsAuditEvent.Hidden)}, {SqlText.Literal($"\"{KmsAuditEvent.Hidden}\"")})",
            new JsonPlace("requestparameters", "$"),
            new JsonPlace("responseelements", "$"),
            " /* the table has no source identities and no identity providers */",
            "yyyy-MM-dd'T'HH:mm:ss",
            partitionColumn);
    }

    /// <summary>An event data store of CloudTrail Lake.</summary>
    public static AuditTable InLake(string? store, string? partitionColumn)
    {
        if (partitionColumn is not null)
        {
            throw new DataProtectionException("InvalidPartitionColumn", FailureKind.InvalidArgument, "CloudTrail Lake has no partition columns; leave it out.");
        }

        Match id = EventDataStore().Match(store ?? "");
        if (!id.Success)
        {
            throw new DataProtectionException(
                "InvalidEventDataStore",
                FailureKind.InvalidArgument,
                store is null ? "A query for CloudTrail Lake needs the event data store to ask: give its id or its ARN with -TableName." : $"{SqlText.Show(store)} is neither the id nor the ARN of an event data store of CloudTrail Lake.");
        }

        // The record as text says what a map of texts has in a form of its own.
        return new AuditTable(
            id.Groups["id"].Value,
            "eventJson",
            $"json_extract_scalar(eventJson, '$.requestParameters') = {SqlText.Literal(KmsAuditEvent.Hidden)}",
            new JsonPlace("eventJson", "$.requestParameters"),
            new JsonPlace("eventJson", "$.responseElements"),
            ", useridentity.sessioncontext.sourceidentity, useridentity.identityprovider",
            "yyyy-MM-dd HH:mm:ss",
            PartitionColumn: null);
    }

    /// <summary>
    /// The conditions of a stretch of time. Times are text to both engines, as in AWS's own examples. They are whole seconds;
    /// without the Z at the end the comparison would be right for fractions of them, too.
    /// </summary>
    public IEnumerable<string> During(AuditTimeRange times)
    {
        if (times.Start is { } start)
        {
            yield return $"eventtime >= {Time(start, TimeFormat)}";
            if (PartitionColumn is not null)
            {
                yield return $"\"{PartitionColumn}\" >= {Time(start, "yyyy'/'MM'/'dd")}";
            }
        }

        // In the last second and the last days of all time there is nothing.
        if (times.End is { } end && end < DateTime.MaxValue.AddDays(-DaysOfDelivery))
        {
            yield return $"eventtime < {Time(end.AddSeconds(1), TimeFormat)}";
            if (PartitionColumn is not null)
            {
                yield return $"\"{PartitionColumn}\" <= {Time(end.AddDays(DaysOfDelivery), "yyyy'/'MM'/'dd")} /* seven days more: files come later than their events */";
            }
        }
    }

    private static string Time(DateTime time, string format) => SqlText.Literal(time.ToString(format, System.Globalization.CultureInfo.InvariantCulture));

    [GeneratedRegex(@"\A([A-Za-z0-9_-]{1,255}\.){0,2}[A-Za-z0-9_-]{1,255}\z", RegexOptions.CultureInvariant)]
    private static partial Regex TableName();

    [GeneratedRegex(@"\A[A-Za-z0-9_]{1,255}\z", RegexOptions.CultureInvariant)]
    private static partial Regex ColumnName();

    // It stands in the query unquoted, as in AWS's examples, so that it may not hold "--", which begins a comment.
    [GeneratedRegex(
        @"\A(arn:aws(-[a-z]+)*:cloudtrail:[a-z0-9-]+:[0-9]{12}:eventdatastore/)?(?<id>(?=.{1,64}\z)[A-Za-z0-9]+(-[A-Za-z0-9]+)*)\z",
        RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant)]
    private static partial Regex EventDataStore();
}
