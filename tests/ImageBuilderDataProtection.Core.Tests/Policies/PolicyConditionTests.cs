using ImageBuilderDataProtection.Kms;
using ImageBuilderDataProtection.Policies;

namespace ImageBuilderDataProtection.Tests.Policies;

/// <summary>The operators and variables of the IAM reference, and what they say when a condition does not hold.</summary>
public class PolicyConditionTests
{
    private const string Workflow = "arn:aws:imagebuilder:us-west-2:111122223333:workflow/build/sample/1.0.0/1";
    private static readonly KeyArn Key = KeyArn.Parse("arn:aws:kms:us-west-2:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab");
    private static readonly RequestPrincipal User = RequestPrincipal.From(PrincipalArn.Parse("arn:aws:iam::111122223333:user/Ana"));

    private static readonly KeyValuePair<string, string>[] Others =
    [
        new("aws:MultiFactorAuthAge", "15"), new("aws:CurrentTime", "2024-06-01T12:00:00Z"), new("aws:SourceIp", "203.0.113.5"),
        new("example:V6", "2001:DB8::5"), new("example:Mapped", "::ffff:203.0.113.5"), new("example:Hash", "AAECAw=="), new("example:Text", "a*b?c$"),
        new("aws:PrincipalTag/team", "red"), new("aws:PrincipalTag/star", "*"), new("aws:SecureTransport", "true"), new("aws:TagKeys", "team"),
    ];

    [Theory]
    [InlineData("NumericEquals", "aws:MultiFactorAuthAge", "15.0", true)]
    [InlineData("NumericEquals", "aws:MultiFactorAuthAge", "15.1", false)]
    [InlineData("NumericNotEquals", "aws:MultiFactorAuthAge", "15", false)]
    [InlineData("NumericNotEquals", "aws:Absent", "15", true)]
    [InlineData("NumericLessThan", "aws:MultiFactorAuthAge", "15", false)]
    [InlineData("NumericLessThan", "aws:MultiFactorAuthAge", "15.5", true)]
    [InlineData("NumericLessThanEquals", "aws:MultiFactorAuthAge", "15", true)]
    [InlineData("NumericGreaterThan", "aws:MultiFactorAuthAge", "-1", true)]
    [InlineData("NumericGreaterThanEquals", "aws:MultiFactorAuthAge", "1.5e1", true)]
    [InlineData("NumericLessThan", "aws:Absent", "15", false)]
    [InlineData("NumericLessThanIfExists", "aws:Absent", "15", true)]
    [InlineData("NumericEquals", "aws:CurrentTime", "15", null)]
    [InlineData("DateEquals", "aws:CurrentTime", "2024-06-01T14:00:00+02:00", true)]
    [InlineData("DateEquals", "aws:CurrentTime", "1717243200", true)]
    [InlineData("DateNotEquals", "aws:CurrentTime", "2024-06-01T12:00Z", false)]
    [InlineData("DateLessThan", "aws:CurrentTime", "2024-07", true)]
    [InlineData("DateLessThan", "aws:CurrentTime", "2024-06-01T12:00:00.5Z", true)]
    [InlineData("DateLessThanEquals", "aws:CurrentTime", "2024-06-01", false)]
    [InlineData("DateGreaterThan", "aws:CurrentTime", "2024-06-01", true)]
    [InlineData("DateGreaterThanEquals", "aws:CurrentTime", "2024-06-02", false)]
    [InlineData("DateGreaterThan", "aws:SourceIp", "2024-06-01", null)]
    [InlineData("BinaryEquals", "example:Hash", "AAECAw==", true)]
    [InlineData("BinaryEquals", "example:Hash", "AAECAg==", false)]
    [InlineData("BinaryEquals", "aws:SourceIp", "AAECAg==", null)]
    [InlineData("IpAddress", "aws:SourceIp", "203.0.113.0/24", true)]
    [InlineData("IpAddress", "aws:SourceIp", "203.0.113.5", true)]
    [InlineData("IpAddress", "aws:SourceIp", "203.0.113.4", false)]
    [InlineData("IpAddress", "aws:SourceIp", "0.0.0.0/0", true)]
    [InlineData("IpAddress", "aws:SourceIp", "::/0", false)]
    [InlineData("IpAddress", "example:V6", "2001:db8:0:0::/64", true)]
    [InlineData("IpAddress", "example:V6", "2001:0db8::5", true)]
    [InlineData("IpAddress", "example:V6", "0.0.0.0/0", false)]
    [InlineData("IpAddress", "example:Mapped", "203.0.113.0/24", true)]
    [InlineData("NotIpAddress", "aws:SourceIp", "203.0.112.0/23", false)]
    [InlineData("NotIpAddress", "aws:SourceIp", "10.0.0.0/8", true)]
    [InlineData("NotIpAddress", "example:Hash", "10.0.0.0/8", null)]
    [InlineData("Bool", "aws:SecureTransport", "TRUE", true)]
    [InlineData("Bool", "aws:SecureTransport", "false", false)]
    [InlineData("Bool", "example:Text", "true", null)]
    [InlineData("Bool", "aws:SecureTransport", "${aws:SecureTransport}", true)]
    [InlineData("ArnLike", "example:Text", "arn:*:*:*:*:*", null)]
    [InlineData("StringEquals", "aws:PrincipalTag/team", "${aws:PrincipalTag/team}", true)]
    [InlineData("StringEquals", "aws:username", "${AWS:UserName}", true)]
    [InlineData("StringEquals", "aws:PrincipalTag/team", "${aws:Absent, 'red'}", true)]
    [InlineData("StringEquals", "aws:PrincipalTag/team", "${aws:username, 'red'}", false)]
    [InlineData("StringEquals", "aws:PrincipalTag/team", "${aws:Absent}", false)]
    [InlineData("StringNotEquals", "aws:PrincipalTag/team", "${aws:Absent}", null)]
    [InlineData("StringNotEquals", "aws:PrincipalTag/team", "${aws:username}", true)]
    [InlineData("StringEquals", "aws:PrincipalTag/team", "${aws:TagKeys}", false)]
    [InlineData("StringNotEquals", "aws:PrincipalTag/team", "${aws:TagKeys, 'x'}", null)]
    [InlineData("StringLike", "aws:PrincipalTag/team", "${aws:PrincipalTag/star}", false)]
    [InlineData("StringEquals", "example:Text", "a${*}b${?}c${$}", true)]
    [InlineData("StringLike", "example:Text", "a${*}b?c${$}", true)]
    [InlineData("StringLike", "aws:PrincipalTag/team", "r${*}", false)]
    [InlineData("ArnLike", "aws:PrincipalArn", "arn:aws:iam::${aws:PrincipalAccount}:user/${aws:username}", true)]
    [InlineData("ArnNotLike", "aws:PrincipalArn", "arn:aws:iam::*:user/${aws:Absent}", null)]
    [InlineData("StringEquals", "aws:TagKeys", "team", null)]
    [InlineData("ForAnyValue:NumericLessThan", "aws:MultiFactorAuthAge", "20", true)]
    [InlineData("ForAllValues:IpAddressIfExists", "aws:Absent", "10.0.0.0/8", true)]
    public void Conditions_hold_or_not_or_cannot_be_told(string operation, string key, string value, bool? holds)
    {
        string condition = $"{{\"{operation}\":{{\"{key}\":\"{value}\"}}}}";
        Assert.Null(PolicySupport.FindUnsupported(Policy("Allow", condition), PolicyKind.KeyPolicy));

        // What cannot be told keeps an Allow out and lets a Deny in.
        Assert.Equal(holds == true, Decide(Policy("Allow", condition)).Allowed);
        Assert.Equal(holds != false, Decide(Policy("Deny", condition)).IsExplicitDeny);
    }

    [Theory]
    [InlineData("NumericEquals", "fifteen")]
    [InlineData("NumericEquals", "1,5")]
    [InlineData("NumericEquals", "${aws:MultiFactorAuthAge}")]
    [InlineData("DateEquals", "yesterday")]
    [InlineData("DateEquals", "2024")]
    [InlineData("DateEquals", "2024-06-01T12:00:00")]
    [InlineData("DateEquals", "99999999999999999")]
    [InlineData("BinaryEquals", "not base64")]
    [InlineData("IpAddress", "10.0.0.0/33")]
    [InlineData("IpAddress", "10.0.0/8")]
    [InlineData("IpAddress", "010.0.0.1")]
    [InlineData("IpAddress", "2001:db8::/129")]
    [InlineData("IpAddress", "fe80::1%eth0")]
    [InlineData("IpAddress", "::ffff:10.0.0.0/104")]
    [InlineData("Bool", "yes")]
    [InlineData("Null", "maybe")]
    [InlineData("ArnLike", "arn:aws:iam::role/x")]
    [InlineData("StringEquals", "${")]
    [InlineData("StringEquals", "${}")]
    [InlineData("StringEquals", "${a, b}")]
    [InlineData("StringEquals", "${a, 'b}")]
    [InlineData("StringEquals", "\\uffff")]
    [InlineData("StringIs", "x")]
    [InlineData("ForSomeValues:StringEquals", "x")]
    [InlineData("ForAllValues:Null", "true")]
    [InlineData("stringEquals", "x")]
    public void A_condition_that_means_nothing_is_refused_and_fails_closed(string operation, string value)
    {
        string condition = $"{{\"{operation}\":{{\"aws:SourceIp\":\"{value}\"}}}}";
        Assert.Contains(operation, PolicySupport.FindUnsupported(Policy("Allow", condition), PolicyKind.KeyPolicy), StringComparison.Ordinal);
        Assert.False(Decide(Policy("Allow", condition)).Allowed);
        Assert.True(Decide(Policy("Deny", condition)).IsExplicitDeny);
    }

    [Theory]
    [InlineData("\"Principal\":{\"CanonicalUser\":\"79a59df900b949e5\"},\"Action\":\"*\",\"Resource\":\"*\"", "CanonicalUser")]
    [InlineData("\"Principal\":{\"AWS\":\"arn:aws:iam::111122223333:group/g\"},\"Action\":\"*\",\"Resource\":\"*\"", "group/g")]
    [InlineData("\"Principal\":\"*\",\"Action\":\"k*:Decrypt\",\"Resource\":\"*\"", "k*:Decrypt")]
    [InlineData("\"Principal\":\"*\",\"Action\":\"Decrypt\",\"Resource\":\"*\"", "Decrypt")]
    [InlineData("\"Principal\":\"*\",\"Action\":\"*\",\"Resource\":\"key/*\"", "key/*")]
    [InlineData("\"Principal\":\"*\",\"Action\":\"*\",\"Resource\":\"arn:aws:kms:*:${aws:PrincipalAccount}:key/*\"", "fifth colon")]
    [InlineData("\"Principal\":\"*\",\"Action\":\"*\",\"Resource\":\"*\",\"Condition\":{\"Bool\":{\"a\":\"true\",\"A\":\"false\"}}", "stands twice")]
    public void A_statement_that_cannot_be_understood_is_refused_and_fails_closed(string body, string told)
    {
        Assert.Contains(told, PolicySupport.FindUnsupported(Parse($"{{\"Effect\":\"Allow\",{body}}}"), PolicyKind.KeyPolicy), StringComparison.Ordinal);
        Assert.False(Decide(Parse($"{{\"Effect\":\"Allow\",{body}}}")).Allowed);
        if (!body.Contains("\"Bool\"", StringComparison.Ordinal))
        {
            Assert.True(Decide(Parse($"{AllowAll},{{\"Effect\":\"Deny\",{body}}}")).IsExplicitDeny);
        }
    }

    [Theory]
    [InlineData("{\"Service\":\"imagebuilder.amazonaws.com\"}")]
    [InlineData("{\"Federated\":\"cognito-identity.amazonaws.com\"}")]
    [InlineData("{\"AWS\":\"AIDAJQABLZS4A3QDU576Q\"}")]
    [InlineData("{\"AWS\":\"arn:aws:sts::111122223333:federated-user/Ana\"}")]
    public void Services_providers_and_the_deleted_are_understood_and_are_not_the_caller(string principal)
    {
        string body = $"\"Principal\":{principal},\"Action\":\"*\",\"Resource\":\"*\"";
        Assert.Null(PolicySupport.FindUnsupported(Parse($"{{\"Effect\":\"Allow\",{body}}}"), PolicyKind.KeyPolicy));
        Assert.False(Decide(Parse($"{{\"Effect\":\"Allow\",{body}}}")).Allowed);
        Assert.True(Decide(Parse($"{AllowAll},{{\"Effect\":\"Deny\",{body}}}")).Allowed);
    }

    [Fact]
    public void Variables_stand_in_resources_and_only_in_the_newer_language()
    {
        string statement = "{\"Effect\":\"Allow\",\"Principal\":\"*\",\"Action\":\"*\",\"Resource\":\"arn:aws:kms:*:*:key/${aws:Absent, '1234abcd'}-*\"}";
        Assert.True(Decide(Parse(statement)).Allowed);
        Assert.False(Decide(KeyPolicy.Parse($"{{\"Statement\":{statement}}}")).Allowed);
        string not = "{\"Effect\":\"Deny\",\"Principal\":\"*\",\"Action\":\"*\",\"NotResource\":\"arn:aws:kms:*:*:key/${aws:Absent}\"}";
        Assert.True(Decide(Parse($"{AllowAll},{not}")).IsExplicitDeny);
    }

    [Fact]
    public void An_incomplete_ARN_is_completed_in_an_identity_policy_only()
    {
        PolicyDocument identity = PolicyDocument.Parse("{\"Version\":\"2012-10-17\",\"Statement\":{\"Effect\":\"Deny\",\"Action\":\"*\",\"Resource\":\"arn:aws:kms:us-west-2\"}}");
        Assert.True(PolicyEvaluator.Evaluate(Request(), Parse(AllowAll), [identity]).IsExplicitDeny);
        Assert.False(Decide(Parse(AllowAll.Replace("\"Resource\":\"*\"", "\"Resource\":\"arn:aws:kms:us-west-2\"", StringComparison.Ordinal))).Allowed);
    }

    [Fact]
    public void Nothing_reaches_into_another_partition()
    {
        RequestPrincipal elsewhere = RequestPrincipal.From(PrincipalArn.Parse("arn:aws-cn:iam::111122223333:user/Ana"));
        PolicyDocument identity = PolicyDocument.Parse("{\"Version\":\"2012-10-17\",\"Statement\":{\"Effect\":\"Allow\",\"Action\":\"*\",\"Resource\":\"*\"}}");
        Assert.False(PolicyEvaluator.Evaluate(new PolicyRequest(elsewhere, "kms:Decrypt", Key, RequestConditions.For(elsewhere)), Parse(AllowAll), [identity]).Allowed);
    }

    [Theory]
    [InlineData("StringLike", "kms:EncryptionContext:aws:imagebuilder:arn", "arn:aws:imagebuilder:*:111122223333:workflow/BUILD/*", "\"" + Workflow + "\" does not match \"arn:aws:imagebuilder:*:111122223333:workflow/BUILD/*\" (differs in case at position 54)")]
    [InlineData("StringEquals", "aws:PrincipalTag/team", "Red", "\"red\" does not match \"Red\" (differs in case at position 1)")]
    [InlineData("StringEquals", "aws:PrincipalTag/team", "rot", "\"red\" does not match \"rot\" (differs at position 2)")]
    [InlineData("StringEquals", "aws:PrincipalTag/team", "redder", "\"red\" does not match \"redder\" (it ends too early)")]
    [InlineData("StringNotLike", "aws:PrincipalTag/team", "r*", "\"red\" matches what StringNotLike excludes, \"r*\"")]
    [InlineData("StringEquals", "aws:Absent", "x", "the request does not have it; StringEquals asks for \"x\"")]
    [InlineData("NumericLessThan", "aws:MultiFactorAuthAge", "10", "\"15\" does not satisfy NumericLessThan \"10\"")]
    [InlineData("NumericLessThan", "aws:SourceIp", "10", "\"203.0.113.5\" cannot be compared by NumericLessThan with \"10\"")]
    [InlineData("IpAddress", "aws:SourceIp", "10.0.0.0/8", "\"203.0.113.5\" does not match \"10.0.0.0/8\"")]
    [InlineData("Null", "aws:SourceIp", "true", "the request has it, as \"203.0.113.5\", and Null asks for \"true\"")]
    [InlineData("StringEquals", "aws:TagKeys", "team", "it can have several values, and StringEquals is for one; write ForAllValues or ForAnyValue")]
    [InlineData("ForAllValues:StringEquals", "aws:TagKeys", "Team", "\"team\" does not match \"Team\" (differs in case at position 1)")]
    [InlineData("StringEquals", "aws:PrincipalTag/team", "${aws:Absent}", "a policy variable in \"${aws:Absent}\" has no value in the request")]
    public void The_one_condition_that_does_not_hold_is_told(string operation, string key, string value, string told)
    {
        PolicyNearMiss miss = Assert.Single(Decide(Parse(
            $"{{\"Effect\":\"Allow\",\"Principal\":\"*\",\"Action\":\"kms:*\",\"Resource\":\"*\",\"Condition\":{{\"{operation}\":{{\"{key}\":\"{value}\"}}}}}}")).NearMisses);
        Assert.Equal($"Condition {key}: {told}", miss.Reason);
    }

    [Theory]
    [InlineData("\"Principal\":{\"AWS\":\"arn:aws:iam::111122223333:user/Bo\"},\"Action\":\"*\",\"Resource\":\"*\"", "Principal does not name arn:aws:iam::111122223333:user/Ana")]
    [InlineData("\"NotPrincipal\":{\"AWS\":\"111122223333\"},\"Action\":\"*\",\"Resource\":\"*\"", "NotPrincipal leaves out arn:aws:iam::111122223333:user/Ana")]
    [InlineData("\"Principal\":\"*\",\"Action\":\"kms:Encrypt\",\"Resource\":\"*\"", "Action does not name kms:Decrypt")]
    [InlineData("\"Principal\":\"*\",\"NotAction\":\"kms:De*\",\"Resource\":\"*\"", "NotAction names kms:Decrypt")]
    [InlineData("\"Principal\":\"*\",\"Action\":\"*\"", "it has no Resource, and so no effect")]
    [InlineData("\"Principal\":\"*\",\"Resource\":\"*\"", "it has no Action, and so no effect")]
    [InlineData("\"Principal\":\"*\",\"Action\":\"kms:Encrypt\",\"Resource\":\"arn:aws:kms:*:*:key/\"", null)]
    public void The_one_element_that_does_not_match_is_told_and_of_two_neither(string body, string? told)
    {
        PolicyDecision decision = Decide(Parse($"{{\"Effect\":\"Allow\",{body}}}"));
        Assert.Equal(told is null ? [] : [told], decision.NearMisses.Select(static miss => miss.Reason));
        Assert.StartsWith("Denied", decision.ToString(), StringComparison.Ordinal);
    }

    private const string AllowAll = "{\"Effect\":\"Allow\",\"Principal\":\"*\",\"Action\":\"*\",\"Resource\":\"*\"}";

    private static KeyPolicy Policy(string effect, string condition) =>
        Parse($"{{\"Effect\":\"{effect}\",\"Principal\":\"*\",\"Action\":\"kms:*\",\"Resource\":\"*\",\"Condition\":{condition}}}");

    private static KeyPolicy Parse(string statements) => KeyPolicy.Parse($"{{\"Version\":\"2012-10-17\",\"Statement\":[{statements}]}}");

    private static PolicyRequest Request()
    {
        EncryptionContext context = EncryptionContext.Create([KeyValuePair.Create(EncryptionContext.WorkflowArnKey, Workflow)]);
        return new PolicyRequest(User, "kms:Decrypt", Key, RequestConditions.For(User, context, others: Others));
    }

    private static PolicyDecision Decide(PolicyDocument policy) => PolicyEvaluator.Evaluate(Request(), policy, []);
}
