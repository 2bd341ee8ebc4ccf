using Newtonsoft.Json.Linq;

namespace ImageBuilderDataProtection.Interop;

/// <summary>
/// Makes policies and requests at random, the same ones for the same seed. They lean towards matching, so that all decisions
/// come up. What the peer is known to decide otherwise than AWS documents is left out here, and listed one by one in
/// <see cref="PolicyPeerTests"/>.
/// </summary>
internal sealed class PolicyCaseGenerator
{
    private const string Role = "arn:aws:iam::111122223333:role/YourImageBuilderExecutionRole";
    private const string PathRole = "arn:aws:iam::111122223333:role/builders/Nightly";
    private const string User = "arn:aws:iam::111122223333:user/Ana";
    private const string ForeignRole = "arn:aws:iam::444455556666:role/Partner";
    private const string ForeignUser = "arn:aws:iam::444455556666:user/Bo";
    private const string ContextArn = "kms:EncryptionContext:aws:imagebuilder:arn";

    private static readonly string[] Callers = [Role, Role, PathRole, User, ForeignRole, ForeignUser];
    private static readonly string[] Actions = ["kms:Decrypt", "kms:Decrypt", "kms:GenerateDataKey", "kms:DescribeKey"];

    private static readonly string[] Workflows =
    [
        "arn:aws:imagebuilder:us-west-2:111122223333:workflow/build/sample/1.0.0/*",
        "arn:aws:imagebuilder:us-west-2:111122223333:workflow/build/sample/1.0.0/1",
        "arn:aws:imagebuilder:us-west-2:111122223333:workflow/Build/sample/1.0.0/1",
        "arn:aws:imagebuilder:eu-central-1:111122223333:workflow/test/sample/2.0.0/1",
        "arn:aws:imagebuilder:us-west-2:444455556666:workflow/build/sample/1.0.0/1",
    ];

    // Not for the ARN operators: patterns that have not six parts, and patterns that the peer takes apart inside a variable.
    private static readonly string[] FewerOrHiddenColons = ["arn:aws:imagebuilder:*:workflow/*", "arn:aws:imagebuilder:*:${aws:PrincipalAccount}:workflow/*"];

    private static readonly string[] WorkflowPatterns =
    [
        "arn:aws:imagebuilder:*:111122223333:workflow/*", "arn:aws:imagebuilder:*:111122223333:workflow/*", "arn:aws:imagebuilder:*:*:workflow/build/*",
        "arn:aws:imagebuilder:us-west-?:111122223333:workflow/build/*/1.0.0/?", "arn:aws:imagebuilder:*:*:workflow/build/${aws:PrincipalTag/team, 'sample'}/*", .. FewerOrHiddenColons, "arn:aws:imagebuilder:*:*:workflow/*/sample/*",
        "arn:aws:imagebuilder:us-west-2:111122223333:workflow/build/sample/1.0.0/${*}",
        "arn:aws:imagebuilder:*:111122223333:Workflow/*", "arn:aws:imagebuilder:*:111122223333:workflow/BUILD/*",
    ];

    private readonly Random _random;
    private string _caller = Role;
    private string _action = Actions[0];
    private bool _hasVariables;
    private bool _isDeny;

    private PolicyCaseGenerator(int seed) => _random = new Random(seed);

    /// <summary>The case of a seed.</summary>
    public static PolicyCase Make(int seed) => new PolicyCaseGenerator(seed).Make();

    private PolicyCase Make()
    {
        _caller = Pick(Callers);
        _action = Pick(Actions);
        var context = new Dictionary<string, string>();
        if (Chance(85))
        {
            context["aws:imagebuilder:arn"] = Chance(60) ? Workflows[_random.Next(2)] : Pick(Workflows);
        }

        if (Chance(50))
        {
            context["aws-crypto-public-key"] = "AsyvVpGZ";
        }

        var others = new Dictionary<string, JToken>();
        Maybe(others, "kms:ViaService", "imagebuilder.us-west-2.amazonaws.com", "imagebuilder.us-west-2.amazonaws.com", "ec2.us-west-2.amazonaws.com");
        Maybe(others, "aws:MultiFactorAuthPresent", "true", "false");
        Maybe(others, "aws:MultiFactorAuthAge", "15", "300", "15.5", "-1");
        Maybe(others, "aws:CurrentTime", "2024-06-01T12:00:00Z", "2025-01-01T00:00:00Z");
        Maybe(others, "aws:EpochTime", "1717243200", "1735689600");
        Maybe(others, "aws:SourceIp", "203.0.113.5", "198.51.100.77", "2001:db8:1234:5678::9");
        Maybe(others, "aws:PrincipalTag/team", "red", "Red", "blue", "1234abcd-12ab-34cd-56ef-1234567890ab");
        Maybe(others, "example:Hash", "AAECAw==", "/////w==");
        if (Chance(50))
        {
            others["aws:TagKeys"] = Chance(50) ? new JArray("team", "stage") : new JArray("team");
        }

        JObject keyPolicy = Policy(isKeyPolicy: true, _random.Next(1, 5));
        var identity = new List<JObject>();
        for (int i = _random.Next(3); i > 0; i--)
        {
            identity.Add(Policy(isKeyPolicy: false, _random.Next(1, 3)));
        }

        return new PolicyCase(_caller, _action, context, others, keyPolicy, identity);
    }

    private JObject Policy(bool isKeyPolicy, int statements)
    {
        // The peer takes variables in the older version of the language too, where they are mere text.
        _hasVariables = Chance(90);
        var list = new JArray(Enumerable.Range(0, statements).Select(_ => Statement(isKeyPolicy)));
        var policy = new JObject();
        if (_hasVariables)
        {
            policy["Version"] = "2012-10-17";
        }

        policy["Statement"] = list.Count == 1 && Chance(50) ? list[0] : list;
        return policy;
    }

    private JObject Statement(bool isKeyPolicy)
    {
        _isDeny = Chance(18);
        var statement = new JObject { ["Effect"] = _isDeny ? "Deny" : "Allow" };
        if (isKeyPolicy)
        {
            bool isNegated = Chance(7);
            statement[isNegated ? "NotPrincipal" : "Principal"] = isNegated ? NotPrincipal() : Principal();
        }

        bool isNotAction = Chance(12);
        statement[isNotAction ? "NotAction" : "Action"] = isNotAction
            ? OneOrList(["kms:Encrypt", "KMS:encrypt*", "kms:Put*", "s3:*", "kms:decrypt"])
            : OneOrList([_action, _action.ToUpperInvariant(), "kms:*", "kms:De*", "*", "kms:?e*", "kms:Encrypt", "KMS:g*key"]);
        bool isNotResource = Chance(10);
        statement[isNotResource ? "NotResource" : "Resource"] = isNotResource
            ? OneOrList(["arn:aws:kms:eu-central-1:111122223333:key/*", "arn:aws:kms:*:111122223333:key/1234ABCD*", "arn:aws:kms:us-west-2:111122223333:key/12*", "arn:aws:kms:*:444455556666:key/*"])
            : OneOrList(["*", "*", "*", PolicyCase.Key, "arn:aws:kms:*:111122223333:key/*", "arn:aws:kms:us-*:*:key/????abcd-*", "arn:aws:kms:*:111122223333:key/", "arn:aws:kms:*:111122223333:key/1234ABCD*",
                .. _hasVariables ? (string[])["arn:aws:kms:*:*:key/${aws:PrincipalTag/team}", "arn:aws:kms:*:*:key/${aws:PrincipalTag/team, '1234abcd-12ab-34cd-56ef-1234567890ab'}"] : []]);
        if (Chance(isNotAction ? 90 : 65))
        {
            statement["Condition"] = Conditions();
        }

        return statement;
    }

    private JToken Principal() => _random.Next(10) switch
    {
        0 => "*",
        1 => new JObject { ["AWS"] = "*" },
        2 => new JObject { ["Service"] = "imagebuilder.amazonaws.com" },
        3 => new JObject { ["AWS"] = OneOrList([Role, User, ForeignRole, ForeignUser, "444455556666", PathRole]), ["Service"] = new JArray("ec2.amazonaws.com", "imagebuilder.amazonaws.com") },
        4 => new JObject { ["AWS"] = Root(AccountOf(_caller)) },
        5 => new JObject { ["AWS"] = AccountOf(_caller) },
        6 => new JObject { ["AWS"] = OneOrList(["arn:aws:iam::444455556666:root", "arn:aws:iam::111122223333:root", "111122223333"]) },
        7 => new JObject { ["AWS"] = OneOrList([SessionOf(_caller), "arn:aws:sts::111122223333:assumed-role/YourImageBuilderExecutionRole/other"]) },
        _ => new JObject { ["AWS"] = Chance(80) ? _caller : new JArray(_caller, Role) },
    };

    // A Deny is made to name either all of the caller or nothing of it: in between the peer spares whom AWS may deny.
    private JObject NotPrincipal() => _isDeny
        ? new JObject { ["AWS"] = Chance(50) ? new JArray(Root(AccountOf(_caller)), _caller, SessionOf(_caller)) : new JArray("777788889999", "arn:aws:iam::777788889999:role/Nobody") }
        : new JObject { ["AWS"] = OneOrList([_caller, Root(AccountOf(_caller)), SessionOf(_caller), "arn:aws:iam::777788889999:role/Nobody", "777788889999"]) };

    private JObject Conditions()
    {
        var conditions = new JObject();
        for (int i = _random.Next(1, 4); i > 0; i--)
        {
            (string operation, string key, JToken values) = Condition();
            if (conditions[operation] is JObject keys)
            {
                keys[keys.Properties().FirstOrDefault(one => one.Name.Equals(key, StringComparison.OrdinalIgnoreCase))?.Name ?? key] = values;
            }
            else
            {
                conditions[operation] = new JObject { [key] = values };
            }
        }

        return conditions;
    }

    private (string Operator, string Key, JToken Values) Condition()
    {
        switch (_random.Next(16))
        {
            case 0 or 1 or 2 or 3:
                return (Name("StringLike", "StringLike", "StringNotLike"), KeyCase(ContextArn), Texts(WorkflowPatterns));
            case 4:
                return (Name("StringEquals", "StringNotEquals", "StringEqualsIgnoreCase", "StringNotEqualsIgnoreCase"), KeyCase(ContextArn), OneOrList(Workflows));
            case 5:
                return (Name("ArnLike", "ArnEquals", "ArnNotLike", "ArnNotEquals"), KeyCase(ContextArn), Texts([.. WorkflowPatterns.Where(static pattern => !FewerOrHiddenColons.Contains(pattern))]));
            case 6:
                return (Pick(["ForAllValues:", "ForAnyValue:"]) + Pick(["StringEquals", "StringEqualsIgnoreCase", "StringNotEquals", "StringLike", "StringNotLike"]), KeyCase("kms:EncryptionContextKeys"),
                    OneOrList(["aws:imagebuilder:arn", "aws-crypto-public-key", "AWS:imagebuilder:arn", "stage", "aws*"]));
            case 7:
                return (Pick(["ForAllValues:", "ForAnyValue:"]) + Pick(["StringEquals", "StringNotEquals"]), "aws:TagKeys", OneOrList(["team", "stage", "Team"]));
            case 8:
                return (Name("StringEquals", "StringNotEquals", "StringLike", "StringNotLike"), KeyCase("kms:ViaService"), OneOrList(["imagebuilder.us-west-2.amazonaws.com", "imagebuilder.*.amazonaws.com", "ec2.us-west-2.amazonaws.com"]));
            case 9:
                return (Name("NumericEquals", "NumericNotEquals", "NumericLessThan", "NumericLessThanEquals", "NumericGreaterThan", "NumericGreaterThanEquals"), "aws:MultiFactorAuthAge", OneOrList(["15", "15.0", "300", "15.5", "0", "-2"]));
            case 10:
                return (Name("DateEquals", "DateNotEquals", "DateLessThan", "DateLessThanEquals", "DateGreaterThan", "DateGreaterThanEquals"), "aws:CurrentTime", OneOrList(["2024-06-01T12:00:00Z", "2024-12-31T23:59:59Z", "2024-06-01T14:00:00+02:00", "2024-06-01"]));
            case 11:
                return (Name("DateEquals", "DateNotEquals", "DateLessThan", "DateGreaterThanEquals"), "aws:EpochTime", OneOrList(["1717243200", "1720000000"]));
            case 12:
                return (Chance(50) ? Name("Bool") : "Null", "aws:MultiFactorAuthPresent", Pick(["true", "false", "TRUE"]));
            case 13:
                return (Name("IpAddress", "NotIpAddress"), "aws:SourceIp", OneOrList(["203.0.113.0/24", "198.51.100.77/32", "203.0.112.0/23", "2001:db8:1234:5678::/64", "10.0.0.0/8", "2001:db8::/32"]));
            case 14:
                return (Name("BinaryEquals"), "example:Hash", OneOrList(["AAECAw==", "/////w==", "AAAA"]));
            default:
                return (Name("StringEquals", "StringEquals", "StringNotEquals", "StringLike"), Pick(["aws:PrincipalTag/team", "AWS:principaltag/team", "aws:username", "kms:CallerAccount", "aws:PrincipalAccount"]),
                    Texts(["red", "Red", "r?d", "Ana", "111122223333", "444455556666", "${aws:PrincipalAccount}", "${aws:username}", "${aws:PrincipalTag/team, 'red'}", "${aws:PrincipalTag/team}"]));
        }
    }

    // Variables only where there are any. One without a value in a negated condition of a Deny is left out: the peer does not
    // apply such a Deny. So is an escaped wildcard outside the operators with wildcards, which the peer does not unescape.
    private JToken Texts(string[] pool)
    {
        string[] texts = [.. pool.Where(text => !text.Contains("${", StringComparison.Ordinal)
            || (_hasVariables && (!_isDeny || text.Contains("PrincipalAccount", StringComparison.Ordinal))))];
        return OneOrList(texts);
    }

    private string Name(params string[] operations)
    {
        string name = Pick(operations);
        return (Chance(8) ? "ForAllValues:" : "") + name + (Chance(15) ? "IfExists" : "");
    }

    private string KeyCase(string key) => Chance(15) ? key.ToUpperInvariant() : key;

    private JToken OneOrList(string[] pool) =>
        Chance(55) ? Pick(pool) : new JArray(Enumerable.Range(0, _random.Next(1, 4)).Select(_ => Pick(pool)).Distinct());

    private void Maybe(Dictionary<string, JToken> others, string key, params string[] values)
    {
        if (Chance(70))
        {
            others[key] = Pick(values);
        }
    }

    private static string AccountOf(string arn) => arn.Split(':')[4];

    private static string Root(string account) => $"arn:aws:iam::{account}:root";

    private static string SessionOf(string arn) => arn.Contains(":role/", StringComparison.Ordinal)
        ? $"arn:aws:sts::{AccountOf(arn)}:assumed-role/{arn[(arn.LastIndexOf('/') + 1)..]}/{PolicyCase.SessionName}"
        : arn;

    private string Pick(string[] pool) => pool[_random.Next(pool.Length)];

    private bool Chance(int percent) => _random.Next(100) < percent;
}
