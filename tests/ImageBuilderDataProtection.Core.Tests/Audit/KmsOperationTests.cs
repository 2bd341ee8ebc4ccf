using ImageBuilderDataProtection.Audit;
using Newtonsoft.Json.Linq;

namespace ImageBuilderDataProtection.Tests.Audit;

/// <summary>A record of our own making for each shape that "Examples of AWS KMS log entries" in the AWS KMS Developer Guide shows.</summary>
public class KmsOperationTests
{
    private const string Id = "1234abcd-12ab-34cd-56ef-1234567890ab";
    private const string Key = "arn:aws:kms:us-west-2:111122223333:key/" + Id;
    private const string OtherKey = "arn:aws:kms:us-west-2:111122223333:key/0987dcba-09fe-87dc-65ba-ab0987654321";
    private const string Alias = "arn:aws:kms:us-west-2:111122223333:alias/builds";
    private const string Replica = "arn:aws:kms:eu-west-1:111122223333:key/mrk-1234abcd12ab34cd56ef1234567890ab";
    private const string Primary = "arn:aws:kms:us-west-2:111122223333:key/mrk-1234abcd12ab34cd56ef1234567890ab";
    private const string Workflow = "arn:aws:imagebuilder:us-west-2:111122223333:workflow/build/a/1.0.0/1";
    private const string OtherWorkflow = "arn:aws:imagebuilder:us-west-2:111122223333:workflow/test/b/1.0.0/1";
    private const string Context = $$"""{ "aws:imagebuilder:arn": "{{Workflow}}", "purpose": "build" }""";
    private const string OtherContext = $$"""{ "aws:imagebuilder:arn": "{{OtherWorkflow}}" }""";
    private const string KeyResource = $$"""[{ "accountId": "111122223333", "type": "AWS::KMS::Key", "ARN": "{{Key}}" }]""";

    /// <summary>The operation, its elements, the keys and the workflows that it is about.</summary>
    public static TheoryData<string, string, string[], string[]> Operations => new()
    {
        // Cryptographic operations.
        { "Decrypt", $$""" "requestParameters": { "encryptionAlgorithm": "SYMMETRIC_DEFAULT", "keyId": "{{Key}}", "encryptionContext": {{Context}} }, "responseElements": null, "additionalEventData": { "keyMaterialId": "0a1b" }, "resources": {{KeyResource}} """, [Key], [Workflow] },
        { "Decrypt", $$""" "requestParameters": { "encryptionContext": {{Context}} }, "resources": {{KeyResource}} """, [Key], [Workflow] },
        { "Decrypt", $$""" "requestParameters": { "keyId": "{{Key}}" }, "additionalEventData": { "recipient": { "attestationDocumentModuleId": "i-1-enc1" } }, "resources": {{KeyResource}} """, [Key], [] },
        { "Decrypt", $$""" "requestParameters": { "encryptionContext": {{Context}} }, "additionalEventData": { "customKeyStoreId": "cks-1", "xksKeyId": "abc" }, "resources": {{KeyResource}} """, [Key], [Workflow] },
        { "Encrypt", $$""" "requestParameters": { "encryptionContext": {{Context}}, "keyId": "{{Key}}", "encryptionAlgorithm": "SYMMETRIC_DEFAULT" }, "resources": {{KeyResource}} """, [Key], [Workflow] },
        { "GenerateDataKey", $$""" "requestParameters": { "encryptionContext": {{Context}}, "numberOfBytes": 32, "keyId": "{{Key}}" }, "resources": {{KeyResource}} """, [Key], [Workflow] },
        { "GenerateDataKey", $$""" "requestParameters": { "encryptionContext": {{Context}}, "keySpec": "AES_256", "keyId": "alias/builds" }, "resources": {{KeyResource}} """, [Key], [Workflow] },
        { "GenerateDataKeyWithoutPlaintext", $$""" "requestParameters": { "encryptionContext": { "aws:ebs:id": "vol-1" }, "numberOfBytes": 64, "keyId": "alias/aws/ebs" }, "resources": [{ "ARN": "{{Key}}", "accountId": "111122223333" }] """, [Key], [] },
        { "GenerateDataKeyPair", $$""" "requestParameters": { "keyPairSpec": "RSA_3072", "encryptionContext": {{Context}}, "keyId": "{{Key}}" }, "resources": {{KeyResource}} """, [Key], [Workflow] },
        { "GenerateDataKeyPairWithoutPlaintext", $$""" "requestParameters": { "keyPairSpec": "RSA_4096", "encryptionContext": {{Context}}, "keyId": "{{Id}}" }, "resources": {{KeyResource}} """, [Key], [Workflow] },
        { "GenerateMac", $$""" "requestParameters": { "macAlgorithm": "HMAC_SHA_512", "keyId": "{{Id}}" }, "resources": {{KeyResource}} """, [Key], [] },
        { "VerifyMac", $$""" "requestParameters": { "macAlgorithm": "HMAC_SHA_384", "keyId": "{{Key}}" }, "resources": {{KeyResource}} """, [Key], [] },
        { "GenerateRandom", """ "requestParameters": null, "responseElements": null, "resources": [] """, [], [] },
        { "Sign", $$""" "requestParameters": { "messageType": "RAW", "keyId": "{{Id}}", "signingAlgorithm": "RSASSA_PKCS1_V1_5_SHA_256" }, "resources": {{KeyResource}} """, [Key], [] },
        { "Verify", $$""" "requestParameters": { "signingAlgorithm": "RSASSA_PKCS1_V1_5_SHA_256", "keyId": "{{Id}}", "messageType": "RAW" }, "resources": {{KeyResource}} """, [Key], [] },
        { "DeriveSharedSecret", $$""" "requestParameters": { "keyId": "{{Key}}", "keyAgreementAlgorithm": "ECDH" }, "resources": {{KeyResource}} """, [Key], [] },
        { "GetPublicKey", $$""" "requestParameters": { "keyId": "{{Id}}" }, "resources": {{KeyResource}} """, [Key], [] },
        {
            "ReEncrypt",
            $$""" "requestParameters": { "sourceEncryptionContext": {{Context}}, "destinationKeyId": "0987dcba-09fe-87dc-65ba-ab0987654321", "destinationEncryptionContext": {{OtherContext}} }, "resources": [{ "ARN": "{{Key}}" }, { "ARN": "{{OtherKey}}" }] """,
            [Key, OtherKey],
            [OtherWorkflow, Workflow]
        },
        { "ReEncrypt", $$""" "requestParameters": { "destinationKeyId": "{{OtherKey}}", "sourceKeyId": "{{Key}}", "sourceEncryptionContext": {{Context}} } """, [Key, OtherKey], [Workflow] },
        { "ReEncrypt", $$""" "requestParameters": { "destinationKeyId": "{{OtherKey}}", "sourceEncryptionContext": {{Context}}, "destinationEncryptionContext": {{Context}} }, "resources": {{KeyResource}} """, [Key, OtherKey], [Workflow] },

        // Grants: what a grant demands is a context, too.
        { "CreateGrant", $$""" "requestParameters": { "keyId": "{{Key}}", "constraints": { "encryptionContextSubset": {{Context}} }, "operations": ["Decrypt"], "granteePrincipal": "x" }, "responseElements": { "grantId": "f0", "keyId": "{{Key}}" }, "resources": {{KeyResource}} """, [Key], [Workflow] },
        { "CreateGrant", $$""" "requestParameters": { "constraints": { "encryptionContextEquals": {{OtherContext}} }, "granteePrincipal": "x", "keyId": "{{Id}}" }, "responseElements": { "grantId": "f0", "keyId": "{{Key}}" } """, [Key], [OtherWorkflow] },
        { "CreateGrant", $$""" "requestParameters": { "constraints": { "encryptionContextSubset": { "aws:ebs:id": "vol-1" } }, "granteePrincipal": "x", "keyId": "{{Key}}" }, "responseElements": { "grantId": "f0" } """, [Key], [] },
        { "ListGrants", $$""" "requestParameters": { "keyId": "{{Id}}", "marker": "m", "limit": 10 }, "resources": {{KeyResource}} """, [Key], [] },
        { "RevokeGrant", $$""" "requestParameters": { "keyId": "{{Id}}", "grantId": "f0" }, "responseElements": { "keyId": "{{Key}}" } """, [Key], [] },
        { "RetireGrant", $$""" "requestParameters": null, "responseElements": { "keyId": "{{Key}}" }, "additionalEventData": { "grantId": "f0" }, "resources": {{KeyResource}} """, [Key], [] },

        // Keys.
        { "CreateKey", $$""" "requestParameters": { "tags": [], "keySpec": "SYMMETRIC_DEFAULT", "multiRegion": false }, "responseElements": { "keyMetadata": { "keyId": "{{Id}}", "arn": "{{Key}}", "enabled": true } }, "resources": {{KeyResource}} """, [Key], [] },
        { "DescribeKey", $$""" "requestParameters": { "keyId": "alias/builds" }, "resources": {{KeyResource}} """, [Key], [] },
        { "DisableKey", $$""" "requestParameters": { "keyId": "{{Id}}" }, "responseElements": { "keyId": "{{Key}}" }, "resources": {{KeyResource}} """, [Key], [] },
        { "EnableKey", $$""" "requestParameters": { "keyId": "{{Id}}" }, "resources": {{KeyResource}} """, [Key], [] },
        { "EnableKeyRotation", $$""" "requestParameters": { "keyId": "{{Id}}", "rotationPeriodInDays": 180 }, "responseElements": { "keyId": "{{Key}}" }, "resources": {{KeyResource}} """, [Key], [] },
        { "DisableKeyRotation", $$""" "requestParameters": { "keyId": "{{Key}}" }, "resources": {{KeyResource}} """, [Key], [] },
        { "RotateKeyOnDemand", $$""" "requestParameters": { "keyId": "{{Id}}" }, "responseElements": { "keyId": "{{Key}}" } """, [Key], [] },
        { "RotateKey", $$""" "eventType": "AwsServiceEvent", "requestParameters": null, "responseElements": null, "resources": {{KeyResource}}, "serviceEventDetails": { "rotationType": "AUTOMATIC", "keyId": "{{Id}}" } """, [Key], [] },
        { "ScheduleKeyDeletion", $$""" "requestParameters": { "pendingWindowInDays": 20, "keyId": "{{Id}}" }, "responseElements": { "keyId": "{{Key}}", "keyState": "PendingDeletion", "deletionDate": "Apr 12, 2021 18:58:30 PM" }, "resources": {{KeyResource}} """, [Key], [] },
        { "CancelKeyDeletion", $$""" "requestParameters": { "keyId": "{{Id}}" }, "responseElements": { "keyId": "{{Key}}" }, "resources": {{KeyResource}} """, [Key], [] },
        { "DeleteKey", $$""" "requestParameters": null, "additionalEventData": { "customKeyStoreId": "cks-1", "backingKeys": "[{\"keyHandle\":\"01\"}]" }, "resources": {{KeyResource}} """, [Key], [] },
        { "GetKeyPolicy", $$""" "requestParameters": { "keyId": "{{Id}}", "policyName": "default" }, "resources": {{KeyResource}} """, [Key], [] },
        { "PutKeyPolicy", $$""" "requestParameters": { "keyId": "{{Id}}", "policyName": "default", "policy": "{\n  \"Version\" : \"2012-10-17\"\n}", "bypassPolicyLockoutSafetyCheck": false }, "resources": {{KeyResource}} """, [Key], [] },
        { "UpdateKeyDescription", $$""" "requestParameters": { "keyId": "{{Id}}", "description": "\u00e9\ud83d\ude00" }, "resources": {{KeyResource}} """, [Key], [] },
        { "TagResource", $$""" "requestParameters": { "keyId": "{{Key}}", "tags": [{ "tagKey": "Department", "tagValue": "IT" }] }, "resources": {{KeyResource}} """, [Key], [] },
        { "UntagResource", $$""" "requestParameters": { "keyId": "{{Key}}", "tagKeys": ["Dept"] }, "resources": {{KeyResource}} """, [Key], [] },

        // Aliases: the key may stand after the alias.
        { "CreateAlias", $$""" "requestParameters": { "aliasName": "alias/builds", "targetKeyId": "{{Id}}" }, "responseElements": null, "resources": [{ "ARN": "{{Alias}}" }, { "ARN": "{{Key}}" }] """, [Key], [] },
        { "UpdateAlias", $$""" "requestParameters": { "aliasName": "alias/builds", "targetKeyId": "{{OtherKey}}" }, "resources": [{ "ARN": "{{Alias}}" }] """, [OtherKey], [] },
        { "DeleteAlias", $$""" "requestParameters": { "aliasName": "alias/builds" }, "resources": [{ "ARN": "{{Alias}}" }, { "ARN": "{{Key}}" }] """, [Key], [] },
        { "ListAliases", """ "requestParameters": { "limit": 5, "marker": "m" }, "responseElements": null, "resources": [] """, [], [] },

        // Imported key material.
        { "GetParametersForImport", $$""" "requestParameters": { "keyId": "{{Id}}", "wrappingAlgorithm": "RSAES_OAEP_SHA_256", "wrappingKeySpec": "RSA_2048" }, "resources": {{KeyResource}} """, [Key], [] },
        { "ImportKeyMaterial", $$""" "requestParameters": { "keyId": "{{Id}}", "validTo": "May 21, 2025, 5:47:45 AM", "importType": "NEW_KEY_MATERIAL" }, "responseElements": { "keyId": "{{Key}}", "keyMaterialId": "0a1b" }, "resources": {{KeyResource}} """, [Key], [] },
        { "DeleteExpiredKeyMaterial", $$""" "requestParameters": null, "resources": {{KeyResource}}, "serviceEventDetails": { "keyId": "{{Id}}" } """, [Key], [] },
        { "DeleteImportedKeyMaterial", $$""" "requestParameters": { "keyId": "{{Id}}" }, "responseElements": { "keyId": "{{Key}}", "keyMaterialId": "0a1b" } """, [Key], [] },

        // Multi-Region keys.
        {
            "ReplicateKey",
            $$""" "requestParameters": { "keyId": "mrk-1234abcd12ab34cd56ef1234567890ab", "replicaRegion": "eu-west-1" }, "responseElements": { "replicaKeyMetadata": { "arn": "{{Replica}}", "multiRegionConfiguration": { "primaryKey": { "arn": "{{Primary}}" } } } }, "resources": [{ "ARN": "{{Primary}}" }] """,
            [Primary, Replica],
            []
        },
        { "SynchronizeMultiRegionKey", $$""" "requestParameters": null, "responseElements": { "keyId": "{{Primary}}" }, "resources": [{ "ARN": "{{Primary}}" }] """, [Primary], [] },
        { "UpdatePrimaryRegion", $$""" "requestParameters": { "keyId": "{{Primary}}", "primaryRegion": "eu-west-1" }, "responseElements": null """, [Primary], [] },

        // Custom key stores name no key.
        { "CreateCustomKeyStore", """ "requestParameters": { "customKeyStoreName": "store", "clusterId": "cluster-1" }, "responseElements": { "customKeyStoreId": "cks-1" } """, [], [] },
        { "ConnectCustomKeyStore", """ "requestParameters": { "customKeyStoreId": "cks-1" }, "additionalEventData": { "customKeyStoreName": "store", "clusterId": "cluster-1" } """, [], [] },
        { "DescribeCustomKeyStores", """ "requestParameters": { "customKeyStoreId": "cks-1" } """, [], [] },

        // Calls that were refused.
        { "Decrypt", """ "errorCode": "AccessDenied", "requestParameters": null, "responseElements": null """, [], [] },
        { "Decrypt", $$""" "errorCode": "IncorrectKeyException", "requestParameters": { "keyId": "{{Key}}", "encryptionContext": null } """, [Key], [] },
    };

    [Theory]
    [MemberData(nameof(Operations))]
    public void The_keys_and_the_workflows_of_every_operation_are_found(string operation, string elements, string[] keys, string[] workflows)
    {
        string text = $$"""{ "eventVersion": "1.11", "eventTime": "2026-11-24T12:00:00Z", "eventSource": "kms.amazonaws.com", "eventName": "{{operation}}", {{elements}} }""";
        KmsAuditEvent record = KmsAuditEvent.Parse(text);
        Assert.Equal(keys.FirstOrDefault(), record.KeyArn);
        Assert.Equal(keys, record.KeyArns);
        Assert.Equal(workflows.FirstOrDefault(), record.WorkflowArn);
        Assert.Equal(workflows, record.WorkflowArns);
        Assert.False(record.IsEncryptionContextHidden);
        Assert.Equal(JObject.Parse(text).ToString(), JObject.Parse(record.ToJson()).ToString());
        Assert.All(keys, key => Assert.True(new AuditFilter { AllKmsEvents = true, Key = ImageBuilderDataProtection.Kms.KeyIdentifier.Parse(key) }.Matches(record)));
    }

    [Fact]
    public void What_a_grant_demands_is_no_context_of_its_own_call()
    {
        KmsAuditEvent record = Event($$""" "requestParameters": { "constraints": { "encryptionContextSubset": {{Context}} } } """);
        Assert.Null(record.EncryptionContext);
        var constraints = (IReadOnlyDictionary<string, object?>)record.RequestParameters!["constraints"]!;
        Assert.Equal("build", ((IReadOnlyDictionary<string, object?>)constraints["encryptionContextSubset"]!)["purpose"]);
    }

    [Theory]
    [InlineData(""" "requestParameters": { "constraints": "HIDDEN_DUE_TO_SECURITY_REASONS" } """)]
    [InlineData(""" "requestParameters": { "constraints": { "encryptionContextSubset": "HIDDEN_DUE_TO_SECURITY_REASONS" } } """)]
    [InlineData(""" "requestParameters": { "encryptionContext": "HIDDEN_DUE_TO_SECURITY_\u0052EASONS" } """)]
    public void A_context_may_be_hidden_wherever_one_stands(string elements)
    {
        KmsAuditEvent record = Event(elements);
        Assert.True(record.IsEncryptionContextHidden);
        Assert.True(new AuditFilter().Matches(record));
        Assert.Empty(record.WorkflowArns);
    }

    [Fact]
    public void A_context_that_names_several_workflows_in_several_cases_shows_all_once()
    {
        KmsAuditEvent record = Event("""
            "requestParameters": {
                "constraints": { "encryptionContextEquals": { "aws:imagebuilder:arn": "of grant" } },
                "sourceEncryptionContext": { "aws:imagebuilder:arn": "of source" },
                "encryptionContext": { "AWS:imagebuilder:ARN": "in wrong case", "aws:\u0069magebuilder:arn": "right", "aws:ImageBuilder:arn": "of source" }
            }
            """);
        Assert.Equal("right", record.WorkflowArn);
        Assert.Equal(["in wrong case", "right", "of source", "of grant"], record.WorkflowArns);
    }

    private static KmsAuditEvent Event(string elements) =>
        KmsAuditEvent.Parse($$"""{ "eventTime": "2026-11-24T12:00:00Z", "eventSource": "kms.amazonaws.com", "eventName": "CreateGrant", {{elements}} }""");
}
