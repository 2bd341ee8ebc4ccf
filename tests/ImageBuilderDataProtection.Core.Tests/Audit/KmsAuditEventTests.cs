using ImageBuilderDataProtection.Audit;
using ImageBuilderDataProtection.Json;
using ImageBuilderDataProtection.Tests.Json;
using Newtonsoft.Json.Linq;

namespace ImageBuilderDataProtection.Tests.Audit;

public class KmsAuditEventTests
{
    private const string Workflow = "arn:aws:imagebuilder:us-west-2:111122223333:workflow/build/sample-encrypted-workflow/1.0.0/*";

    [Fact]
    public void The_pages_records_are_written_back_as_they_were_read()
    {
        Assert.Equal(Examples.Decrypt.Trim(), KmsAuditEvent.Parse(Examples.Decrypt).ToJson());
        Assert.Equal(Examples.GenerateDataKey.Trim(), KmsAuditEvent.Parse(Examples.GenerateDataKey).ToJson());
    }

    [Fact]
    public void The_pages_decrypt_record_is_read()
    {
        KmsAuditEvent record = KmsAuditEvent.Parse(Examples.Decrypt);
        Assert.Equal(new DateTime(2023, 11, 21, 20, 34, 25, DateTimeKind.Utc), record.EventTime);
        Assert.Equal(DateTimeKind.Utc, record.EventTime.Kind);
        Assert.Equal(("Decrypt", "kms.amazonaws.com", "us-west-2"), (record.EventName, record.EventSource, record.AwsRegion));
        Assert.Equal(("imagebuilder.amazonaws.com", "imagebuilder.amazonaws.com", "imagebuilder.amazonaws.com"), (record.SourceIPAddress, record.UserAgent, record.InvokedBy));
        Assert.Equal("arn:aws:sts::111122223333:assumed-role/Admin/workflow-role-name", record.Principal);
        Assert.Equal(("AssumedRole", "PRINCIPALID1234567890:workflow-role-name", "111122223333", "AKIAIOSFODNN7EXAMPLE", null), (
            record.UserIdentity!.Type, record.UserIdentity.PrincipalId, record.UserIdentity.AccountId, record.UserIdentity.AccessKeyId, record.UserIdentity.UserName));
        AuditSessionContext session = record.UserIdentity.SessionContext!;
        Assert.Equal(("Role", "arn:aws:iam::111122223333:role/Admin", "111122223333", "Admin"), (
            session.SessionIssuer!.Type, session.SessionIssuer.Arn, session.SessionIssuer.AccountId, session.SessionIssuer.UserName));
        Assert.Equal((new DateTime(2023, 11, 21, 20, 29, 31, DateTimeKind.Utc), false), (session.CreationDate!.Value, session.MfaAuthenticated!.Value));
        Assert.Equal(Workflow, record.WorkflowArn);
        Assert.Equal(2, record.EncryptionContext!.Count);
        Assert.Equal("arn:aws:kms:us-west-2:111122223333:key/a1b2c3d4-5678-90ab-cdef-EXAMPLEzzzzz", record.KeyArn);
        Assert.Equal(("a1b2c3d4-5678-90ab-cdef-EXAMPLEbbbbb", "a1b2c3d4-5678-90ab-cdef-EXAMPLE22222"), (record.RequestId, record.EventId));
        Assert.Equal((true, "111122223333", null, null, null), (record.ReadOnly!.Value, record.RecipientAccountId, record.SharedEventId, record.ErrorCode, record.ErrorMessage));
        Assert.Equal(new AuditResource("111122223333", "AWS::KMS::Key", record.KeyArn), Assert.Single(record.Resources));
        Assert.False(record.IsDenied);
        Assert.Null(record.SourceFile);
    }

    [Fact]
    public void Request_parameters_are_plain_values()
    {
        KmsAuditEvent record = KmsAuditEvent.Parse(Examples.GenerateDataKey);
        Assert.Equal(["encryptionContext", "keyId", "numberOfBytes"], record.RequestParameters!.Keys);
        Assert.Equal(32L, record.RequestParameters["numberOfBytes"]);
        Assert.Equal(Workflow, ((IReadOnlyDictionary<string, object?>)record.RequestParameters["encryptionContext"]!)["aws:imagebuilder:arn"]);
    }

    [Theory]
    [InlineData("AccessDenied", "x", true)]
    [InlineData("AccessDeniedException", "x", true)]
    [InlineData("Client.UnauthorizedOperation", "x", true)]
    [InlineData("Other", "User: a is not authorized to perform: kms:Decrypt", true)]
    [InlineData("DisabledException", "x is disabled", false)]
    public void A_denial_is_known_by_its_error(string code, string message, bool isDenied)
    {
        JObject record = JObject.Parse(Examples.Decrypt);
        record["errorCode"] = code;
        record["errorMessage"] = message;
        KmsAuditEvent read = KmsAuditEvent.Parse(record.ToString());
        Assert.Equal((isDenied, code, message), (read.IsDenied, read.ErrorCode, read.ErrorMessage));
    }

    [Theory]
    [InlineData("{\"encryptionContext\":\"HIDDEN_DUE_TO_SECURITY_REASONS\"}", true)]
    [InlineData("\"HIDDEN_DUE_TO_SECURITY_REASONS\"", true)]
    [InlineData("{\"destinationEncryptionContext\":\"HIDDEN_DUE_TO_SECURITY_REASONS\"}", true)]
    [InlineData("{\"sourceEncryptionContext\":\"HIDDEN_DUE_TO_SECURITY_REASONS\"}", true)]
    [InlineData("null", false)]
    [InlineData("{\"encryptionContext\":null}", false)]
    public void A_context_may_be_hidden_or_missing(string parameters, bool isHidden)
    {
        JObject record = JObject.Parse(Examples.Decrypt);
        record["requestParameters"] = JToken.Parse(parameters);
        KmsAuditEvent read = KmsAuditEvent.Parse(record.ToString());
        Assert.Equal((isHidden, null, null), (read.IsEncryptionContextHidden, read.EncryptionContext, read.WorkflowArn));
    }

    [Theory]
    [InlineData("{\"aws:imagebuilder:arn\":\"from\"}", "{\"aws:imagebuilder:arn\":\"to\"}", "to")]
    [InlineData("{\"aws:imagebuilder:arn\":\"from\"}", "{\"App\":\"x\"}", "from")]
    [InlineData("{\"aws:imagebuilder:arn\":\"from\"}", "null", "from")]
    [InlineData("{\"App\":\"x\"}", "{\"aws:imagebuilder:arn\":\"to\"}", "to")]
    [InlineData("{\"App\":\"x\"}", "{}", null)]
    public void A_ReEncrypt_is_about_the_workflow_that_either_context_names(string source, string destination, string? workflow)
    {
        JObject record = JObject.Parse(Examples.Decrypt);
        record["eventName"] = "ReEncrypt";
        record["requestParameters"] = new JObject
        {
            ["sourceEncryptionContext"] = JToken.Parse(source),
            ["destinationEncryptionContext"] = JToken.Parse(destination),
        };
        Assert.Equal(workflow, KmsAuditEvent.Parse(record.ToString()).WorkflowArn);
    }

    [Fact]
    public void Unknown_elements_and_numbers_are_kept()
    {
        string text = Examples.Decrypt.Replace("\"eventCategory\"", "\"new\": {\n    \"price\": 1.50,\n    \"big\": 123456789012345678901234567890\n  },\n  \"eventCategory\"", StringComparison.Ordinal);
        Assert.Equal(text.Trim(), KmsAuditEvent.Parse(text).ToJson());
    }

    [Theory]
    [InlineData("{}", "eventName")]
    [InlineData("{\"eventName\":\"Decrypt\",\"eventTime\":\"yesterday\",\"eventSource\":\"kms.amazonaws.com\"}", "eventTime")]
    [InlineData("{\"eventName\":\"GetObject\",\"eventTime\":\"2023-11-21T20:34:25Z\",\"eventSource\":\"s3.amazonaws.com\"}", "s3.amazonaws.com")]
    public void What_is_no_KMS_record_is_refused(string text, string told)
    {
        DataProtectionException error = Assert.Throws<DataProtectionException>(() => KmsAuditEvent.Parse(text));
        Assert.Equal("InvalidAuditRecord", error.ErrorId);
        Assert.Contains(told, error.Message, StringComparison.Ordinal);
        Assert.Throws<JsonSyntaxException>(() => KmsAuditEvent.Parse("{"));
    }
}
