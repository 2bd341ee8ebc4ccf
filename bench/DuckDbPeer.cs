using DuckDB.NET.Data;

namespace ImageBuilderDataProtection.Bench;

/// <summary>The same question put to DuckDB, which reads .json.gz itself, several files at a time.</summary>
internal static class DuckDbPeer
{
    /// <summary>Larger than any file here; what is larger than the limit is an error.</summary>
    private const int MaxObjectBytes = 256 * 1024 * 1024;

    private const string Workflow = "encryptionContext.\"aws:imagebuilder:arn\"";

    /// <summary>
    /// The ways to put it, by what tells them apart. What differs from service to service must be JSON in each of them:
    /// requestParameters is an object, null or the text HIDDEN_DUE_TO_SECURITY_REASONS. DuckDB's read_text does not decompress.
    /// </summary>
    public static IReadOnlyDictionary<string, string> Ways { get; } = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["typed columns"] = $$"""
            SELECT r.eventID, r.eventTime, r.eventName, r.userIdentity ->> 'arn', json_extract_string(r.requestParameters, '$.{{Workflow}}')
            FROM (SELECT unnest(Records) AS r FROM read_json($files, maximum_object_size = {{MaxObjectBytes}}, columns = {
                Records: 'STRUCT(eventID VARCHAR, eventTime VARCHAR, eventSource VARCHAR, eventName VARCHAR, userIdentity JSON, requestParameters JSON)[]' }))
            WHERE r.eventSource = 'kms.amazonaws.com' AND json_extract_string(r.requestParameters, '$.{{Workflow}}') IS NOT NULL
            """,
        ["JSON values"] = $$"""
            SELECT r ->> 'eventID', r ->> 'eventTime', r ->> 'eventName', r ->> '$.userIdentity.arn', json_extract_string(r, '$.requestParameters.{{Workflow}}')
            FROM (SELECT unnest(Records) AS r FROM read_json($files, maximum_object_size = {{MaxObjectBytes}}, columns = { Records: 'JSON[]' }))
            WHERE contains(r, '"aws:imagebuilder:arn"') AND (r ->> 'eventSource') = 'kms.amazonaws.com'
                AND json_extract_string(r, '$.requestParameters.{{Workflow}}') IS NOT NULL
            """,
        ["text"] = $$"""
            SELECT r ->> 'eventID', r ->> 'eventTime', r ->> 'eventName', r ->> '$.userIdentity.arn', json_extract_string(r, '$.requestParameters.{{Workflow}}')
            FROM (SELECT '{"eventVersion"' || rtrim(unnest(string_split(line, '{"eventVersion"')[2:]), ',]}') || '}' AS r
                FROM read_csv($files, columns = { line: 'VARCHAR' }, delim = '\x01', quote = '', escape = '', header = false, auto_detect = false,
                    max_line_size = {{MaxObjectBytes}}))
            WHERE contains(r, '"aws:imagebuilder:arn"') AND contains(r, '"kms.amazonaws.com"') AND json_extract_string(r, '$.requestParameters.{{Workflow}}') IS NOT NULL
            """,
    };

    public static string Name
    {
        get
        {
            using DuckDBConnection connection = Open();
            return $"DuckDB {connection.ServerVersion}";
        }
    }

    /// <summary>Reads all that match, and answers how many they are.</summary>
    public static long Count(string way, string folder, int threads)
    {
        using DuckDBConnection connection = Open();
        using DuckDBCommand command = connection.CreateCommand();
        command.CommandText = $"SET threads = {threads}";
        command.ExecuteNonQuery();
        command.CommandText = Ways[way].Replace("$files", $"'{folder.Replace("'", "''", StringComparison.Ordinal)}/**/*.json.gz'", StringComparison.Ordinal);
        using DuckDBDataReader reader = command.ExecuteReader();
        object[] values = new object[reader.FieldCount];
        long count = 0;
        for (; reader.Read(); count++)
        {
            reader.GetValues(values);
        }

        return count;
    }

    private static DuckDBConnection Open()
    {
        var connection = new DuckDBConnection("DataSource=:memory:");
        connection.Open();
        return connection;
    }
}
