using ImageBuilderDataProtection.Audit;
using ImageBuilderDataProtection.Json;
using ImageBuilderDataProtection.Kms;
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

    [Fact]
    public void Lists_and_objects_are_one_line_as_text()
    {
        const string Key = "arn:aws:kms:us-west-2:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab";
        var record = KmsAuditEvent.Parse($$"""
            {
                "eventTime": "2026-11-24T12:00:00Z", "eventSource": "kms.amazonaws.com", "eventName": "ReEncrypt",
                "requestParameters": {
                    "sourceEncryptionContext": { "aws:imagebuilder:arn": "{{Workflow}}" },
                    "destinationEncryptionContext": { "aws:imagebuilder:arn": "x", "a \"quoted\" name": "größer\n<b>'&+" },
                    "tags": [{ "tagKey": "a" }, 1.50, 7, true, null, []], "none": {}
                },
                "resources": [{ "ARN": "{{Key}}" }, { "ARN": "{{Key}}2" }]
            }
            """);
        const string Destination = """{"aws:imagebuilder:arn":"x","a \"quoted\" name":"größer\n<b>'&+"}""";
        Assert.Equal(Destination, record.EncryptionContext!.ToString());
        Assert.Equal(
            $$$"""{"sourceEncryptionContext":{"aws:imagebuilder:arn":"{{{Workflow}}}"},"destinationEncryptionContext":{{{Destination}}},"tags":[{"tagKey":"a"},1.50,7,true,null,[]],"none":{}}""",
            record.RequestParameters!.ToString());
        Assert.Equal($"x, {Workflow}", record.WorkflowArns.ToString());
        Assert.Equal($"{Key}, {Key}2", record.KeyArns.ToString());
        Assert.Equal($"{Key}, {Key}2", record.Resources.ToString());

        var bare = KmsAuditEvent.Parse("""{ "eventTime": "2026-11-24T12:00:00Z", "eventSource": "kms.amazonaws.com", "eventName": "ListKeys" }""");
        Assert.Equal(("", "", ""), (bare.WorkflowArns.ToString(), bare.KeyArns.ToString(), bare.Resources.ToString()));
    }

    [Fact]
    public void Names_of_parameters_are_found_whatever_their_case_but_not_those_of_a_context()
    {
        var record = KmsAuditEvent.Parse("""
            {
                "eventTime": "2026-11-24T12:00:00Z", "eventSource": "kms.amazonaws.com", "eventName": "CreateGrant",
                "requestParameters": {
                    "name": 1, "keyId": "k", "NAME": 2, "Name": 3,
                    "constraints": { "encryptionContextSubset": { "a": "lower", "A": "upper", "Only": "x" } }, "tags": [{ "tagKey": "t" }],
                    "encryptionContext": { "Only": "x" }
                },
                "responseElements": { "grantId": "g" }
            }
            """);
        IReadOnlyDictionary<string, object?> request = record.RequestParameters!;
        Assert.Equal(("k", "k", "k"), (request["keyId"], request["KeyId"], request["KEYID"]));
        Assert.Equal((1L, 2L, 3L, 1L), (request["name"], request["NAME"], request["Name"], request["nAMe"]));
        Assert.Equal(["name", "keyId", "NAME", "Name", "constraints", "tags", "encryptionContext"], request.Keys);
        Assert.Equal(["name", "keyId", "NAME", "Name", "constraints", "tags", "encryptionContext"], request.Select(static pair => pair.Key));
        Assert.StartsWith("""{"name":1,"keyId":"k","NAME":2,"Name":3,""", request.ToString(), StringComparison.Ordinal);
        Assert.True(request.ContainsKey("KeyID") && request.TryGetValue("KeyID", out object? key) && key is "k");
        Assert.False(request.ContainsKey("none") || request.TryGetValue("none", out _));
        Assert.Throws<KeyNotFoundException>(() => request["none"]);
        Assert.Equal("t", ((IReadOnlyDictionary<string, object?>)((object?[])request["Tags"]!)[0]!)["TagKey"]);
        Assert.Equal("g", record.ResponseElements!["GrantID"]);

        // As PowerShell asks.
        Assert.Equal("k", ((System.Collections.IDictionary)request)["KeyId"]);
        Assert.True(((System.Collections.IDictionary)request).Contains("KeyId"));

        var constraint = (IReadOnlyDictionary<string, object?>)((IReadOnlyDictionary<string, object?>)request["Constraints"]!)["EncryptionContextSubset"]!;
        Assert.Equal(("lower", "upper", false), (constraint["a"], constraint["A"], constraint.ContainsKey("only")));
        Assert.False(((IReadOnlyDictionary<string, object?>)request["EncryptionContext"]!).ContainsKey("only"));
        Assert.False(record.EncryptionContext!.ContainsKey("only"));

        // What is decided by a record goes by the names that KMS knows.
        Assert.Equal(("k", null), (record.RequestParameter("keyId"), record.RequestParameter("KeyId")));
    }

    [Theory]
    [InlineData("AccessDenied", "x", true)]
    [InlineData("AccessDeniedException", "x", true)]
    [InlineData("Client.UnauthorizedOperation", "x", true)]
    [InlineData("Other", "User: a is not authorized to perform: kms:Decrypt", true)]
    [InlineData("VpceAccessDenied", "The request was denied due to a VPC endpoint policy", true)]
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

    [Fact]
    public void The_whole_of_the_record_contents_page_is_read()
    {
        KmsAuditEvent record = KmsAuditEvent.Parse("""
            {
                "eventVersion": "1.11", "userIdentity": { "type": "AWSAccount", "accountId": "444455556666", "sessionContext": { "attributes": { "mfaAuthenticated": "true" } } },
                "eventTime": "2026-11-24T12:00:00Z", "eventSource": "kms.amazonaws.com", "eventName": "ReplicateKey", "awsRegion": "us-west-2", "sourceIPAddress": "192.0.2.1", "userAgent": "agent",
                "errorCode": "ThrottlingException", "errorMessage": "Rate exceeded",
                "requestParameters": { "tags": [{ "tagKey": "a" }], "exact": 1.50, "large": 9223372036854775808, "beyond": 1e999, "flag": true, "none": null },
                "responseElements": { "keyId": "k" }, "additionalEventData": { "keyMaterialId": "0a1b" }, "requestID": "request", "eventID": "event", "readOnly": false,
                "resources": [{ "ARN": "arn", "type": "AWS::KMS::Key", "accountId": "111122223333" }, 5, { "ARN": 5 }], "eventType": "AwsApiCall", "apiVersion": "2014-11-01",
                "managementEvent": true, "recipientAccountId": "111122223333", "sharedEventID": "shared", "vpcEndpointId": "vpce-1", "vpcEndpointAccountId": "777788889999", "eventCategory": "Management",
                "serviceEventDetails": { "keyId": "s" }, "addendum": { "reason": "UPDATED_DATA", "updatedFields": "responseElements", "originalRequestID": "r0", "originalEventID": "e0" },
                "sessionCredentialFromConsole": "true", "edgeDeviceDetails": { "type": "e" }, "eventContext": { "requestContext": { "aws:viaAWSService": "false" }, "tagContext": {} },
                "tlsDetails": { "tlsVersion": "TLSv1.3", "cipherSuite": "TLS_AES_128_GCM_SHA256", "clientProvidedHostHeader": "kms.us-west-2.amazonaws.com", "keyExchange": "X25519MLKEM768" }
            }
            """);
        Assert.Equal(("1.11", "AwsApiCall", "Management", "2014-11-01", true), (record.EventVersion, record.EventType, record.EventCategory, record.ApiVersion, record.ManagementEvent!.Value));
        Assert.Equal(("ThrottlingException", "Rate exceeded", false, "192.0.2.1", "agent"), (record.ErrorCode, record.ErrorMessage, record.IsDenied, record.SourceIPAddress, record.UserAgent));
        Assert.Equal(("request", "event", "shared", "vpce-1", "777788889999", "111122223333"), (record.RequestId, record.EventId, record.SharedEventId, record.VpcEndpointId, record.VpcEndpointAccountId, record.RecipientAccountId));
        Assert.Equal((false, true, true, false), (record.ReadOnly!.Value, record.SessionCredentialFromConsole!.Value, record.MfaAuthenticated!.Value, record.IsClientView));
        Assert.Equal(new AuditAddendum("UPDATED_DATA", "responseElements", "r0", "e0"), record.Addendum);
        Assert.Equal(new AuditTlsDetails("TLSv1.3", "TLS_AES_128_GCM_SHA256", "X25519MLKEM768", "kms.us-west-2.amazonaws.com"), record.TlsDetails);
        Assert.Equal("TLSv1.3", record.TlsVersion);
        Assert.Equal([new AuditResource("111122223333", "AWS::KMS::Key", "arn"), new AuditResource(null, null, null)], record.Resources);
        Assert.Equal(("k", "0a1b", "s", "e"), (record.ResponseElements!["keyId"], record.AdditionalEventData!["keyMaterialId"], record.ServiceEventDetails!["keyId"], record.EdgeDeviceDetails!["type"]));
        Assert.Equal("false", ((IReadOnlyDictionary<string, object?>)record.EventContext!["requestContext"]!)["aws:viaAWSService"]);
        IReadOnlyDictionary<string, object?> request = record.RequestParameters!;
        Assert.Equal((1.50m, 9223372036854775808m, "1e999", true, null), (request["exact"], request["large"], request["beyond"], request["flag"], request["none"]));
        Assert.Equal("a", ((IReadOnlyDictionary<string, object?>)((object?[])request["tags"]!)[0]!)["tagKey"]);
    }

    [Theory]
    [InlineData("User: arn:aws:iam::111122223333:user/x is not authorized to perform: kms:Decrypt on resource: {0}", true)]
    [InlineData("User: arn:aws:iam::111122223333:user/x is not authorized to perform: kms:Decrypt on resource: {0} because no resource-based policy allows the kms:Decrypt action", true)]
    [InlineData("User: {0} is not authorized to perform: kms:Decrypt on resource: * with an explicit deny in an identity-based policy", false)]
    [InlineData("User: arn:aws:iam::111122223333:user/x is not authorized to perform: kms:Decrypt on the resource associated with this ciphertext", false)]
    [InlineData("{0} is pending deletion.", false)]
    public void The_key_of_a_refused_call_is_named_in_its_message_when_nowhere_else(string message, bool isNamed)
    {
        const string Key = "arn:aws:kms:us-west-2:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab";
        JObject json = JObject.Parse("""
            {
                "eventTime": "2026-11-24T12:00:00Z", "eventSource": "kms.amazonaws.com", "eventName": "Decrypt",
                "errorCode": "AccessDenied", "requestParameters": null, "responseElements": null
            }
            """);
        json["errorMessage"] = string.Format(System.Globalization.CultureInfo.InvariantCulture, message, Key);
        KmsAuditEvent record = KmsAuditEvent.Parse(json.ToString());
        Assert.Equal(isNamed ? Key : null, record.KeyArn);
        Assert.Equal(isNamed ? [Key] : [], record.KeyArns);
        Assert.Equal(isNamed, new AuditFilter { AllKmsEvents = true, Key = KeyIdentifier.Parse(Key) }.Matches(record));
    }

    [Fact]
    public void Elements_of_an_odd_shape_are_taken_for_missing()
    {
        KmsAuditEvent record = KmsAuditEvent.Parse("""
            {
                "eventTime": "2026-11-24T12:00:00Z", "eventSource": "kms.amazonaws.com", "eventName": "Decrypt",
                "userIdentity": [], "awsRegion": 1, "errorCode": {}, "errorMessage": [], "requestParameters": 5, "responseElements": "x", "additionalEventData": [], "requestID": 1, "eventID": null,
                "readOnly": "perhaps", "resources": { "ARN": "x" }, "managementEvent": 1, "serviceEventDetails": true, "addendum": "x", "tlsDetails": [], "eventContext": 1
            }
            """);
        Assert.Equal((null, null, null, null, false), (record.UserIdentity, record.AwsRegion, record.ErrorCode, record.ErrorMessage, record.IsDenied));
        Assert.Equal((null, null, null, null, null), (record.RequestParameters, record.ResponseElements, record.AdditionalEventData, record.RequestId, record.EventId));
        Assert.Equal((null, null, null, null, null, null), (record.ReadOnly, record.ManagementEvent, record.ServiceEventDetails, record.Addendum, record.TlsDetails, record.EventContext));
        Assert.Empty(record.Resources);
        Assert.Empty(record.KeyArns);
        Assert.Null(record.KeyArn);
    }

    [Fact]
    public void A_record_is_kept_without_what_stands_around_it()
    {
        byte[] utf8 = System.Text.Encoding.UTF8.GetBytes("\uFEFF \n" + Examples.Decrypt + "\n\n");
        KmsAuditEvent record = KmsAuditEvent.Read(utf8, "trail.json");
        Assert.Equal(("a1b2c3d4-5678-90ab-cdef-EXAMPLEbbbbb", "a1b2c3d4-5678-90ab-cdef-EXAMPLE22222", "trail.json"), (record.RequestId, record.EventId, record.SourceFile));
        Assert.Equal("{\"Records\":[" + Examples.Decrypt.Trim() + "]}", System.Text.Encoding.UTF8.GetString(record.ToTrailFile()));
        Array.Clear(utf8);
        Assert.Equal(Examples.Decrypt.Trim(), record.ToJson());
    }
}
