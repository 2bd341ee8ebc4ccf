using System.Text;

namespace ImageBuilderDataProtection.Audit.Queries;

/// <summary>
/// What an <see cref="AuditFilter"/> asks for, as one SELECT statement for an engine of AWS, for records that stay in AWS. It
/// finds all that the filter would; where it may find more, a comment in it says so. Immutable.
/// </summary>
public sealed record AuditQuery
{
    /// <summary>The table in Athena that is asked unless another is named: the name that AWS's page gives it.</summary>
    public const string DefaultTable = "cloudtrail_logs";

    /// <summary>The longest query that Athena takes, in bytes ("Service Quotas" in the Amazon Athena User Guide).</summary>
    public const int MaxAthenaBytes = 262_144;

    /// <summary>The longest query that CloudTrail Lake takes, in characters ("StartQuery" in the CloudTrail API Reference).</summary>
    public const int MaxLakeCharacters = 10_000;

    private AuditQuery(AuditQueryEngine engine, string text)
    {
        Engine = engine;
        Text = text;
    }

    /// <summary>The engine it is for.</summary>
    public AuditQueryEngine Engine { get; }

    /// <summary>The SQL.</summary>
    public string Text { get; }

    /// <summary>Writes a query.</summary>
    /// <param name="filter">Which records are wanted.</param>
    /// <param name="engine">The engine.</param>
    /// <param name="table">
    /// For Athena the table, with its database and data catalog before it if need be, such as <c>security.cloudtrail_logs</c>;
    /// null for <see cref="DefaultTable"/>. For CloudTrail Lake the event data store, by id or ARN.
    /// </param>
    /// <param name="first">How many records are wanted, from the oldest on; null for all.</param>
    /// <param name="partitionColumn">
    /// The partition column of Athena's table that holds the day as <c>2026/03/01</c>, so that only the days of the filter are
    /// read: <c>timestamp</c> where partition projection is as AWS's page has it. Null for none.
    /// </param>
    /// <exception cref="DataProtectionException">
    /// <c>InvalidTableName</c>, <c>InvalidEventDataStore</c>, <c>InvalidPartitionColumn</c>: a name is none;
    /// <c>QueryTooLong</c>: the engine takes no query as long as this.
    /// </exception>
    public static AuditQuery Create(AuditFilter filter, AuditQueryEngine engine, string? table = null, int? first = null, string? partitionColumn = null)
    {
        ArgumentNullException.ThrowIfNull(filter);
        if (first is { } count)
        {
            ArgumentOutOfRangeException.ThrowIfNegativeOrZero(count, nameof(first));
        }

        AuditTable source = engine == AuditQueryEngine.Athena ? AuditTable.InAthena(table ?? DefaultTable, partitionColumn) : AuditTable.InLake(table, partitionColumn);
        string text = Write(filter, source, first);
        RequireLength(engine, text);
        return new AuditQuery(engine, text);
    }

    /// <summary>The SQL.</summary>
    public override string ToString() => Text;

    private static string Write(AuditFilter filter, AuditTable source, int? first)
    {
        var text = new StringBuilder();
        text.Append("SELECT ").Append(source.Columns).Append('\n');
        text.Append("FROM ").Append(source.Name).Append('\n');
        text.Append("WHERE ").AppendJoin("\n    AND ", AuditConditions.Of(filter, source)).Append('\n');
        text.Append("ORDER BY eventtime");
        if (first is not null)
        {
            text.Append("\nLIMIT ").Append(first);
        }

        return text.ToString();
    }

    private static void RequireLength(AuditQueryEngine engine, string text)
    {
        (string name, int length, int max, string unit) = engine == AuditQueryEngine.Athena
            ? ("Athena", Encoding.UTF8.GetByteCount(text), MaxAthenaBytes, "bytes")
            : ("CloudTrail Lake", text.Length, MaxLakeCharacters, "characters");
        if (length > max)
        {
            throw new DataProtectionException(
                "QueryTooLong", FailureKind.LimitExceeded, $"The query has {length:N0} {unit}, and {name} takes {max:N0} at most; ask for fewer ids, names or patterns at a time.");
        }
    }
}
