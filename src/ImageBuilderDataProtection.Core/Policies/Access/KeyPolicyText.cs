using System.Text;
using System.Text.Json;
using ImageBuilderDataProtection.Json;
using Newtonsoft.Json.Linq;

namespace ImageBuilderDataProtection.Policies.Access;

/// <summary>
/// The text of a key policy, of which statements are put in and taken out while all other text stays as it is, down to the
/// white space: KMS gives back what was put, and what a team keeps in its own files is compared with that. Immutable.
/// </summary>
internal sealed class KeyPolicyText
{
    // No program writes white space before a comma and none at the brackets. So where it is so, a list was made of a single
    // statement by Append, and becomes that statement again once the others are gone.
    private const string AfterSingleStatement = " ,";

    private readonly byte[] _utf8;
    private readonly JsonSpan _statement;

    private KeyPolicyText(byte[] utf8, KeyPolicy policy)
    {
        _utf8 = utf8;
        _statement = JsonSpan.Read(utf8)["Statement"]!;
        Policy = policy;
    }

    /// <summary>What the text means.</summary>
    public KeyPolicy Policy { get; }

    private bool IsList => _statement.Kind == JsonTokenType.StartArray;

    /// <inheritdoc cref="KeyPolicy.Parse"/>
    public static KeyPolicyText Parse(string json)
    {
        KeyPolicy policy = KeyPolicy.Parse(json);
        return new KeyPolicyText(Encoding.UTF8.GetBytes(json), policy);
    }

    /// <summary>The text with one more statement at its end, laid out as the others are.</summary>
    public KeyPolicyText Append(JObject statement)
    {
        if (!IsList)
        {
            return Replace(_statement.Start, _statement.End, $"[{Text(_statement)}{AfterSingleStatement}{LayOut(statement, _statement)}]");
        }

        IReadOnlyList<JsonSpan> items = _statement.Items;
        if (items.Count == 0)
        {
            return Replace(_statement.Start + 1, _statement.Start + 1, StrictJson.Write(statement, indented: true));
        }

        string space = items.Count == 1 ? Text(_statement.Start + 1, items[0].Start) : Text(items[^2].End, items[^1].Start).TrimStart().TrimStart(',');
        return Replace(items[^1].End, items[^1].End, "," + space + LayOut(statement, items[^1]));
    }

    /// <summary>The text without one statement; of a text with but one, a list of none is left.</summary>
    public KeyPolicyText RemoveStatement(int index)
    {
        if (!IsList)
        {
            return Replace(_statement.Start, _statement.End, "[]");
        }

        IReadOnlyList<JsonSpan> items = _statement.Items;
        return index == 1 && items.Count == 2 && WasSingle()
            ? Replace(_statement.Start, _statement.End, Text(items[0]))
            : RemoveItem(_statement, index);
    }

    /// <summary>The text without a principal in the list <c>AWS</c> of a statement.</summary>
    public KeyPolicyText RemovePrincipal(int index, string principal) =>
        RemoveStrings(text => text.Element(index)["Principal"]!["AWS"]!, text => text.Policy.Statements[index].Principal!.Aws, principal);

    /// <summary>The text without a value in the list of values of a condition.</summary>
    public KeyPolicyText RemoveConditionValue(int index, PolicyCondition condition, string value) => RemoveStrings(
        text => text.Element(index)["Condition"]![condition.Operator]![condition.Key]!,
        text => text.Policy.Statements[index].Conditions.Single(one => one.Operator == condition.Operator && one.Key == condition.Key).Values,
        value);

    /// <summary>A statement by itself.</summary>
    public JObject Statement(int index) => StrictJson.ParseObject(Text(Element(index)), "The statement", PolicyDocument.MaxBytes);

    /// <summary>The whole text.</summary>
    public override string ToString() => Text(0, _utf8.Length);

    private JsonSpan Element(int index) => IsList ? _statement.Items[index] : _statement;

    private bool WasSingle()
    {
        IReadOnlyList<JsonSpan> items = _statement.Items;
        return items[0].Start == _statement.Start + 1 && items[^1].End == _statement.End - 1 && Text(items[0].End, items[1].Start) == AfterSingleStatement;
    }

    // A value may stand in its list more than once.
    private KeyPolicyText RemoveStrings(Func<KeyPolicyText, JsonSpan> list, Func<KeyPolicyText, IReadOnlyList<string>> values, string value)
    {
        KeyPolicyText text = this;
        while (values(text).ToList().IndexOf(value) is >= 0 and int index)
        {
            text = text.RemoveItem(list(text), index);
        }

        return text;
    }

    private KeyPolicyText RemoveItem(JsonSpan list, int index)
    {
        IReadOnlyList<JsonSpan> items = list.Items;
        return items.Count == 1 ? Replace(items[0].Start, items[0].End, "")
            : index == items.Count - 1 ? Replace(items[index - 1].End, items[index].End, "")
            : Replace(items[index].Start, items[index + 1].Start, "");
    }

    // On one line if the statement beside it is; otherwise with its indent and line ends.
    private string LayOut(JObject statement, JsonSpan beside)
    {
        string text = Text(beside);
        if (!text.Contains('\n', StringComparison.Ordinal))
        {
            return StrictJson.Write(statement, indented: false);
        }

        string lastLine = text[(text.LastIndexOf('\n') + 1)..];
        string indent = lastLine[..^lastLine.TrimStart().Length];
        string lineEnd = text.Contains("\r\n", StringComparison.Ordinal) ? "\r\n" : "\n";
        return StrictJson.Write(statement, indented: true).Replace("\n", lineEnd + indent, StringComparison.Ordinal);
    }

    private string Text(JsonSpan span) => Text(span.Start, span.End);

    private string Text(int start, int end) => Encoding.UTF8.GetString(_utf8, start, end - start);

    private KeyPolicyText Replace(int start, int end, string text) => Parse(Text(0, start) + text + Text(end, _utf8.Length));
}
