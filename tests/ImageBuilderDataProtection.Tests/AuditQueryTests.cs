using System.Management.Automation;

namespace ImageBuilderDataProtection.ModuleTests;

/// <summary>Get-IBKmsAuditEvent -AsQuery: the question as SQL.</summary>
public sealed class AuditQueryTests(Engine engine) : IClassFixture<Engine>
{
    private const string Ask = "Get-IBKmsAuditEvent -AsQuery Athena -WorkflowArn '*:workflow/build/*' -Denied -StartTime 2026-03-01T00:00:00Z ";

    [Fact]
    public void Every_question_is_written()
    {
        PSObject query = engine.Run(Ask + """
            -EndTime 2026-03-31T23:59:59Z -EventName Decrypt -Principal "O'Neil" -InvokedBy image* -Region us-west-2 -First 10 `
                -KeyId 1234abcd-12ab-34cd-56ef-1234567890ab -RequestId a, b -EventId c -TableName security.logs -PartitionColumn timestamp
            """).Only();
        string text = (string)query.Properties["Text"].Value;
        Assert.Equal(text, query.ToString());
        Assert.All(
            [
                "FROM \"security\".\"logs\"", "\"timestamp\" >= '2026/03/01'", "eventtime < '2026-04-01T00:00:00'", "upper('Decrypt')", "upper('O''Neil')", "upper('image%')",
                "upper('us-west-2')", "LIKE '%:key/1234abcd-12ab-34cd-56ef-1234567890ab'", "IN (upper('a'), upper('b'))", "upper(eventid) = upper('c')", "'%:workflow/build/%'", "%AccessDenied%", "LIMIT 10",
            ],
            part => Assert.Contains(part, text, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("Get-IBKmsAuditEvent -AsQuery Athena -TableName 'a;b'", "InvalidTableName", ErrorCategory.InvalidArgument)]
    [InlineData("Get-IBKmsAuditEvent -AsQuery Athena -PartitionColumn 'a b'", "InvalidPartitionColumn", ErrorCategory.InvalidArgument)]
    [InlineData("Get-IBKmsAuditEvent -AsQuery CloudTrailLake", "InvalidEventDataStore", ErrorCategory.InvalidArgument)]
    [InlineData("Get-IBKmsAuditEvent -AsQuery cloudtraillake -TableName x -EventId (1..2000)", "QueryTooLong", ErrorCategory.LimitsExceeded)]
    [InlineData("Get-IBKmsAuditEvent -AsQuery Athena -LocalKms x", "AwsParameterWithQuery", ErrorCategory.InvalidArgument)]
    [InlineData("Get-IBKmsAuditEvent -AsQuery Oracle", "CannotConvertArgumentNoMessage", ErrorCategory.InvalidArgument)]
    public void What_cannot_be_written_is_one_error(string script, string id, ErrorCategory category)
    {
        ErrorRecord error = engine.Run(script).Error();
        Assert.Equal((id, category), (error.FullyQualifiedErrorId.Split(',')[0], error.CategoryInfo.Category));
    }

    [Fact]
    public void Where_an_event_data_store_is_given_is_told() =>
        Assert.Contains("-TableName", engine.Run("Get-IBKmsAuditEvent -AsQuery CloudTrailLake").Error().ToString(), StringComparison.Ordinal);

    [Fact]
    public void It_shows_as_its_text()
    {
        string text = (string)engine.Run(Ask).Only().Properties["Text"].Value;
        Assert.Equal(Words(text), Words(engine.Show(Ask)));

        // Where lines that are too long break is the host's matter.
        static string[] Words(string shown) => shown.Split([' ', '\n'], StringSplitOptions.RemoveEmptyEntries);
    }
}
