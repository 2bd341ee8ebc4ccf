using ImageBuilderDataProtection.Audit;

namespace ImageBuilderDataProtection.Tests.Audit;

public class AuditUserIdentityTests
{
    private const string Issuer = """
        "sessionIssuer": { "type": "Role", "principalId": "AROAEXAMPLE", "arn": "arn:aws:iam::111122223333:role/path/Builder", "accountId": "111122223333", "userName": "Builder" }
        """;

    /// <summary>An identity of each type, what it is called, and other names by which a person may ask for it.</summary>
    public static TheoryData<string, string, string[]> Types => new()
    {
        {
            """{ "type": "Root", "principalId": "111122223333", "arn": "arn:aws:iam::111122223333:root", "accountId": "111122223333", "userName": "our-alias" }""",
            "arn:aws:iam::111122223333:root",
            ["our-alias", "111122223333"]
        },
        {
            """{ "type": "IAMUser", "principalId": "AIDAEXAMPLE", "arn": "arn:aws:iam::111122223333:user/team/Ana", "accountId": "111122223333", "accessKeyId": "", "userName": "Ana" }""",
            "arn:aws:iam::111122223333:user/team/Ana",
            ["Ana", "AIDAEXAMPLE", "111122223333"]
        },
        {
            $$"""{ "type": "AssumedRole", "principalId": "AROAEXAMPLE:nightly", "arn": "arn:aws:sts::111122223333:assumed-role/Builder/nightly", "accountId": "111122223333", "sessionContext": { {{Issuer}}, "sourceIdentity": "ana" } }""",
            "arn:aws:sts::111122223333:assumed-role/Builder/nightly",
            ["arn:aws:iam::111122223333:role/path/Builder", "Builder", "nightly", "ana", "AROAEXAMPLE:nightly"]
        },
        {
            $$"""{ "type": "AssumedRole", "principalId": "AROAEXAMPLE:nightly", "accountId": "111122223333", "sessionContext": { {{Issuer}} } }""",
            "arn:aws:iam::111122223333:role/path/Builder",
            ["nightly"]
        },
        {
            """{ "type": "Role", "principalId": "AROAEXAMPLE", "arn": "arn:aws:iam::111122223333:role/Builder", "accountId": "111122223333", "userName": "Builder" }""",
            "arn:aws:iam::111122223333:role/Builder",
            ["Builder"]
        },
        {
            """
            { "type": "FederatedUser", "principalId": "111122223333:Ben", "arn": "arn:aws:sts::111122223333:federated-user/Ben", "accountId": "111122223333",
              "sessionContext": { "sessionIssuer": { "type": "IAMUser", "principalId": "AIDAEXAMPLE", "arn": "arn:aws:iam::111122223333:user/Ana", "accountId": "111122223333", "userName": "Ana" } } }
            """,
            "arn:aws:sts::111122223333:federated-user/Ben",
            ["Ben", "Ana", "arn:aws:iam::111122223333:user/Ana"]
        },
        {
            """{ "type": "Directory", "principalId": "d-1234567890", "userName": "carl" }""",
            "carl",
            ["d-1234567890"]
        },
        {
            """{ "type": "AWSAccount", "principalId": "AROAEXAMPLE:nightly", "accountId": "444455556666", "invokedBy": "imagebuilder.amazonaws.com" }""",
            "444455556666",
            ["AROAEXAMPLE:nightly"]
        },
        {
            """{ "type": "AWSService", "invokedBy": "imagebuilder.amazonaws.com" }""",
            "imagebuilder.amazonaws.com",
            []
        },
        {
            """{ "accountId": "111122223333", "invokedBy": "AWS Internal" }""",
            "AWS Internal",
            ["111122223333"]
        },
        {
            """
            { "type": "IdentityCenterUser", "accountId": "111122223333", "credentialId": "bearer-1",
              "onBehalfOf": { "userId": "94482488-3041-7096-example", "identityStoreArn": "arn:aws:identitystore::111122223333:identitystore/d-1234567890" } }
            """,
            "94482488-3041-7096-example",
            ["111122223333"]
        },
        {
            """{ "type": "SAMLUser", "principalId": "qualifier=:dora@example.com", "userName": "dora@example.com", "identityProvider": "qualifier=" }""",
            "dora@example.com",
            ["qualifier=:dora@example.com", "qualifier="]
        },
        {
            """{ "type": "WebIdentityUser", "principalId": "accounts.google.com:app:1234", "userName": "1234", "identityProvider": "accounts.google.com" }""",
            "1234",
            ["accounts.google.com:app:1234", "accounts.google.com"]
        },
        { """{ "type": "Unknown", "principalId": "someone" }""", "someone", [] },
        { """{ "type": "Unknown", "accessKeyId": "AKIAEXAMPLE" }""", "AKIAEXAMPLE", [] },
        { """{ "type": "Unknown", "credentialId": "bearer-1", "arn": "" }""", "bearer-1", [] },
        { """{ "type": "Unknown" }""", "Unknown", [] },
    };

    [Theory]
    [MemberData(nameof(Types))]
    public void Every_type_has_a_name_and_is_found_by_those_that_a_person_uses(string identity, string principal, string[] otherNames)
    {
        KmsAuditEvent record = Event(identity);
        Assert.Equal((principal, principal), (record.Principal, record.UserIdentity!.ToString()));
        string[] found = [.. otherNames.Append(principal).Where(name => new AuditFilter { AllKmsEvents = true, Principals = [new AuditPattern(name.ToUpperInvariant())] }.Matches(record))];
        Assert.Equal(otherNames.Append(principal).Where(name => name is not ("AKIAEXAMPLE" or "bearer-1" or "Unknown")), found);
    }

    [Fact]
    public void A_service_that_called_for_somebody_is_not_who_called()
    {
        KmsAuditEvent record = Event("""{ "type": "AWSAccount", "accountId": "444455556666", "invokedBy": "imagebuilder.amazonaws.com" }""");
        Assert.Equal("imagebuilder.amazonaws.com", record.InvokedBy);
        Assert.DoesNotContain("imagebuilder.amazonaws.com", record.UserIdentity!.Names);
    }

    [Fact]
    public void A_record_need_not_say_who_called()
    {
        Assert.Equal((null, null, null), (Event("null").Principal, Event("null").UserIdentity, Event("\"x\"").Principal));
        Assert.Equal("", Event("{}").Principal);
    }

    [Theory]
    [InlineData("{}", "")]
    [InlineData("""{ "sessionIssuer": { "arn": "arn:aws:iam::111122223333:role/Builder" } }""", "arn:aws:iam::111122223333:role/Builder")]
    [InlineData("""{ "webIdFederationData": { "federatedProvider": "accounts.google.com" }, "attributes": { "mfaAuthenticated": "true" } }""", "accounts.google.com, with MFA")]
    [InlineData(
        """{ "sessionIssuer": { "arn": "role" }, "attributes": { "creationDate": "2026-11-24T12:00:00Z", "mfaAuthenticated": "false" }, "sourceIdentity": "a\nna" }""",
        "role, source identity a\ufffdna, since 2026-11-24T12:00:00Z, without MFA")]
    public void A_session_is_one_line_as_text(string session, string expected) =>
        Assert.Equal(expected, Event($$"""{ "type": "AssumedRole", "sessionContext": {{session}} }""").UserIdentity!.SessionContext!.ToString());

    [Fact]
    public void The_whole_of_an_identity_is_read()
    {
        AuditUserIdentity identity = Event($$"""
            {
                "type": "AssumedRole", "principalId": "AROAEXAMPLE:i-1", "arn": "arn:aws:sts::111122223333:assumed-role/Builder/i-1", "accountId": "111122223333", "accessKeyId": "ASIAEXAMPLE",
                "userName": "Builder", "credentialId": "bearer-1", "identityProvider": "provider", "invokedBy": "imagebuilder.amazonaws.com",
                "invokedByDelegate": { "accountId": "777788889999" },
                "sessionContext": {
                    {{Issuer}},
                    "webIdFederationData": { "federatedProvider": "accounts.google.com", "attributes": { "accounts.google.com:aud": "app", "accounts.google.com:sub": "1234" } },
                    "attributes": { "creationDate": "2026-11-24T12:00:00Z", "mfaAuthenticated": "true", "sessionCredentialFromConsole": "true" },
                    "sourceIdentity": "ana", "ec2RoleDelivery": "2.0", "assumedRoot": "true"
                },
                "onBehalfOf": { "userId": "94482488-example", "identityStoreArn": "arn:aws:identitystore::111122223333:identitystore/d-1" },
                "inScopeOf": { "sourceArn": "arn:aws:imagebuilder:us-west-2:111122223333:image/x", "sourceAccount": "111122223333", "issuerType": "AWS::EC2::Instance", "credentialsIssuedTo": "arn:aws:ec2:us-west-2:111122223333:instance/i-1" }
            }
            """).UserIdentity!;
        Assert.Equal(("ASIAEXAMPLE", "bearer-1", "provider", "777788889999"), (identity.AccessKeyId, identity.CredentialId, identity.IdentityProvider, identity.InvokedByDelegateAccountId));
        Assert.Equal(new AuditOnBehalfOf("94482488-example", "arn:aws:identitystore::111122223333:identitystore/d-1"), identity.OnBehalfOf);
        Assert.Equal(
            new AuditInScopeOf("arn:aws:imagebuilder:us-west-2:111122223333:image/x", "111122223333", "AWS::EC2::Instance", "arn:aws:ec2:us-west-2:111122223333:instance/i-1"),
            identity.InScopeOf);
        AuditSessionContext session = identity.SessionContext!;
        Assert.Equal(
            (new DateTime(2026, 11, 24, 12, 0, 0, DateTimeKind.Utc), true, true, true, "ana", "2.0"),
            (session.CreationDate!.Value, session.MfaAuthenticated!.Value, session.SessionCredentialFromConsole!.Value, session.AssumedRoot!.Value, session.SourceIdentity, session.Ec2RoleDelivery));
        Assert.Equal(("accounts.google.com", "1234"), (session.WebIdFederationData!.FederatedProvider, session.WebIdFederationData.Attributes!["accounts.google.com:sub"]));
        Assert.Equal("AROAEXAMPLE", session.SessionIssuer!.PrincipalId);
    }

    [Theory]
    [InlineData("\"20261124T120000Z\"")]
    [InlineData("\"2026-11-24T13:00:00+01:00\"")]
    [InlineData("\"2026-11-24 12:00:00.000\"")]
    public void The_time_of_a_session_is_UTC_in_whatever_form_it_is_written(string time)
    {
        DateTime? created = Event($$"""{ "sessionContext": { "attributes": { "creationDate": {{time}} } } }""").UserIdentity!.SessionContext!.CreationDate;
        Assert.Equal((new DateTime(2026, 11, 24, 12, 0, 0), DateTimeKind.Utc), (created!.Value, created.Value.Kind));
    }

    [Theory]
    [InlineData("true", true)]
    [InlineData("\"true\"", true)]
    [InlineData("\"false\"", false)]
    [InlineData("\"perhaps\"", null)]
    [InlineData("1", null)]
    [InlineData("null", null)]
    public void Whether_MFA_was_used_is_told_by_a_truth_or_a_text(string value, bool? expected) =>
        Assert.Equal(expected, Event($$"""{ "sessionContext": { "attributes": { "mfaAuthenticated": {{value}} } } }""").MfaAuthenticated);

    [Theory]
    [InlineData("""{ "sessionContext": { "sessionIssuer": {}, "webIdFederationData": {} } }""")]
    [InlineData("""{ "sessionContext": { "sessionIssuer": 1, "webIdFederationData": [1], "attributes": "x", "sourceIdentity": 5, "assumedRoot": {} } }""")]
    [InlineData("""{ "sessionContext": {}, "type": 5, "arn": [], "principalId": {}, "onBehalfOf": 1, "inScopeOf": "x", "invokedByDelegate": [] }""")]
    public void What_is_empty_or_of_an_odd_shape_is_taken_for_missing(string identity)
    {
        AuditUserIdentity read = Event(identity).UserIdentity!;
        AuditSessionContext session = read.SessionContext!;
        Assert.Equal((null, null, null, null), (read.Type, read.Arn, read.OnBehalfOf, read.InScopeOf));
        Assert.Equal((null, null, null, null, null), (session.SessionIssuer, session.WebIdFederationData, session.MfaAuthenticated, session.SourceIdentity, session.AssumedRoot));
        Assert.Equal("", read.ToString());
    }

    private static KmsAuditEvent Event(string identity) => KmsAuditEvent.Parse($$"""
        { "eventTime": "2026-11-24T12:00:00Z", "eventSource": "kms.amazonaws.com", "eventName": "Decrypt", "userIdentity": {{identity}} }
        """);
}
