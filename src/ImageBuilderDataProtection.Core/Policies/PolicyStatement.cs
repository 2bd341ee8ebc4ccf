using ImageBuilderDataProtection.Json;
using Newtonsoft.Json.Linq;

namespace ImageBuilderDataProtection.Policies;

/// <summary>One statement of a policy ("IAM JSON policy elements: Statement" in the IAM User Guide).</summary>
public sealed class PolicyStatement
{
    private static readonly HashSet<string> KnownElements =
    [
        "Sid", "Effect", "Principal", "NotPrincipal", "Action", "NotAction", "Resource", "NotResource", "Condition",
    ];

    private readonly JObject _statement;

    internal PolicyStatement(JObject statement, int index)
    {
        _statement = statement;
        Index = index;
        Sid = statement[nameof(Sid)] switch
        {
            null => null,
            JValue { Type: JTokenType.String } sid => (string?)sid,
            JToken other => throw Malformed(other, "it must be a string"),
        };
        Effect = (statement[nameof(Effect)] as JValue)?.Value switch
        {
            "Allow" => PolicyEffect.Allow,
            "Deny" => PolicyEffect.Deny,
            _ => throw Malformed(statement[nameof(Effect)] ?? statement, "Effect must be \"Allow\" or \"Deny\""),
        };
        Principal = EitherOf(statement, nameof(Principal), ReadPrincipals);
        Action = EitherOf(statement, nameof(Action), static (element, isNegated) => new PolicyPatterns(ReadStrings(element), isNegated));
        Resource = EitherOf(statement, nameof(Resource), static (element, isNegated) => new PolicyPatterns(ReadStrings(element), isNegated));
        Conditions = ReadConditions(statement["Condition"]);
        UnknownElements = [.. statement.Properties().Select(static element => element.Name).Where(static name => !KnownElements.Contains(name))];
    }

    /// <summary>The place in the policy, counted from 0.</summary>
    public int Index { get; }

    /// <summary>The statement's name; null when it has none.</summary>
    public string? Sid { get; }

    /// <summary>What the statement does when it applies.</summary>
    public PolicyEffect Effect { get; }

    /// <summary>Whom the statement is about; null in an identity policy.</summary>
    public PolicyPrincipals? Principal { get; }

    /// <summary>The actions the statement is about; null when it names none, and then it has no effect.</summary>
    public PolicyPatterns? Action { get; }

    /// <summary>The resources the statement is about; null when it names none, and then it has no effect.</summary>
    public PolicyPatterns? Resource { get; }

    /// <summary>What must be true for the statement to apply: all of these.</summary>
    public IReadOnlyList<PolicyCondition> Conditions { get; }

    /// <summary>The names of elements that no policy has; AWS refuses them.</summary>
    public IReadOnlyList<string> UnknownElements { get; }

    /// <summary>The statement by itself as indented JSON.</summary>
    public string ToJson() => StrictJson.Write(_statement, indented: true);

    /// <summary>The Sid in quotes, or the place: <c>Statement[0]</c>.</summary>
    public override string ToString() => Sid is null ? $"Statement[{Index}]" : TerminalText.Line($"\"{Sid}\"");

    /// <summary>The place of the statement in its document, such as <c>Statement[0]</c>.</summary>
    internal string Path => _statement.Path;

    /// <summary>
    /// The place of an element of the statement, such as <c>Statement[0].Principal.AWS[1]</c>: of the first name that is there,
    /// and of one of its values where it is a list. The statement's own place when it has no such element.
    /// </summary>
    internal string PathOf(string name, string? type = null, int? index = null)
    {
        JToken? element = _statement[name] ?? _statement["Not" + name];
        element = type is null ? element : (element as JObject)?[type] ?? element;
        return PathOf(element, index);
    }

    /// <summary>The place of a condition, or of one of its values.</summary>
    internal string PathOf(PolicyCondition condition, int? index = null) => PathOf(_statement["Condition"]?[condition.Operator]?[condition.Key], index);

    private string PathOf(JToken? element, int? index) => (index is int i && element is JArray list ? list[i] : element)?.Path ?? Path;

    internal static PolicyFormatException Malformed(JToken element, string reason)
    {
        JsonPosition position = element.AnnotationOrStart();
        return new PolicyFormatException(reason, element.Path, position.Line, position.Column);
    }

    // An element and its opposite exclude each other.
    private static T? EitherOf<T>(JObject statement, string name, Func<JToken, bool, T> read)
        where T : class
    {
        JToken? element = statement[name];
        JToken? opposite = statement["Not" + name];
        return (element, opposite) switch
        {
            (null, null) => null,
            (not null, null) => read(element, false),
            (null, not null) => read(opposite, true),
            _ => throw Malformed(opposite, $"{name} and Not{name} cannot both stand in one statement"),
        };
    }

    private static PolicyPrincipals ReadPrincipals(JToken element, bool isNegated)
    {
        if (element is JValue { Value: "*" })
        {
            return new PolicyPrincipals(new Dictionary<string, IReadOnlyList<string>> { ["AWS"] = ["*"] }, isNegated);
        }

        return element is JObject types
            ? new PolicyPrincipals(types.Properties().ToDictionary(static type => type.Name, static type => ReadStrings(type.Value)), isNegated)
            : throw Malformed(element, "it must be \"*\" or an object such as {\"AWS\": \"arn:aws:iam::111122223333:role/NAME\"}");
    }

    private static PolicyCondition[] ReadConditions(JToken? element)
    {
        if (element is null)
        {
            return [];
        }

        if (element is not JObject operators)
        {
            throw Malformed(element, "it must be an object of condition operators");
        }

        return
        [
            .. from operation in operators.Properties()
               from key in (operation.Value as JObject ?? throw Malformed(operation.Value, "it must be an object of condition keys")).Properties()
               select new PolicyCondition(operation.Name, key.Name, ReadScalars(key.Value)),
        ];
    }

    private static IReadOnlyList<string> ReadStrings(JToken element) => ReadList(element, static value => value.Type == JTokenType.String ? (string?)value : null, "a string");

    private static IReadOnlyList<string> ReadScalars(JToken element) => ReadList(element, ScalarText, "a string, a number, true or false");

    private static string? ScalarText(JValue value) => value.Value switch
    {
        null => null,
        bool truth => truth ? "true" : "false",
        _ => value.ToString(System.Globalization.CultureInfo.InvariantCulture),
    };

    private static IReadOnlyList<string> ReadList(JToken element, Func<JValue, string?> read, string what)
    {
        if (element is JArray items)
        {
            return [.. items.Select(item => ReadOne(item, read, what))];
        }

        return [ReadOne(element, read, $"{what}, or a list of such")];
    }

    private static string ReadOne(JToken element, Func<JValue, string?> read, string what) =>
        (element is JValue value ? read(value) : null) ?? throw Malformed(element, $"it must be {what}");
}
