using ImageBuilderDataProtection.Json;
using ImageBuilderDataProtection.Kms;
using Newtonsoft.Json.Linq;

namespace ImageBuilderDataProtection.Policies;

/// <summary>
/// A policy document of IAM or KMS ("Grammar of the IAM JSON policy language" in the IAM User Guide). It is kept as it was
/// written: the order, one value or a list of one, and elements unknown to it. Immutable.
/// </summary>
public class PolicyDocument
{
    /// <summary>The size limit of any policy text read, in bytes. The largest policy that AWS takes is a key policy, at 32,768.</summary>
    public const int MaxBytes = 128 * 1024;

    /// <summary>The version of the policy language: <c>2012-10-17</c>.</summary>
    public const string CurrentVersion = "2012-10-17";

    private static readonly HashSet<string> KnownElements = ["Version", "Id", "Statement"];

    private readonly JObject _document;
    private StatementMatcher[]? _keyMatchers;
    private StatementMatcher[]? _identityMatchers;

    private protected PolicyDocument(JObject document)
    {
        _document = document;
        Version = ReadString(nameof(Version));
        Id = ReadString(nameof(Id));
        Statements = document["Statement"] switch
        {
            JObject single => [new PolicyStatement(single, 0)],
            JArray list => Array.AsReadOnly(list.Select(static (item, index) => new PolicyStatement(
                item as JObject ?? throw PolicyStatement.Malformed(item, "a statement must be an object"), index)).ToArray()),
            null => throw PolicyStatement.Malformed(document, "the element Statement is missing"),
            JToken other => throw PolicyStatement.Malformed(other, "it must be a statement or a list of statements"),
        };
        UnknownElements = [.. document.Properties().Select(static element => element.Name).Where(static name => !KnownElements.Contains(name))];
    }

    /// <summary>The version of the policy language; null when the document names none, which means <c>2008-10-17</c>.</summary>
    public string? Version { get; }

    /// <summary>The document's name; null when it has none.</summary>
    public string? Id { get; }

    /// <summary>The statements, in order.</summary>
    public IReadOnlyList<PolicyStatement> Statements { get; }

    /// <summary>The names of elements that no policy has; AWS refuses them.</summary>
    public IReadOnlyList<string> UnknownElements { get; }

    /// <summary>Whether <c>${…}</c> is a policy variable; in the older version of the language it is mere text.</summary>
    internal bool HasVariables => Version == CurrentVersion;

    /// <summary>Whether any statement has a condition on this key.</summary>
    internal bool UsesConditionKey(string key) =>
        Statements.Any(statement => statement.Conditions.Any(condition => condition.Key.Equals(key, StringComparison.OrdinalIgnoreCase)));

    /// <summary>The statements, ready to be held against requests. Made at first use; two threads may both make them.</summary>
    internal StatementMatcher[] Matchers(PolicyKind kind) => kind == PolicyKind.KeyPolicy
        ? _keyMatchers ??= MakeMatchers(kind)
        : _identityMatchers ??= MakeMatchers(kind);

    /// <summary>What of the document outside its statements AWS would refuse; null when there is nothing.</summary>
    internal string? FindProblem() =>
        Version is not (null or CurrentVersion or "2008-10-17") ? $"Version \"{Version}\" is none of the policy language"
        : UnknownElements.Count > 0 ? $"the element {UnknownElements[0]} is unknown"
        : null;

    /// <summary>Reads a policy document.</summary>
    /// <exception cref="PolicyFormatException">The text is not JSON, or not a policy document.</exception>
    /// <exception cref="DataProtectionException"><c>JsonTooLarge</c>: the text is longer than <see cref="MaxBytes"/>.</exception>
    public static PolicyDocument Parse(string json) => new(ReadJson(json));

    /// <summary>
    /// The AWS page's step 2: the policy that an execution role needs to use the keys for workflows of the keys' accounts.
    /// Resource and the context pattern are single strings when there is one of them, otherwise lists.
    /// </summary>
    /// <param name="keys">The keys, by key ARN: an alias names no key in a policy.</param>
    /// <exception cref="DataProtectionException">
    /// <c>KeyRequired</c>: there are no keys; <c>MixedPartitions</c>: the keys are of several partitions.
    /// </exception>
    public static PolicyDocument ForExecutionRole(IReadOnlyList<KeyArn> keys)
    {
        ArgumentNullException.ThrowIfNull(keys);
        if (keys.Count == 0)
        {
            throw new DataProtectionException("KeyRequired", FailureKind.InvalidArgument, "A role policy needs the ARN of at least one key.");
        }

        RequireOnePartition(keys.Select(static key => key.Partition));
        var grant = new WorkflowGrant { Workflows = AllWorkflows(keys[0].Partition, keys.Select(static key => key.Account)) };
        return new PolicyDocument(Compose(grant.ToRoleStatement("Allow access to the workflow key", keys)));
    }

    /// <summary>Every text in the document, with its place; names of elements, too, since condition keys are such.</summary>
    internal IEnumerable<(string Path, string Text)> Texts() => _document.DescendantsAndSelf().Select(static token => token switch
    {
        JProperty element => (element.Path, element.Name),
        JValue { Value: string text } => (token.Path, text),
        _ => (token.Path, ""),
    });

    /// <summary>The document on one line, as short as it can be.</summary>
    internal string ToCompactJson() => StrictJson.Write(_document, indented: false);

    /// <summary>The document as indented JSON.</summary>
    public string ToJson() => StrictJson.Write(_document, indented: true);

    /// <summary>The document as indented JSON.</summary>
    public override string ToString() => ToJson();

    private protected static JObject ReadJson(string json)
    {
        ArgumentNullException.ThrowIfNull(json);
        try
        {
            return StrictJson.ParseObject(json, "The policy", MaxBytes, keepPositions: true);
        }
        catch (JsonSyntaxException error)
        {
            throw new PolicyFormatException(error.Reason, "", error.Line, error.Column, error);
        }
    }

    private protected static JObject Compose(params JObject[] statements) =>
        new() { [nameof(Version)] = CurrentVersion, ["Statement"] = new JArray(statements) };

    internal static JToken OneOrList(IEnumerable<string> values)
    {
        string[] distinct = [.. values.Distinct(StringComparer.Ordinal)];
        return distinct.Length == 1 ? new JValue(distinct[0]) : new JArray(distinct);
    }

    /// <summary>The page's patterns: every workflow of the accounts, in any region.</summary>
    private protected static IReadOnlyList<WorkflowArnPattern> AllWorkflows(string partition, IEnumerable<string> accounts) =>
        [.. accounts.Distinct(StringComparer.Ordinal).Select(account => WorkflowArnPattern.AllOf(partition, account))];

    private protected static void RequireOnePartition(IEnumerable<string> partitions)
    {
        string[] distinct = [.. partitions.Distinct(StringComparer.Ordinal)];
        if (distinct.Length > 1)
        {
            throw new DataProtectionException(
                "MixedPartitions",
                FailureKind.InvalidArgument,
                $"The ARNs are of several partitions ({string.Join(", ", distinct)}), and no policy reaches across partitions; write one policy for each.");
        }
    }

    private StatementMatcher[] MakeMatchers(PolicyKind kind)
    {
        string? problem = FindProblem();
        return [.. Statements.Select(statement => new StatementMatcher(statement, kind, HasVariables, problem))];
    }

    private string? ReadString(string name) => _document[name] switch
    {
        null => null,
        JValue { Type: JTokenType.String } text => (string?)text,
        JToken other => throw PolicyStatement.Malformed(other, "it must be a string"),
    };
}
